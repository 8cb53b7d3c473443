//! Whether the process lives, and whether it can do its work.

use actix_web::{HttpResponse, web};
use serde::Serialize;

use crate::State;

/// `GET /healthz`: the process answers. Nothing else is asked, so that a database that is away does not get the process
/// killed.
pub(super) async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

#[derive(Serialize)]
struct Readiness {
    database: &'static str,
    cache: &'static str,
    schema: &'static str,
}

/// `GET /readyz`: 200 if requests can be answered, 503 if not, and which part is the reason. Without its cache the
/// service is slower, and ready.
pub(super) async fn ready(state: web::Data<State>) -> HttpResponse {
    let database = state.kith.store.ping().await.is_ok();
    let schema = if database { state.kith.store.schema_version().await.ok() } else { None };
    let current = schema.is_some_and(|version| version.is_current());
    let word = |fine: bool, otherwise: &'static str| if fine { "ok" } else { otherwise };
    let readiness = Readiness {
        database: word(database, "away"),
        cache: word(state.kith.cache.is_reachable().await, "away"),
        schema: word(current, if database { "not current" } else { "unknown" }),
    };
    let mut response = if database && current { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    response.insert_header(("Cache-Control", "no-store")).json(readiness)
}
