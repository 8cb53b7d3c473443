//! `GET /calendars/{code}.ics`: the gatherings of a community as a calendar reads them (iCalendar, RFC 5545). The code in
//! the path is the credential, so the log does not have it.

use actix_web::{HttpResponse, web};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::ctx::{Ctx, Timestamp, Viewer};
use domain::gathering::{self, Feed, Gathering, State as Takes};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus};
use time::macros::format_description;

use crate::State;

/// The feed, or 404 whatever the reason.
pub(super) async fn get(code: web::Path<String>, state: web::Data<State>) -> HttpResponse {
    match gathering::feed(&Ctx::new(&state.kith, Viewer::Anonymous), &code).await {
        Ok(Some(feed)) => HttpResponse::Ok()
            .content_type("text/calendar; charset=utf-8")
            .insert_header(("Cache-Control", "private, max-age=300"))
            .insert_header(("Content-Disposition", "inline; filename=\"gatherings.ics\""))
            .insert_header(("X-Content-Type-Options", "nosniff"))
            .body(text(&feed)),
        Ok(None) => HttpResponse::NotFound().insert_header(("Cache-Control", "no-store")).finish(),
        Err(error) => {
            tracing::error!(?error, "a calendar cannot be read");
            HttpResponse::ServiceUnavailable().insert_header(("Retry-After", "2")).finish()
        }
    }
}

fn text(feed: &Feed) -> String {
    let mut calendar = Calendar::new();
    calendar.name(&feed.name);
    for gathering in &feed.gatherings {
        calendar.push(event(gathering));
    }
    calendar.to_string()
}

/// Times are in UTC, which every calendar shows in its reader's own zone; RFC 5545, 3.8.7.4 has the sequence count changes.
fn event(gathering: &Gathering) -> Event {
    let mut event = Event::new();
    event
        .uid(&format!("{}@kith", BASE64_URL_SAFE_NO_PAD.encode(gathering.id.0)))
        .sequence(gathering.revision.unsigned_abs())
        .summary(&gathering.title)
        .location(&gathering.place)
        .add_property("DTSTAMP", utc(gathering.updated_at))
        .add_property("CREATED", utc(gathering.created_at))
        .add_property("LAST-MODIFIED", utc(gathering.updated_at))
        .add_property("DTSTART", utc(gathering.starts_at))
        .add_property("DTEND", utc(gathering.ends_at))
        .status(match gathering.state {
            Takes::Planned => EventStatus::Confirmed,
            Takes::Cancelled => EventStatus::Cancelled,
        });
    let said = [gathering.details.as_deref(), gathering.reason.as_deref()];
    let said: Vec<&str> = said.into_iter().flatten().collect();
    if !said.is_empty() {
        event.description(&said.join("\n\n"));
    }
    event.done()
}

fn utc(at: Timestamp) -> String {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    at.to_datetime().format(format).unwrap_or_default()
}
