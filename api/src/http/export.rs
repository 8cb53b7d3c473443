//! `GET /exports/{id}`: the archive of what a member gave, once. The address is made by `viewer.export` and signed; the
//! log has no query string, and so not the signature.

use actix_web::{HttpResponse, web};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::account::{Address, fetch_export};
use domain::ctx::{Ctx, Timestamp, Viewer};
use domain::id::ExportId;
use serde::Deserialize;
use uuid::Uuid;

use crate::State;

/// What follows the question mark.
#[derive(Deserialize)]
pub(super) struct Signed {
    until: i64,
    signature: String,
}

/// The path and query of an address.
pub(crate) fn path(address: &Address) -> String {
    let id = BASE64_URL_SAFE_NO_PAD.encode(address.id.0);
    format!("/exports/{id}?until={}&signature={}", address.until.0, address.signature)
}

/// The archive, or 404 whatever the reason, also where the signature is missing.
pub(super) async fn get(
    id: web::Path<String>,
    signed: Option<web::Query<Signed>>,
    state: web::Data<State>,
) -> HttpResponse {
    let Some(signed) = signed else { return not_found() };
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(id.as_str()).unwrap_or_default();
    let id = ExportId(Uuid::from_slice(&bytes).unwrap_or_default());
    let Signed { until, signature } = signed.into_inner();
    let address = Address { id, until: Timestamp(until), signature };
    match fetch_export(&Ctx::new(&state.kith, Viewer::Anonymous), &address).await {
        Ok(Some(archive)) => HttpResponse::Ok()
            .content_type("application/json")
            .insert_header(("Content-Disposition", "attachment; filename=\"kith-export.json\""))
            .insert_header(("Cache-Control", "no-store"))
            .insert_header(("X-Content-Type-Options", "nosniff"))
            .body(archive),
        Ok(None) => not_found(),
        Err(error) => {
            tracing::error!(?error, "an archive cannot be read");
            HttpResponse::ServiceUnavailable().insert_header(("Retry-After", "2")).finish()
        }
    }
}

fn not_found() -> HttpResponse {
    HttpResponse::NotFound().insert_header(("Cache-Control", "no-store")).finish()
}
