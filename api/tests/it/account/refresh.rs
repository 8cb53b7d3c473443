//! Refresh tokens: each good once, an answer that was lost given again, a copy found out.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::*;
use crate::story;
use crate::support::{Database, refusals};

story! {
    async fn three_in_a_row_and_none_of_the_old_ones_after(world: World) {
        world.people(["ana"]).await;
        let mut tokens = vec![signed_in(&world, "ana").await];
        for _ in 0..3 {
            pass(&world, 120);
            let next = refresh(&world, &tokens.last().expect("a token").refresh).await;
            assert_eq!(next["userErrors"], json!([]));
            tokens.push(Tokens::of(&next["credentials"]));
            assert!(is_good(&world, &tokens.last().expect("a token").access).await);
        }
        let mut refreshes: Vec<&String> = tokens.iter().map(|tokens| &tokens.refresh).collect();
        refreshes.dedup();
        assert_eq!(refreshes.len(), 4, "each is another");
        assert!(tokens.iter().all(|one| one.session == tokens[0].session), "one session");
    }
}

story! {
    async fn twenty_at_once_get_one_successor(world: World) {
        world.people(["ana"]).await;
        let tokens = signed_in(&world, "ana").await;
        let answers = join_all((0..20).map(|_| refresh(&world, &tokens.refresh))).await;
        let successors: Vec<String> = answers.iter().map(|answer| Tokens::of(&answer["credentials"]).refresh).collect();
        assert!(successors.iter().all(|one| *one == successors[0] && *one != tokens.refresh), "{successors:?}");
        assert_eq!(refresh(&world, &successors[0]).await["userErrors"], json!([]), "and that one is good");
    }
}

story! {
    async fn a_lost_answer_is_given_again_for_a_minute(world: World) {
        world.people(["ana"]).await;
        let first = signed_in(&world, "ana").await;
        let lost = Tokens::of(&refresh(&world, &first.refresh).await["credentials"]);
        pass(&world, 59);
        let again = Tokens::of(&refresh(&world, &first.refresh).await["credentials"]);
        assert_eq!(again.refresh, lost.refresh);
        pass(&world, 2);
        assert_eq!(refusals(&refresh(&world, &first.refresh).await), ["SESSION_ENDED"], "a minute is over");
        assert_eq!(refusals(&refresh(&world, &again.refresh).await), ["SESSION_ENDED"], "somebody held a copy");
        assert!(!is_good(&world, &again.access).await, "at once");
    }
}

story! {
    async fn a_copy_that_is_used_ends_the_session_and_no_other(world: World) {
        world.people(["ana"]).await;
        let (phone, tablet) = (signed_in(&world, "ana").await, signed_in(&world, "ana").await);
        let second = Tokens::of(&refresh(&world, &phone.refresh).await["credentials"]);
        let third = Tokens::of(&refresh(&world, &second.refresh).await["credentials"]);
        assert_eq!(refusals(&refresh(&world, &phone.refresh).await), ["SESSION_ENDED"], "its successor was used");
        assert_eq!(refusals(&refresh(&world, &third.refresh).await), ["SESSION_ENDED"]);
        assert!(!is_good(&world, &third.access).await && !is_good(&world, &phone.access).await);
        assert!(is_good(&world, &tablet.access).await, "the other device stays");
        assert_eq!(refresh(&world, &tablet.refresh).await["userErrors"], json!([]));
    }
}

story! {
    async fn what_is_no_token_of_ours_ends_nothing(world: World) {
        world.people(["ana"]).await;
        let tokens = signed_in(&world, "ana").await;
        let tampered = format!("{}A", &tokens.refresh[..tokens.refresh.len() - 1]);
        let tampered = if tampered == tokens.refresh { format!("{}B", &tampered[..tampered.len() - 1]) } else { tampered };
        let huge = "kith_rt_".to_owned() + &"A".repeat(10_000);
        for wrong in ["", "kith_rt_", "kith_rt_AAAA", "x", &tokens.access, &tampered, &huge, &tokens.refresh.replace("kith_rt_", "")] {
            assert_eq!(refusals(&refresh(&world, wrong).await), ["SESSION_ENDED"], "{wrong}");
        }
        assert!(is_good(&world, &tokens.access).await);
        assert_eq!(refresh(&world, &tokens.refresh).await["userErrors"], json!([]));
    }
}

story! {
    async fn a_device_stays_signed_in_for_90_days_and_a_year_at_most(world: World) {
        world.people(["ana"]).await;
        let mut token = signed_in(&world, "ana").await.refresh;
        for _ in 0..4 {
            world.pass_days(89);
            token = Tokens::of(&refresh(&world, &token).await["credentials"]).refresh;
        }
        world.pass_days(10);
        assert_eq!(refusals(&refresh(&world, &token).await), ["SESSION_ENDED"], "a year is over");
        let token = signed_in(&world, "ana").await.refresh;
        world.pass_days(91);
        assert_eq!(refusals(&refresh(&world, &token).await), ["SESSION_ENDED"], "not used for 90 days");
    }
}

story! {
    async fn who_is_suspended_stays_signed_in_and_locked_out(world: World) {
        world.people(["ana"]).await;
        let tokens = signed_in(&world, "ana").await;
        domain::account::suspend(&world.system(), "ana").await.expect("ana is suspended");
        assert!(!is_good(&world, &tokens.access).await);
        assert_eq!(refusals(&refresh(&world, &tokens.refresh).await), ["ACCOUNT_SUSPENDED"]);
        domain::account::restore(&world.system(), "ana").await.expect("ana is back");
        assert!(is_good(&world, &tokens.access).await);
        assert_eq!(refresh(&world, &tokens.refresh).await["userErrors"], json!([]));
    }
}

story! {
    async fn a_restart_in_between_changes_nothing(world: World) {
        world.people(["ana"]).await;
        let first = signed_in(&world, "ana").await;
        let second = Tokens::of(&refresh(&world, &first.refresh).await["credentials"]);
        let world = world.restarted(&[]).await;
        assert!(is_good(&world, &first.access).await && is_good(&world, &second.access).await);
        let again = Tokens::of(&refresh(&world, &first.refresh).await["credentials"]);
        assert_eq!(again.refresh, second.refresh, "the lost answer");
        let third = Tokens::of(&refresh(&world, &second.refresh).await["credentials"]);
        assert_eq!(refusals(&refresh(&world, &first.refresh).await), ["SESSION_ENDED"], "a copy");
        let world = world.restarted(&[]).await;
        assert!(!is_good(&world, &third.access).await, "and that it is over is not forgotten either");
        assert_eq!(refusals(&refresh(&world, &third.refresh).await), ["SESSION_ENDED"]);
    }
}

/// A refresh token whose bytes somebody has changed.
fn changed(token: &str, change: impl FnOnce(&mut [u8])) -> String {
    let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(token.trim_start_matches("kith_rt_")).expect("base64");
    change(&mut bytes);
    format!("kith_rt_{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

story! {
    async fn who_knows_a_session_but_no_token_of_it_cannot_end_it(world: World) {
        world.people(["ana", "bela"]).await;
        let first = signed_in(&world, "ana").await.refresh;
        let current = Tokens::of(&refresh(&world, &first).await["credentials"]);
        let (token, of_bela) = (&current.refresh, signed_in(&world, "bela").await.refresh);
        let bela = BASE64_URL_SAFE_NO_PAD.decode(of_bela.trim_start_matches("kith_rt_")).expect("base64");
        for (forged, what) in [
            (changed(token, |bytes| bytes[24..].fill(0)), "no HMAC"),
            (changed(token, |bytes| bytes[55] ^= 1), "a bit of the HMAC"),
            (changed(token, |bytes| bytes[23] = 0), "an earlier one with this HMAC"),
            (changed(token, |bytes| bytes[23] = 2), "the next one with this HMAC"),
            (changed(token, |bytes| bytes[16..24].fill(0xff)), "one before the first"),
            (changed(token, |bytes| bytes[16..24].copy_from_slice(&i64::MAX.to_be_bytes())), "the last there can be"),
            (changed(token, |bytes| bytes[24..].copy_from_slice(&bela[24..])), "the HMAC of another session"),
            (changed(&of_bela, |bytes| bytes[..16].fill(0)), "of no session"),
            (format!("{token}AA"), "too long"),
            (format!("{token}="), "padded"),
            (token.to_uppercase(), "in capitals"),
        ] {
            assert_eq!(refusals(&refresh(&world, &forged).await), ["SESSION_ENDED"], "{what}");
        }
        assert!(is_good(&world, &current.access).await);
        assert_eq!(refresh(&world, token).await["userErrors"], json!([]), "nothing has ended it");
        assert_eq!(refresh(&world, &of_bela).await["userErrors"], json!([]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_outlives_a_restart_and_ends_on_all_replicas() {
    let world = World::on_redis(Database::postgres().await, &crate::support::redis_url()).await;
    world.people(["ana"]).await;
    let other = world.replica().await;
    let first = signed_in(&world, "ana").await;
    let second = Tokens::of(&refresh(&other, &first.refresh).await["credentials"]);
    assert!(is_good(&world, &second.access).await && is_good(&other, &second.access).await);
    let again = Tokens::of(&refresh(&world, &first.refresh).await["credentials"]);
    assert_eq!(again.refresh, second.refresh, "the lost answer, from the other replica");
    let third = Tokens::of(&refresh(&world, &second.refresh).await["credentials"]);
    assert_eq!(refusals(&refresh(&other, &first.refresh).await), ["SESSION_ENDED"]);
    assert!(!is_good(&world, &third.access).await && !is_good(&other, &third.access).await, "on both, at once");
}
