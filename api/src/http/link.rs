//! The pages behind the links of handshakes, invitations and notifications, for phones that have not the app: `/h/{code}`,
//! `/i/{code}` and `/open/{id}`.
//!
//! They are whole in themselves: no script, nothing from elsewhere, and a content security policy that holds them to it.
//! Looking changes nothing, since messengers look at links by themselves; it takes the button to use a handshake up. A
//! code that is unknown, used or over gives one page, whatever the reason. Codes are not in the log.

use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::ctx::{Ctx, Viewer};
use domain::error::{Error, Message};
use domain::handshake;
use maud::{DOCTYPE, Markup, html};
use sha2::{Digest, Sha256};

use super::{client, negotiate};
use crate::State;
use crate::words::{Language, say};

const STYLE: &str = "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}\
h1{font-size:1.5rem}button,a.store{display:inline-block;font:inherit;padding:.7rem 1.2rem;margin:.3rem .3rem 0 0;border:0;border-radius:.5rem;background:#0b5d4e;color:#fff;text-decoration:none}\
code{font-size:1.2rem;word-break:break-word}";

/// No script, no picture, no other page around it; the one style is named by its hash (Content Security Policy Level 3).
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
});

/// `GET /h/{code}`: whom somebody meets, and a button to keep the moment.
pub(super) async fn look(request: HttpRequest, code: web::Path<String>, state: web::Data<State>) -> HttpResponse {
    let language = negotiate::language(&request);
    match handshake::greeting(&ctx(&request, &state), &code).await {
        Ok(Some(name)) => page(
            StatusCode::OK,
            language,
            Message::new("link-meet").with("name", name),
            html! {
                p { (say(language, &Message::new("link-meet-explained"))) }
                form method="post" { button { (say(language, &Message::new("link-keep"))) } }
            },
        ),
        Ok(None) => gone(language),
        Err(error) => fault(language, error),
    }
}

/// `POST /h/{code}`: the handshake becomes an invitation that keeps the moment.
pub(super) async fn keep(request: HttpRequest, code: web::Path<String>, state: web::Data<State>) -> HttpResponse {
    let language = negotiate::language(&request);
    match handshake::invite(&ctx(&request, &state), &code).await {
        Ok(invitation) => {
            let code = invitation.code.unwrap_or_default();
            page(StatusCode::OK, language, Message::new("link-kept"), how_to_go_on(language, &code, &state))
        }
        Err(Error::Refused(_)) => gone(language),
        Err(error) => fault(language, error),
    }
}

/// `GET /i/{code}`: how to go on with an invitation. Whether it is good shows when it is used.
pub(super) async fn invited(request: HttpRequest, code: web::Path<String>, state: web::Data<State>) -> HttpResponse {
    let language = negotiate::language(&request);
    page(StatusCode::OK, language, Message::new("link-invited"), how_to_go_on(language, &code, &state))
}

/// `GET /open/{id}`: what a notification leads to, on a machine that has not the app. Nothing of it shows here.
pub(super) async fn open(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let language = negotiate::language(&request);
    let words = html! {
        p { (say(language, &Message::new("link-open-explained"))) }
        (stores(&state))
    };
    page(StatusCode::OK, language, Message::new("link-open"), words)
}

fn ctx(request: &HttpRequest, state: &State) -> Ctx {
    Ctx::new(&state.kith, Viewer::Anonymous).from_client(client::of(request, state.config.proxies))
}

fn how_to_go_on(language: Language, code: &str, state: &State) -> Markup {
    html! {
        p { (say(language, &Message::new("link-go-on"))) }
        p { code { (code) } }
        (stores(state))
    }
}

/// Where the app is to be had.
fn stores(state: &State) -> Markup {
    let stores = [("App Store", &state.config.app_store_url), ("Google Play", &state.config.play_store_url)];
    html! {
        @for (name, url) in stores {
            @if let Some(url) = url { a.store href=(url) { (name) } }
        }
    }
}

/// One page for all codes that are good for nothing.
fn gone(language: Language) -> HttpResponse {
    let words = html! { p { (say(language, &Message::new("link-gone-explained"))) } };
    page(StatusCode::NOT_FOUND, language, Message::new("link-gone"), words)
}

fn fault(language: Language, error: Error) -> HttpResponse {
    tracing::error!(?error, "a page failed");
    let words = html! { p { (say(language, &Message::new("link-fault-explained"))) } };
    page(StatusCode::SERVICE_UNAVAILABLE, language, Message::new("link-fault"), words)
}

fn page(status: StatusCode, language: Language, title: Message, body: Markup) -> HttpResponse {
    let title = say(language, &title);
    let page = html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (maud::PreEscaped(STYLE)) }
            }
            body { main { h1 { (title) } (body) } }
        }
    };
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header(("Content-Security-Policy", POLICY.as_str()))
        .insert_header(("Content-Language", language.tag()))
        .insert_header(("Vary", "Accept-Language"))
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("Referrer-Policy", "no-referrer"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("X-Robots-Tag", "noindex"))
        .body(page.into_string())
}
