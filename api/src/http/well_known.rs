//! What the telephones' systems ask before they open a link of ours in the app instead of the browser.
//!
//! - iOS reads `/.well-known/apple-app-site-association`, after "Supporting associated domains" and the `applinks`
//!   object of Apple's documentation (<https://developer.apple.com/documentation/bundleresources/applinks>).
//! - Android reads `/.well-known/assetlinks.json`, after Google's "Statement list syntax" of Digital Asset Links
//!   (<https://developers.google.com/digital-asset-links/v1/create-statement>) and its "Verify App Links". Which paths an
//!   app opens stands in its own manifest.
//!
//! Without configured apps neither exists. Both must be reached over HTTPS and without a redirection, which is for what
//! stands in front.

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::State;
use crate::config::AndroidApp;

/// What the app opens: handshakes, invitations, and what notifications lead to.
const PATHS: [&str; 3] = ["/h/*", "/i/*", "/open/*"];

/// `GET /.well-known/apple-app-site-association`.
pub(super) async fn apple(state: web::Data<State>) -> HttpResponse {
    let apps = &state.config.apple_apps.0;
    if apps.is_empty() {
        return HttpResponse::NotFound().finish();
    }
    let components: Vec<serde_json::Value> = PATHS.iter().map(|path| json!({"/": path})).collect();
    kept(json!({"applinks": {"details": [{"appIDs": apps, "components": components}]}}))
}

/// `GET /.well-known/assetlinks.json`.
pub(super) async fn android(state: web::Data<State>) -> HttpResponse {
    let apps = &state.config.android_apps.0;
    if apps.is_empty() {
        return HttpResponse::NotFound().finish();
    }
    let statement = |app: &AndroidApp| {
        json!({
            "relation": ["delegate_permission/common.handle_all_urls"],
            "target": {
                "namespace": "android_app",
                "package_name": app.package,
                "sha256_cert_fingerprints": app.fingerprints,
            },
        })
    };
    kept(apps.iter().map(statement).collect())
}

/// JSON that anybody may keep for an hour.
fn kept(body: serde_json::Value) -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=3600")).json(body)
}
