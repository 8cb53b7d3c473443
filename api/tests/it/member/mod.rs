//! Members: how they are looked up, and what each kind of viewer sees of them.

mod mutual;
mod privacy;
mod profile;

use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, World};

const ALL: &str = "id name handle headline avatarUrl bio skills area email phone relationToViewer";

/// Mara, about whom there is everything to see, and one of each who sees her: herself, a tie, a friend of a friend, one
/// whom she has claimed, a stranger, and one she has blocked.
pub(crate) async fn mara_and_her_viewers(world: &World) -> [Person; 6] {
    let [mara, tia, nina, pia, stan, bert] = world.people(["mara", "tia", "nina", "pia", "stan", "bert"]).await;
    world.tie([(&mara, &tia), (&tia, &nina), (&mara, &bert)]).await;
    mara.block(&bert).await;
    mara.claim(&pia).await;
    let profile = "mutation($p: UpdateProfileInput!) { updateProfile(input: $p) { userErrors { message } } }";
    let told = json!({"headline": "Repairs bikes", "bio": "Since 1990.", "avatarUrl": "https://example.org/mara.png", "area": "Lyon",
        "phone": "+33 1 23 45 67 89", "skills": ["Bikes", "Tuning"]});
    assert_eq!(mara.mutate(profile, json!({"p": told})).await["userErrors"], json!([]));
    [mara, tia, nina, pia, stan, bert]
}

async fn seen(viewer: &Person, mara: &Person) -> Value {
    let document = format!(
        "query($id: ID!, $h: String!) {{ node(id: $id) {{ ... on Member {{ {ALL} }} }} nodes(ids: [$id]) {{ ... on Member {{ {ALL} }} }} byId: member(by: {{id: $id}}) {{ {ALL} }} byHandle: member(by: {{handle: $h}}) {{ {ALL} }} }}"
    );
    let data = viewer.run(&document, json!({"id": mara.global_id(), "h": mara.name})).await;
    for other in [&data["nodes"][0], &data["byId"], &data["byHandle"]] {
        assert_eq!(*other, data["node"], "{}: the same by whatever way", viewer.name);
    }
    data["node"].clone()
}

story! {
    async fn everybody_sees_what_is_theirs_to_see(world: World) {
        let [mara, tia, nina, pia, stan, bert] = mara_and_her_viewers(&world).await;
        let card = json!({"id": mara.global_id(), "name": "mara", "handle": "mara", "headline": "Repairs bikes", "avatarUrl": "https://example.org/mara.png",
            "bio": null, "skills": null, "area": null, "email": null, "phone": null, "relationToViewer": "PROCESS"});
        let with = |card: &Value, more: Value| {
            let mut card = card.clone();
            for (field, value) in more.as_object().expect("fields") {
                card[field] = value.clone();
            }
            card
        };
        let profile = with(&card, json!({"bio": "Since 1990.", "skills": ["Bikes", "Tuning"], "area": "Lyon", "relationToViewer": "NETWORK"}));
        let tie = with(&profile, json!({"relationToViewer": "TIE"}));
        let contact = json!({"email": "mara@example.org", "phone": "+33123456789"});
        let own = with(&with(&profile, contact.clone()), json!({"relationToViewer": "SELF"}));

        assert_eq!(seen(&mara, &mara).await, own);
        assert_eq!(seen(&tia, &mara).await, tie, "contact details show only if shared");
        assert_eq!(seen(&nina, &mara).await, profile);
        assert_eq!(seen(&pia, &mara).await, card, "an open claim shows the card alone");
        for nobody in [&stan, &bert, &world.anybody()] {
            assert_eq!(seen(nobody, &mara).await, Value::Null, "{}", nobody.name);
        }

        mara.show("shareEmail: true").await;
        assert_eq!(seen(&tia, &mara).await, with(&tie, json!({"email": contact["email"]})), "each on its own");
        mara.show("sharePhone: true, shareEmail: false").await;
        assert_eq!(seen(&tia, &mara).await, with(&tie, json!({"phone": contact["phone"]})));
        mara.show("shareEmail: true").await;
        assert_eq!(seen(&tia, &mara).await, with(&tie, contact));
        assert_eq!(seen(&nina, &mara).await, profile, "never to a friend of a friend");
        assert_eq!(seen(&pia, &mara).await, card);
    }
}

story! {
    async fn a_card_shows_as_long_as_the_claim_is_open(world: World) {
        let [mara, pia] = world.people(["mara", "pia"]).await;
        mara.claim(&pia).await;
        assert_eq!(pia.see(&mara).await["relationToViewer"], "PROCESS");
        assert_eq!(mara.see(&pia).await, Value::Null, "who claims does not see whether there is somebody");
        world.pass_days(30);
        assert_eq!(pia.see(&mara).await, Value::Null);
        mara.claim(&pia).await;
        pia.claim(&mara).await;
        assert_eq!((pia.see(&mara).await["relationToViewer"].clone(), mara.see(&pia).await["relationToViewer"].clone()), (json!("TIE"), json!("TIE")));
    }
}

story! {
    async fn a_member_is_named_in_exactly_one_way(world: World) {
        let [ana] = world.people(["ana"]).await;
        let document = "query($by: MemberBy!) { member(by: $by) { name } }";
        for wrong in [json!({"id": ana.global_id(), "handle": "ana"}), json!({}), json!({"handle": null}), json!({"handle": "ana", "id": null})] {
            let answer = ana.ask(document, json!({"by": wrong})).await;
            assert!(answer["errors"].is_array(), "{wrong}: {answer}");
            assert!(answer["data"].is_null(), "{wrong}: {answer}");
        }
        let literal = ana.ask("{ member(by: {handle: \"ana\", id: \"x\"}) { name } }", json!({})).await;
        assert!(literal["errors"].is_array(), "{literal}");
        for (by, name) in [
            (json!({"handle": "ana"}), json!({"name": "ana"})),
            (json!({"handle": " @ANA "}), json!({"name": "ana"})),
            (json!({"handle": "nobody"}), Value::Null),
            (json!({"handle": "!"}), Value::Null),
            (json!({"id": ana.global_id()}), json!({"name": "ana"})),
            (json!({"id": "mem_nonsense"}), Value::Null),
            (json!({"id": ana.global_id().replace("mem_", "tie_")}), Value::Null),
        ] {
            assert_eq!(ana.run(document, json!({"by": by})).await["member"], name, "{by}");
        }
    }
}

story! {
    async fn nodes_keep_the_order_and_give_null_for_what_is_not_there(world: World) {
        let [mara, tia, _, _, stan, _] = mara_and_her_viewers(&world).await;
        let ids = json!([mara.global_id(), "nonsense", stan.global_id(), tia.global_id(), mara.global_id()]);
        let data = tia.run("query($ids: [ID!]!) { nodes(ids: $ids) { ... on Member { name } } }", json!({"ids": ids})).await;
        assert_eq!(data["nodes"], json!([{"name": "mara"}, null, null, {"name": "tia"}, {"name": "mara"}]));
        let many: Vec<&str> = std::iter::repeat_n("nonsense", 101).collect();
        let answer = tia.ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({"ids": many})).await;
        assert_eq!(answer.pointer("/errors/0/extensions/code"), Some(&json!("BAD_USER_INPUT")), "{answer}");
    }
}
