//! The same answer in the language of whoever asks.

mod texts;

use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, Reply, World, refusals};

/// A document asked by somebody who reads what `accept` says.
async fn asked(person: &Person, accept: Option<&str>, document: &str, variables: Value) -> Reply {
    let request = person.client.post(format!("{}/graphql", person.address));
    let request = request.json(&json!({"query": document, "variables": variables}));
    let request = request.bearer_auth(person.token.as_deref().unwrap_or_default());
    Reply::to(match accept {
        Some(accept) => request.header("Accept-Language", accept),
        None => request,
    })
    .await
}

fn told(payload: &Value) -> Vec<&str> {
    payload["userErrors"].as_array().into_iter().flatten().filter_map(|error| error["message"].as_str()).collect()
}

const CLAIM: &str =
    "mutation { claimTie(input: {who: {handle: \"ana\"}, context: FRIEND}) { userErrors { code message } } }";
const IN_ENGLISH: &str = "This is you; name somebody else.";
const IN_FRENCH: &str = "C’est vous-même\u{202f}; nommez quelqu’un d’autre.";
const IN_GERMAN: &str = "Das sind Sie selbst; bitte nennen Sie jemand anderen.";

story! {
    async fn a_refusal_is_told_in_the_language_the_reader_likes_best(world: World) {
        let [ana] = world.people(["ana"]).await;
        for (accept, tag, expected) in [
            (None, "en", IN_ENGLISH),
            (Some("en-GB"), "en", IN_ENGLISH),
            (Some("fr"), "fr", IN_FRENCH),
            (Some("de"), "de", IN_GERMAN),
            (Some("fr-CH, de;q=0.9"), "fr", IN_FRENCH),
            (Some("fr;q=0.2, de-AT;q=0.9, en;q=0.1"), "de", IN_GERMAN),
            (Some("nl, pt-BR;q=0.9"), "en", IN_ENGLISH),
            (Some("nl, de;q=0.1"), "de", IN_GERMAN),
            (Some("*"), "en", IN_ENGLISH),
            (Some("fr;q=0, *"), "en", IN_ENGLISH),
            (Some("the language of the birds;;q=="), "en", IN_ENGLISH),
            (Some(""), "en", IN_ENGLISH),
        ] {
            let reply = asked(&ana, accept, CLAIM, json!({})).await;
            let payload = &reply.json()["data"]["claimTie"];
            assert_eq!((refusals(payload), told(payload)), (vec!["YOURSELF"], vec![expected]), "{accept:?}");
            assert_eq!(reply.header("content-language"), tag, "{accept:?}");
            assert!(reply.header("vary").to_lowercase().contains("accept-language"), "{}", reply.header("vary"));
        }
    }
}

story! {
    async fn several_refusals_are_told_in_one_language(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let document = "mutation($p: UpdateProfileInput!) { updateProfile(input: $p) { userErrors { code message path } } }";
        let skills: Vec<String> = (0..31).map(|number| format!("skill {number}")).collect();
        let profile = json!({"p": {"name": null, "headline": "x".repeat(121), "phone": "0123", "skills": skills}});
        for (accept, expected) in [
            ("fr", [
                "Ce champ ne peut pas être vidé\u{202f}; omettez-le pour le conserver.",
                "Ce texte compte 121 caractères\u{202f}; raccourcissez-le à 120.",
                "Indiquez le numéro avec son pays, par exemple +33 1 23 45 67 89.",
                "Indiquez au plus 30 compétences.",
            ]),
            ("de", [
                "Dieses Feld kann nicht geleert werden; lassen Sie es weg, um es zu behalten.",
                "Dieser Text hat 121 Zeichen; bitte kürzen Sie ihn auf 120.",
                "Bitte geben Sie die Nummer mit ihrer Landesvorwahl an, zum Beispiel +33 1 23 45 67 89.",
                "Bitte nennen Sie höchstens 30 Fähigkeiten.",
            ]),
            ("en", [
                "This cannot be cleared; leave it out to keep it.",
                "This has 121 characters; shorten it to 120.",
                "Write the number with its country, such as +33 1 23 45 67 89.",
                "Name at most 30 skills.",
            ]),
        ] {
            let payload = asked(&ana, Some(accept), document, profile.clone()).await.json()["data"]["updateProfile"].clone();
            assert_eq!(told(&payload), expected, "{accept}");
        }
        let taken = asked(&bela, Some("fr"), document, json!({"p": {"handle": "ana"}})).await;
        assert_eq!(told(&taken.json()["data"]["updateProfile"]), ["Cet identifiant est déjà pris\u{202f}; choisissez-en un autre."]);
    }
}

story! {
    async fn a_limit_is_told_with_its_number(world: World) {
        let [ana] = world.people(["ana"]).await;
        for number in 0..10 {
            assert_eq!(ana.claim_named(json!({"handle": format!("somebody-{number}")})).await["userErrors"], json!([]));
        }
        let document = "mutation { claimTie(input: {who: {handle: \"one-too-many\"}, context: FRIEND}) { userErrors { code message } } }";
        for (accept, expected) in [
            ("fr", "Vous avez fait 10 demandes de lien en 24 heures\u{202f}; la prochaine sera possible plus tard."),
            ("de", "Sie haben in 24 Stunden 10 Anfragen gestellt; die nächste ist später möglich."),
            ("en", "You have made 10 claims in 24 hours; the next one is possible later."),
        ] {
            assert_eq!(told(&asked(&ana, Some(accept), document, json!({})).await.json()["data"]["claimTie"]), [expected]);
        }
    }
}

story! {
    async fn a_question_with_a_bad_argument_is_told_in_the_same_language(world: World) {
        let [ana] = world.people(["ana"]).await;
        let document = "{ viewer { whoCanHelp(skill: \" \") { totalCount } } }";
        for (accept, expected) in [
            ("fr-FR", "skill: Ce champ ne peut pas rester vide."),
            ("de-DE", "skill: Dieses Feld darf nicht leer sein."),
            ("en", "skill: This may not be empty."),
        ] {
            let reply = asked(&ana, Some(accept), document, json!({})).await;
            assert_eq!((reply.code().as_str(), &reply.json()["errors"][0]["message"]), ("BAD_USER_INPUT", &json!(expected)));
            assert_eq!(reply.header("content-language"), &accept[..2]);
        }
    }
}

#[tokio::test]
async fn every_answer_says_its_language_also_one_to_what_is_not_graphql() {
    let world = World::on_sqlite().await;
    for request in [world.asking("{"), world.posting("[]"), world.getting(&[("query", "{ __typename }")])] {
        let reply = Reply::to(request.header("Accept-Language", "de")).await;
        assert_eq!(reply.header("content-language"), "de", "{}", reply.text());
    }
    // The ranges may come in several headers, which mean what one would (RFC 9110, 5.3).
    let two = world.asking("{ __typename }").header("Accept-Language", "nl").header("Accept-Language", "fr;q=0.5");
    assert_eq!(Reply::to(two).await.header("content-language"), "fr");
}
