//! Trusted documents: loaded by the operator, named by their ids, and, if the operator wants it so, the only ones that run.

use serde_json::{Value, json};

use super::{get, hashed, is_miss, post, sha256};
use crate::command::Kith;
use crate::live::Wire;
use crate::story;
use crate::support::Reply;

const MINE: &str = "query Mine { viewer { member { name } } }";
const SERVER: &str = "query Server { serverInfo { name } }";
const RENAME: &str = "mutation Rename($bio: String) { updateProfile(input: {bio: $bio}) { userErrors { code } } }";
const LISTEN: &str = "subscription Listen { sessionChanged { device } }";
/// The MD5 by which Relay's compiler knows [`MINE`]: to us it is a name like any other.
const RELAY_ID: &str = "5f0b4ec8f3a6ad1e3aeb4b5b7a4c0e11";

/// The manifests of three builds.
fn write_manifests(kith: &Kith) {
    kith.write("persisted_queries.json", &json!({RELAY_ID: MINE, "listen": LISTEN}).to_string());
    kith.write("persisted-documents.json", &json!({format!("sha256:{}", sha256(SERVER)): SERVER}).to_string());
    let operation =
        |name: &str, kind: &str, body: &str| json!({"id": sha256(body), "name": name, "type": kind, "body": body});
    let apollo = json!({
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": [operation("Rename", "mutation", RENAME), operation("Mine", "query", MINE)],
    });
    kith.write("persisted-query-manifest.json", &apollo.to_string());
}

const LOAD: [&str; 5] =
    ["documents", "load", "persisted_queries.json", "persisted-documents.json", "persisted-query-manifest.json"];

story! {
    async fn what_was_loaded_runs_by_its_id(world: World) {
        let [ana] = world.people(["ana"]).await;
        let unknown = post(&world, &ana, json!({"documentId": RELAY_ID})).await;
        assert_eq!(unknown.outcome(), (400, "DOCUMENT_NOT_FOUND".to_owned()));
        assert!(unknown.text().contains("kith documents load"), "{}", unknown.text());

        let kith = Kith::beside(&world);
        write_manifests(&kith);
        let said = kith.answer(&LOAD);
        assert!(said.contains("persisted_queries.json: 2 of 2 documents can be trusted"), "{said}");
        assert!(said.contains("5 documents are trusted now, 0 were before."), "{said}");
        assert!(kith.answer(&LOAD).contains("0 documents are trusted now, 5 were before."), "twice is once");
        let listed = kith.answer(&["documents", "list"]);
        assert!(listed.contains(RELAY_ID) && listed.contains("Rename") && listed.contains("5 trusted documents"), "{listed}");

        let mine = json!({"data": {"viewer": {"member": {"name": "ana"}}}});
        for id in [RELAY_ID.to_owned(), sha256(MINE), format!("sha256:{}", sha256(MINE).to_uppercase())] {
            let reply = post(&world, &ana, json!({"documentId": id, "operationName": "Mine"})).await;
            assert_eq!((reply.status, reply.json()), (200, mine.clone()), "{id}");
            assert_eq!(get(&world, &ana, &[("documentId", &id)]).await.json(), mine, "{id}");
        }
        let bare = post(&world, &ana, json!({"documentId": sha256(SERVER)})).await;
        assert_eq!(bare.json(), json!({"data": {"serverInfo": {"name": "Kith"}}}), "with the prefix or without");
        let renamed = post(&world, &ana, json!({"documentId": sha256(RENAME), "variables": {"bio": "x"}})).await;
        assert_eq!(renamed.json(), json!({"data": {"updateProfile": {"userErrors": []}}}));
        let over_get = get(&world, &ana, &[("documentId", &sha256(RENAME))]).await;
        assert_eq!(over_get.outcome(), (405, "METHOD_NOT_ALLOWED".to_owned()));
        let by_hash = post(&world, &ana, json!({"extensions": hashed(&sha256(MINE))})).await;
        assert_eq!(by_hash.json(), mine, "Apollo's clients send the id as a hash");

        let mut wire = Wire::of(&world, &ana).await;
        wire.say(json!({"type": "subscribe", "id": "1", "payload": {"documentId": RELAY_ID}})).await;
        assert_eq!(wire.hear().await["payload"], mine);
        assert_eq!(wire.hear().await["type"], "complete");
        wire.say(json!({"type": "subscribe", "id": "2", "payload": {"documentId": "listen"}})).await;
        wire.is_silent().await;
        crate::live::sign_in_elsewhere(&world, &ana).await;
        assert_eq!(wire.hear().await["id"], "2");
        wire.say(json!({"type": "subscribe", "id": "3", "payload": {"documentId": "nobody"}})).await;
        let refused = wire.hear().await;
        assert_eq!((&refused["type"], &refused["payload"][0]["extensions"]["code"]), (&json!("error"), &json!("DOCUMENT_NOT_FOUND")));
    }
}

story! {
    async fn nothing_else_runs_where_only_trusted_documents_do(world: World) {
        let [ana] = world.people(["ana"]).await;
        let kith = Kith::beside(&world);
        write_manifests(&kith);
        kith.answer(&LOAD);
        let world = world.again_with(&[("KITH_TRUSTED_DOCUMENTS", "only")]).await;
        let mine = json!({"data": {"viewer": {"member": {"name": "ana"}}}});
        for body in [
            json!({"documentId": RELAY_ID}),
            json!({"extensions": hashed(&sha256(MINE))}),
            json!({"query": MINE, "extensions": hashed(&sha256(MINE))}),
        ] {
            assert_eq!(post(&world, &ana, body.clone()).await.json(), mine, "{body}");
        }
        let free = "{ viewer { member { handle } } }";
        for body in [
            json!({"query": free}),
            json!({"query": MINE}),
            json!({"query": ""}),
            json!({"query": "{ __schema { types { name } } }"}),
            json!({"query": free, "extensions": hashed(&sha256(free))}),
        ] {
            let reply = post(&world, &ana, body.clone()).await;
            assert_eq!(reply.outcome(), (400, "DOCUMENT_NOT_TRUSTED".to_owned()), "{body}: {}", reply.text());
            let json_only = world.posting(body.to_string()).header("Accept", "application/json");
            assert_eq!(reply.code(), Reply::to(json_only).await.code());
        }
        assert!(is_miss(&post(&world, &ana, json!({"extensions": hashed(&sha256(free))})).await), "it was not kept");
        assert_eq!(get(&world, &ana, &[("query", free)]).await.outcome(), (400, "DOCUMENT_NOT_TRUSTED".to_owned()));
        let mut wire = Wire::of(&world, &ana).await;
        wire.ask("1", free, json!({})).await;
        assert_eq!(wire.hear().await["payload"][0]["extensions"]["code"], "DOCUMENT_NOT_TRUSTED");
        wire.say(json!({"type": "subscribe", "id": "2", "payload": {"documentId": RELAY_ID}})).await;
        assert_eq!(wire.hear().await["payload"], mine);
    }
}

story! {
    async fn a_manifest_with_a_wrong_document_is_not_loaded_and_says_what_is_wrong(world: World) {
        let kith = Kith::beside(&world);
        let bomb = "{...a} fragment a on Query{...a}";
        kith.write("wrong.json", &json!({
            "good": MINE,
            "unparsed": "{",
            "no-such-field": "{ nothing }",
            "circular": bomb,
            "a space": MINE,
            "": MINE,
            format!("sha256:{}", sha256(SERVER)): MINE,
        }).to_string());
        let said = kith.run(&["documents", "load", "wrong.json"]);
        assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
        assert!(said.out.contains("wrong.json: 1 of 7 documents can be trusted"), "{}", said.out);
        for id in ["unparsed", "no-such-field", "circular", "a space", "SHA-256"] {
            assert!(said.err.contains(id), "{id}: {}", said.err);
        }
        assert!(said.err.contains("Nothing was loaded."), "{}", said.err);
        assert!(kith.answer(&["documents", "list"]).contains("0 trusted documents"));

        for (manifest, why) in [
            ("[]", "JSON object"),
            ("{", "JSON object"),
            (r#"{"a": 1}"#, "no text"),
            (r#"{"format": "apollo-persisted-query-manifest", "version": 7, "operations": []}"#, "version 1"),
        ] {
            kith.write("odd.json", manifest);
            assert!(kith.refusal(&["documents", "load", "odd.json"]).contains(why), "{manifest}");
        }
        assert!(kith.refusal(&["documents", "load", "missing.json"]).contains("missing.json"));
    }
}

story! {
    async fn an_id_stands_for_one_text_for_ever(world: World) {
        let kith = Kith::beside(&world);
        kith.write("one.json", &json!({"id": MINE}).to_string());
        kith.write("other.json", &json!({"new": SERVER, "id": SERVER}).to_string());
        kith.answer(&["documents", "load", "one.json"]);
        let refused = kith.refusal(&["documents", "load", "other.json"]);
        assert!(refused.contains("id: this id stands for another text"), "{refused}");
        assert!(kith.refusal(&["documents", "load", "one.json", "other.json"]).contains("as well"));
        assert!(kith.answer(&["documents", "list"]).contains("1 trusted documents"), "and nothing of it was loaded");
        let [ana] = world.people(["ana"]).await;
        let answer: Value = post(&world, &ana, json!({"documentId": "id"})).await.json();
        assert_eq!(answer["data"]["viewer"]["member"]["name"], "ana");
    }
}
