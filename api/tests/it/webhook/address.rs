//! Forged targets: twenty ways and more to have the service knock at a door inside its own network, none of which sends
//! anything.

use std::time::Duration;

use serde_json::json;

use super::{Hook, WEBHOOK};
use crate::story;
use crate::support::{Receiver, text, until};

/// The ways, with the port at which somebody listens for it.
fn forms(port: &str) -> Vec<String> {
    let hosts = [
        "127.0.0.1",
        "127.1",
        "127.0.0.2",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "localhost",
        "LOCALHOST.",
        "kith.localhost",
        "localhost.localdomain",
        "%6c%6f%63%61%6c%68%6f%73%74",
        "127.0.0.1.",
        "\u{ff11}\u{ff12}\u{ff17}.0.0.1",
        "127\u{3002}0\u{3002}0\u{3002}1",
    ];
    let mut forms: Vec<String> = hosts.iter().map(|host| format!("https://{host}:{port}/")).collect();
    forms.extend([
        format!("http://127.0.0.1:{port}/"),
        format!("http://localhost:{port}/"),
        format!("https://hooks.example@127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}#@hooks.example/"),
        format!("https://hooks.example\\@127.0.0.1:{port}/"),
        format!("gopher://127.0.0.1:{port}/_POST"),
        "https://10.0.0.1/".to_owned(),
        "https://172.16.0.1/".to_owned(),
        "https://192.168.0.1/".to_owned(),
        "https://169.254.169.254/latest/meta-data/".to_owned(),
        "https://100.64.0.1/".to_owned(),
        "https://[fd00::1]/".to_owned(),
        "https://[fe80::1]/".to_owned(),
    ]);
    forms
}

story! {
    async fn no_form_of_a_private_address_is_ever_asked(world: World) {
        let receiver = Receiver::start();
        let forms = forms(receiver.port());
        assert!(forms.len() >= 20);
        let names: Vec<String> = (0..forms.len().div_ceil(10)).map(|number| format!("steward-{number}")).collect();
        let names: [&str; 4] = std::array::from_fn(|at| names[at].as_str());
        let people = world.people(names).await;
        // The tests allow the loopback; this server does not.
        world.stop().await;
        let world = world.restarted(&[("KITH_WEBHOOK_ALLOW", "192.0.2.1/32")]).await;
        let mut hooks = Vec::new();
        for (person, some) in people.iter().zip(forms.chunks(10)) {
            let person = person.at(&world);
            let community = person.form(&format!("The orchard of {}", person.name), "INVITATION").await;
            for form in some {
                let input = json!({"communityId": community, "url": form, "events": ["MEMBER_JOINED"]});
                let refused = person.command("createWebhook", WEBHOOK, input).await;
                assert_eq!(refused["userErrors"][0]["code"], "INVALID_INPUT", "{form}: {refused}");
                assert_eq!((&refused["userErrors"][0]["path"], &refused["secret"]), (&json!(["url"]), &json!(null)), "{form}");
                let hook = Hook::at(&person, &community, "https://hooks.example/").await;
                let change = json!({"webhookId": hook.id, "url": form});
                assert_eq!(person.refused("updateWebhook", change).await, ["INVALID_INPUT"], "{form}");
                hooks.push((person.clone(), hook, form));
            }
        }
        // As if they had come into the table all the same, before the rule or around it.
        for (_, hook, form) in &hooks {
            let rows = world.rows().await;
            use sea_orm::ConnectionTrait;
            use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
            let mut update = Query::update();
            let id = uuid_of(&hook.id);
            update.table(Alias::new("webhook")).value(Alias::new("url"), form.as_str());
            update.and_where(Expr::col(Alias::new("id")).eq(id));
            rows.execute(&update).await.expect("written");
            rows.close().await.expect("closed");
        }
        for (person, hook, _) in &hooks {
            hook.test(person).await;
        }
        for (person, hook, form) in &hooks {
            let what = format!("{form} is tried");
            until(&what, Duration::from_secs(30), async || !hook.log(person).await[0]["attempts"].as_array().expect("a list").is_empty()).await;
            let told = hook.log(person).await.remove(0);
            assert_eq!((text(&told["attempts"][0]["failure"]).as_str(), &told["state"]), ("ADDRESS_REFUSED", &json!("WAITING")), "{form}");
        }
        assert_eq!((receiver.connections(), receiver.heard().len()), (0, 0));
    }
}

fn uuid_of(global: &str) -> uuid::Uuid {
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    let body = global.split_once('_').expect("a global id").1;
    uuid::Uuid::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(body).expect("base64")).expect("an id")
}

story! {
    async fn a_receiver_without_tls_is_not_taken_for_one_with_it(world: World) {
        let [ana] = world.people(["ana"]).await;
        let (community, receiver) = (super::forming(&ana).await, Receiver::start());
        let hook = Hook::at(&ana, &community, &format!("https://127.0.0.1:{}/", receiver.port())).await;
        hook.test(&ana).await;
        assert_eq!(hook.tried(&ana, 1).await["attempts"][0]["failure"], "TLS_FAILED");
        let nobody = Hook::at(&ana, &community, "http://127.0.0.1:1/").await;
        nobody.test(&ana).await;
        assert_eq!(nobody.tried(&ana, 1).await["attempts"][0]["failure"], "CONNECTION_FAILED");
        assert_eq!(receiver.heard().len(), 0);
    }
}
