//! Imported ties that both sides must confirm: one who says no shows to nobody.

use domain::import::TiesAs;
use serde_json::{Value, json};

use crate::story;
use crate::support::{Person, World, listed};

/// Two people of a list, who have not confirmed that they know each other.
async fn listed_pair(world: &World, slug: &str) -> [Person; 2] {
    let mut import = listed(slug, &["one", "two"], &[("one", "two")]);
    import.ties_as = TiesAs::Pending;
    world.import(import).await;
    [world.person(&format!("{slug}-one")).await, world.person(&format!("{slug}-two")).await]
}

/// All that somebody sees of their ties and claims and of the other, without ids, names and times of the making.
async fn view(person: &Person, other: &Person) -> String {
    let tie = "totalCount nodes { state evidence context note awaitsViewer activeAt other { relationToViewer } }";
    let document = format!(
        "query($id: ID!) {{ node(id: $id) {{ ... on Member {{ relationToViewer mutuals {{ totalCount }} bio skills }} }}
         viewer {{ pending: ties(state: PENDING) {{ {tie} }} active: ties(state: ACTIVE) {{ {tie} }} ended: ties(state: ENDED) {{ {tie} }}
         declined: ties(state: DECLINED) {{ {tie} }} withdrawn: ties(state: WITHDRAWN) {{ {tie} }} expired: ties(state: EXPIRED) {{ {tie} }}
         claims {{ totalCount nodes {{ state context note tie {{ state }} }} }} reach {{ ties network }} network {{ totalCount }} blocks {{ totalCount }} }} }}"
    );
    person.run(&document, json!({"id": other.global_id()})).await.to_string()
}

story! {
    async fn an_imported_tie_may_wait_for_both(world: World) {
        let [one, two] = listed_pair(&world, "choir").await;
        assert_eq!((one.tied().await.len(), two.tied().await.len()), (0, 0));
        let tie = one.waiting().await[0].0.clone();
        assert_eq!(two.waiting().await[0].0, tie, "both are asked");
        assert_eq!(one.see(&two).await["relationToViewer"], "PROCESS");
        let half = one.answer("confirmTie", &tie).await["tie"].clone();
        assert_eq!((&half["state"], &half["awaitsViewer"]), (&json!("PENDING"), &json!(false)));
        assert_eq!((one.waiting().await.len(), two.waiting().await.len()), (0, 1));
        assert_eq!(two.answer("confirmTie", &tie).await["tie"]["state"], "ACTIVE");
        assert_eq!((one.tied().await, two.tied().await), (vec!["two".to_owned()], vec!["one".to_owned()]));
    }
}

/// What the other may do while they wait, not knowing whether they were declined.
#[derive(Clone, Copy, Debug)]
enum Step {
    Confirm,
    Claim,
    ClaimAndWithdraw,
    ConfirmAndDecline,
    ClaimAndDecline,
    Nothing,
}

impl Step {
    const ALL: [Self; 6] = [
        Self::Confirm,
        Self::Claim,
        Self::ClaimAndWithdraw,
        Self::ConfirmAndDecline,
        Self::ClaimAndDecline,
        Self::Nothing,
    ];

    async fn take(self, person: &Person, other: &str, tie: &str) {
        match self {
            Self::Nothing => {}
            Self::Confirm => drop(person.answer("confirmTie", tie).await),
            Self::Claim => drop(person.claim_named(json!({"handle": other})).await),
            Self::ClaimAndWithdraw => {
                let claimed = person.claim_named(json!({"handle": other})).await;
                let document = "mutation($id: ID!) { withdrawTie(input: {claimId: $id}) { claim { state } } }";
                let withdrawn = person.mutate(document, json!({"id": claimed["claim"]["id"]})).await;
                assert_eq!(withdrawn["claim"]["state"], "WITHDRAWN");
            }
            Self::ConfirmAndDecline => {
                person.answer("confirmTie", tie).await;
                person.answer("declineTie", tie).await;
            }
            Self::ClaimAndDecline => {
                person.claim_named(json!({"handle": other})).await;
                person.answer("declineTie", tie).await;
            }
        }
    }
}

story! {
    async fn a_declined_import_looks_like_one_that_waits_whatever_the_other_does(world: World) {
        let mut pairs = Vec::new();
        for step in Step::ALL {
            for answer in ["declined", "waiting"] {
                let slug = format!("{answer}-{step:?}").to_lowercase();
                let [one, two] = listed_pair(&world, &slug).await;
                let tie = one.waiting().await[0].0.clone();
                if answer == "declined" {
                    assert_eq!(one.answer("declineTie", &tie).await["tie"]["state"], "DECLINED");
                }
                step.take(&two, &one.name, &tie).await;
                pairs.push((step, one, two));
            }
        }
        for day in [0, 29, 31, 60] {
            let before = if day == 0 { 0 } else { [0, 29, 31, 60].into_iter().filter(|earlier| *earlier < day).max().unwrap_or(0) };
            world.pass_days(day - before);
            for same in pairs.chunks(2) {
                let [(step, one, two), (_, unasked, waiting)] = same else { unreachable!("pairs of pairs") };
                assert_eq!(view(two, one).await, view(waiting, unasked).await, "{step:?}, day {day}");
            }
        }
    }
}

story! {
    async fn a_declined_import_shows_declined_to_who_declined_and_expired_to_the_other(world: World) {
        let [one, two] = listed_pair(&world, "choir").await;
        let tie = one.waiting().await[0].0.clone();
        one.answer("declineTie", &tie).await;
        let state = async |person: &Person| {
            person.run("query($id: ID!) { node(id: $id) { ... on Tie { state } } }", json!({"id": tie})).await["node"]["state"].clone()
        };
        assert_eq!((state(&one).await, state(&two).await), (json!("DECLINED"), json!("PENDING")));
        two.answer("confirmTie", &tie).await;
        assert_eq!((state(&one).await, state(&two).await), (json!("DECLINED"), json!("PENDING")), "a late yes changes nothing");
        world.pass_days(30);
        assert_eq!((state(&one).await, state(&two).await), (json!("DECLINED"), json!("EXPIRED")));
        assert_eq!(two.see(&one).await, Value::Null);
    }
}

story! {
    async fn who_declined_an_import_may_still_say_yes(world: World) {
        for step in Step::ALL {
            let mut views = Vec::new();
            for answer in ["declined", "waiting"] {
                let slug = format!("{answer}-{step:?}").to_lowercase();
                let [one, two] = listed_pair(&world, &slug).await;
                let tie = one.waiting().await[0].0.clone();
                if answer == "declined" {
                    one.answer("declineTie", &tie).await;
                }
                step.take(&two, &one.name, &tie).await;
                one.claim_named(json!({"handle": two.name})).await;
                let is_tied = matches!(step, Step::Confirm | Step::Claim);
                assert_eq!(two.tied().await.len(), usize::from(is_tied), "{step:?} {answer}");
                views.push(view(&two, &one).await.replace(&slug, ""));
            }
            // The moment a tie became active is the one thing that differs.
            let without_times = |view: &String| view.split("activeAt").map(|part| part.split_once(',').map_or(part, |(_, rest)| rest).to_owned()).collect::<Vec<_>>();
            assert_eq!(without_times(&views[0]), without_times(&views[1]), "{step:?}");
        }
    }
}
