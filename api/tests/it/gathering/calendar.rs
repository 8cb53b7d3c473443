//! The gatherings of a community in a member's calendar.

use super::*;
use crate::command::Kith;
use crate::support::{Reply, SIGNING_KEY};

/// The path at which a calendar of this person's reads, if it is open.
async fn path(person: &Person, community: &str) -> Option<String> {
    let document = "query($id: ID!) { community(by: {id: $id}) { calendarUrl } }";
    let url = person.run(document, json!({"id": community})).await["community"]["calendarUrl"].clone();
    url.as_str().map(|url| url.strip_prefix("http://kith.test").expect("an address of ours").to_owned())
}

/// Opens a calendar of this person's.
async fn open(person: &Person, community: &str) -> String {
    person.done("openCalendar", "community { id }", json!({"communityId": community})).await;
    path(person, community).await.expect("an address")
}

async fn status(world: &World, path: &str) -> u16 {
    Reply::to(world.path(path)).await.status
}

/// The lines of a calendar, those that were folded put together again.
async fn read(world: &World, path: &str) -> Vec<String> {
    let reply = Reply::to(world.path(path)).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "text/calendar; charset=utf-8"));
    assert!(
        reply.text().split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')),
        "lines as RFC 5545 has them: {}",
        reply.text()
    );
    let lines: Vec<String> = reply.text().replace("\r\n ", "").split("\r\n").map(str::to_owned).collect();
    assert_eq!((lines[0].as_str(), lines[lines.len() - 2].as_str()), ("BEGIN:VCALENDAR", "END:VCALENDAR"));
    lines
}

/// A moment as calendars write it.
fn utc(moment: &str) -> String {
    format!("{}Z", moment[..19].replace(['-', ':'], ""))
}

/// The values of one property of all events.
fn values(lines: &[String], property: &str) -> Vec<String> {
    let prefix = format!("{property}:");
    lines.iter().filter_map(|line| line.strip_prefix(&prefix)).map(str::to_owned).collect()
}

story! {
    async fn a_calendar_tells_of_all_gatherings_and_of_each_change(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let id = world.forming([&ana, &bela]).await;
        assert_eq!(path(&bela, &id).await, None);
        let calendar = open(&bela, &id).await;
        assert_eq!(values(&read(&world, &calendar).await, "UID"), [""; 0]);
        let (starts, ends) = (world.hours_from_now(24), world.hours_from_now(27));
        let mut input = plan(&world, &id, "Soup, bread; and a \\ of \"salt\"", 24);
        (input["details"], input["startsAt"], input["endsAt"]) = (json!("Bring:\na cup, a spoon\r\nEND:VCALENDAR and your neighbours, whoever they are, so that the line is a long one. Olé!"), json!(starts), json!(ends));
        let soup = text(&ana.done("planGathering", GATHERING, input).await["gathering"]["id"]);
        world.gathering(&bela, &id, -72).await;
        let lines = read(&world, &calendar).await;
        assert_eq!(values(&lines, "SUMMARY"), ["At the fountain", "Soup\\, bread\\; and a \\\\ of \"salt\""], "the first first, and escaped");
        let details = "Bring:\\na cup\\, a spoon\\nEND:VCALENDAR and your neighbours\\, whoever they are\\, so that the line is a long one. Olé!";
        assert_eq!(values(&lines, "DESCRIPTION"), [details]);
        assert_eq!((&values(&lines, "DTSTART")[1], &values(&lines, "DTEND")[1]), (&utc(&starts), &utc(&ends)));
        assert_eq!((values(&lines, "STATUS"), values(&lines, "SEQUENCE")), (vec!["CONFIRMED".to_owned(); 2], vec!["0".to_owned(); 2]));
        assert_eq!((values(&lines, "LOCATION"), values(&lines, "BEGIN").len()), (vec!["Largo do Carmo".to_owned(); 2], 3));
        let uids = values(&lines, "UID");
        assert!(uids[0] != uids[1] && uids.iter().all(|uid| uid.ends_with("@kith")), "{uids:?}");

        ana.done("updateGathering", GATHERING, json!({"gatheringId": soup, "title": "Soup", "details": null})).await;
        let lines = read(&world, &calendar).await;
        assert_eq!((values(&lines, "SUMMARY")[1].as_str(), values(&lines, "SEQUENCE")), ("Soup", vec!["0".to_owned(), "1".to_owned()]));
        ana.done("cancelGathering", GATHERING, json!({"gatheringId": soup, "reason": "No soup."})).await;
        let lines = read(&world, &calendar).await;
        assert_eq!((values(&lines, "STATUS"), values(&lines, "SEQUENCE")[1].as_str()), (vec!["CONFIRMED".to_owned(), "CANCELLED".to_owned()], "2"));
        assert_eq!((values(&lines, "UID"), values(&lines, "DESCRIPTION")), (uids, vec!["No soup.".to_owned()]), "the same event");
    }
}

story! {
    async fn an_address_is_ones_own_and_can_be_taken_back(world: World) {
        let [ana, bela, zoe] = world.people(["ana", "bela", "zoe"]).await;
        let id = world.forming([&ana, &bela]).await;
        let (of_ana, of_bela) = (open(&ana, &id).await, open(&bela, &id).await);
        assert_ne!(of_ana, of_bela);
        assert_eq!(open(&ana, &id).await, of_ana, "what is open stays as it is");
        for mutation in ["openCalendar", "closeCalendar"] {
            assert_eq!(zoe.refused(mutation, json!({"communityId": id})).await, ["NOT_FOUND"]);
        }
        let close = || ana.done("closeCalendar", "community { calendarUrl }", json!({"communityId": id}));
        assert_eq!(close().await["community"]["calendarUrl"], Value::Null);
        close().await;
        assert_eq!((status(&world, &of_ana).await, status(&world, &of_bela).await), (404, 200));
        let again = open(&ana, &id).await;
        assert_ne!(again, of_ana, "a new one");
        assert_eq!((status(&world, &again).await, status(&world, &of_ana).await), (200, 404));
        for wrong in ["/calendars/0000-0000.ics", "/calendars/.ics", "/calendars/", &again.replace(".ics", "A.ics")] {
            assert_eq!(status(&world, wrong).await, 404, "{wrong}");
        }
    }
}

story! {
    async fn an_address_ends_with_the_membership(world: World) {
        let [ana, bela, cleo, dina] = world.people(["ana", "bela", "cleo", "dina"]).await;
        let id = world.forming([&ana, &bela, &cleo, &dina]).await;
        let [of_bela, of_cleo, of_dina] = [open(&bela, &id).await, open(&cleo, &id).await, open(&dina, &id).await];
        bela.leave(&id).await;
        ana.remove(&id, &cleo).await;
        assert_eq!((status(&world, &of_bela).await, status(&world, &of_cleo).await, status(&world, &of_dina).await), (404, 404, 200));
        domain::account::suspend(&world.system(), "dina").await.expect("dina is suspended");
        assert_eq!(status(&world, &of_dina).await, 404);
        domain::account::restore(&world.system(), "dina").await.expect("dina is back");
        assert_eq!(status(&world, &of_dina).await, 200);
        ana.bring(&id, &bela).await;
        assert_eq!((path(&bela, &id).await, status(&world, &of_bela).await), (None, 404), "coming back opens nothing");
    }
}

story! {
    async fn the_code_in_the_address_is_not_in_the_log(world: World) {
        let [ana, bela] = world.people(["ana", "bela"]).await;
        let id = world.forming([&ana, &bela]).await;
        let calendar = open(&bela, &id).await;
        let settings = [("DATABASE_URL", world.database_url()), ("KITH_SIGNING_KEY", SIGNING_KEY), ("KITH_PUBLIC_URL", "http://kith.test"), ("KITH_LOG", "trace")];
        let mut serving = Kith::with(&settings).serve(&["--no-demo"]);
        let wrong = calendar.replace(".ics", "-and-more.ics");
        for (path, status) in [(&calendar, 200), (&wrong, 404)] {
            let reply = Reply::to(world.client.get(format!("{}{path}", serving.address))).await;
            assert_eq!(reply.status, status);
        }
        let last = world.client.get(format!("{}/healthz", serving.address)).header("User-Agent", "the-last-one");
        last.send().await.expect("an answer");
        serving.wait_for("the last request", |serving| serving.err().contains("the-last-one"));
        let log = format!("{}{}", serving.out(), serving.err());
        let code = calendar.trim_start_matches("/calendars/").trim_end_matches(".ics");
        assert!(code.len() > 20 && log.contains("TRACE"));
        assert_eq!(log.lines().find(|line| line.contains(code)), None);
    }
}
