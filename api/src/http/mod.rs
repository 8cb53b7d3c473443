//! HTTP: the routes, and what all answers have in common.
//!
//! GraphQL over HTTP is our own, thin layer ([`mod@graphql`]) over `Schema::execute`, because the library's integrations
//! break the specification: they run mutations over GET, take any content type and have no body limit. Over a
//! WebSocket ([`socket`]) and as server-sent events ([`stream`]) the same operations pass the same checks.
//!
//! Deliberately absent: cookies, and so everything that protects them. A bearer token is only ever in the
//! `Authorization` header.

pub mod cost;
pub mod guard;

mod calendar;
mod client;
mod export;
pub(crate) mod graphql;
mod health;
mod lasting;
mod link;
mod log;
mod map;
mod negotiate;
mod playground;
mod socket;
mod stream;
mod well_known;

use actix_cors::Cors;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::guard::fn_guard;
use actix_web::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::middleware::{Compress, Condition, Next, from_fn};
use actix_web::{App, HttpMessage, HttpResponse, web};
use tracing_actix_web::{RequestId, TracingLogger};

pub(crate) use self::export::path as export_path;
pub(crate) use self::graphql::parsed::Documents;
pub(crate) use self::lasting::Seats;
pub(crate) use self::map::path as map_path;
use crate::State;
use crate::config::Switch;

/// The largest body, after decompression.
const MOST_BYTES: usize = 256 * 1024;
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What a request may say beside its token and the type of its body.
const ABOUT_REQUEST: [HeaderName; 4] = [
    ACCEPT_LANGUAGE,
    HeaderName::from_static("apollographql-client-name"),
    HeaderName::from_static("apollographql-client-version"),
    HeaderName::from_static("idempotency-key"),
];

/// What pages of other origins may read of an answer: which request it was, when to try again, and what is left of what may
/// be asked.
const ABOUT_ANSWER: [HeaderName; 4] = [
    REQUEST_ID,
    RETRY_AFTER,
    HeaderName::from_static(graphql::budget::HEADERS[0]),
    HeaderName::from_static(graphql::budget::HEADERS[1]),
];

/// The whole application over `state`.
pub(crate) fn app(
    state: web::Data<State>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let playground = state.config.playground;
    let origins = !state.config.cors_origins.is_empty();
    App::new()
        .wrap(Condition::new(origins, cors(&state.config.cors_origins)))
        .wrap(Compress::default())
        .wrap(from_fn(with_request_id))
        .wrap(TracingLogger::<log::RequestSpan>::new())
        .app_data(web::PayloadConfig::new(MOST_BYTES))
        .app_data(state)
        .service(
            web::resource("/graphql")
                .route(web::get().guard(fn_guard(socket::is_wanted)).to(socket::get))
                .route(web::get().to(graphql::get))
                .route(web::post().to(graphql::post))
                .default_service(web::to(graphql::other)),
        )
        .service(web::resource("/h/{code}").route(web::get().to(link::look)).route(web::post().to(link::keep)))
        .route("/exports/{id}", web::get().to(export::get))
        .route("/calendars/{code}.ics", web::get().to(calendar::get))
        .route("/maps/{id}.svg", web::get().to(map::get))
        .route("/i/{code}", web::get().to(link::invited))
        .route("/open/{id}", web::get().to(link::open))
        .route("/healthz", web::get().to(health::live))
        .route("/readyz", web::get().to(health::ready))
        .route("/.well-known/jwks.json", web::get().to(jwks))
        .route("/.well-known/apple-app-site-association", web::get().to(well_known::apple))
        .route("/.well-known/assetlinks.json", web::get().to(well_known::android))
        .configure(move |config| {
            if playground == Switch::On {
                playground::routes(config);
            }
        })
}

async fn jwks(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "public, max-age=300")).json(&state.keys.jwks)
}

/// Tells the client under which id the log has its request.
async fn with_request_id(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let id = request.extensions().get::<RequestId>().map(ToString::to_string);
    let mut response = next.call(request).await?;
    if let Some(id) = id.and_then(|id| HeaderValue::try_from(id).ok()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    Ok(response)
}

/// What web pages of other origins may do: call with a token, and read what stands in [`ABOUT_ANSWER`].
fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods(["GET", "POST"])
        .allowed_headers([AUTHORIZATION, CONTENT_TYPE].into_iter().chain(ABOUT_REQUEST))
        .expose_headers(ABOUT_ANSWER)
        .max_age(3_600);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}
