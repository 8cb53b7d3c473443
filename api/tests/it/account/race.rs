//! What was found right a moment ago may not be so when it is acted on: another command comes in between. It is played
//! by a transaction of the story's, which holds a member's row as every command of theirs does.

use std::time::Duration;

use sea_orm::{ConnectionTrait, SqliteTransactionMode, TransactionOptions, TransactionTrait};

use super::*;
use crate::story;
use crate::support::refusals;

/// Long enough for a request to come to where it waits.
const A_WHILE: Duration = Duration::from_millis(1_500);

/// What a request is answered that comes while ana's row is held by a command which does `statement`.
async fn meanwhile(world: &World, statement: &str, request: impl Future<Output = Value>) -> Value {
    let rows = world.rows().await;
    let sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
    let options = TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() };
    let held = rows.begin_with_options(options).await.expect("a transaction");
    let hold = "UPDATE member SET updated_at = updated_at WHERE handle = 'ana'";
    held.execute_unprepared(hold).await.expect("ana's row");
    let other = async {
        tokio::time::sleep(A_WHILE).await;
        held.execute_unprepared(statement).await.expect(statement);
        held.commit().await.expect("committed");
    };
    let (answer, ()) = tokio::join!(request, other);
    answer
}

story! {
    async fn a_password_that_is_changed_meanwhile_lets_nobody_in(world: World) {
        let [ana] = world.people(["ana"]).await;
        let set = "mutation($p: String) { setPassword(input: {password: $p}) { userErrors { code } } }";
        ana.mutate(set, json!({"p": "the old password"})).await;
        let old = by_password(&world, "ana@example.org", "the old password");
        let answer = meanwhile(&world, "UPDATE password SET hash = 'of another'", old).await;
        assert_eq!(refusals(&answer), ["INVALID_CREDENTIALS"]);
        assert_eq!(world.count("session", &[]).await, 1, "the one the test has of her");
    }
}

story! {
    async fn a_code_that_is_used_and_made_anew_meanwhile_lets_nobody_in(world: World) {
        world.people(["ana"]).await;
        ask_code(&world, "ana@example.org").await;
        let code = world.code_for("ana@example.org").await;
        let anew = "UPDATE email_code SET id = (SELECT id FROM member WHERE handle = 'ana')";
        let answer = meanwhile(&world, anew, sign_in(&world, "ana@example.org", &code)).await;
        assert_eq!(refusals(&answer), ["INVALID_CREDENTIALS"]);
        assert_eq!(world.count("email_code", &[]).await, 1, "the new one is not used up");
    }
}

story! {
    async fn an_address_that_is_changed_meanwhile_is_no_accounts(world: World) {
        world.people(["ana"]).await;
        ask_code(&world, "ana@example.org").await;
        let code = world.code_for("ana@example.org").await;
        let change = "UPDATE member SET email = 'ana.new@example.org' WHERE handle = 'ana'";
        let answer = meanwhile(&world, change, sign_in(&world, "ana@example.org", &code)).await;
        assert_eq!(refusals(&answer), ["NO_ACCOUNT"]);
        assert_eq!(world.count("session", &[]).await, 1, "the one the test has of her");
    }
}

story! {
    async fn an_invitation_that_is_withdrawn_meanwhile_lets_nobody_in(world: World) {
        let [ana] = world.people(["ana"]).await;
        let document = "mutation { createInvitation(input: {context: FRIEND}) { invitation { code } } }";
        let invitation = ana.mutate(document, json!({})).await["invitation"]["code"].clone();
        ask_code(&world, "zoe@example.org").await;
        let code = world.code_for("zoe@example.org").await;
        let document = "mutation($i: String, $c: String!) { signUp(input: {invitation: $i, email: \"zoe@example.org\", code: $c, name: \"Zoe\", device: {name: \"phone\", platform: IOS}}) { credentials { accessToken } userErrors { code } } }";
        let zoe = world.anybody();
        let signing_up = zoe.mutate(document, json!({"i": invitation, "c": code}));
        // As deleteAccount does: it holds the member's row, then takes their invitations back.
        let answer = meanwhile(&world, "UPDATE invitation SET withdrawn_at = created_at", signing_up).await;
        assert_eq!(refusals(&answer), ["INVALID_CODE"], "and neither of the two waits for the other in vain");
    }
}
