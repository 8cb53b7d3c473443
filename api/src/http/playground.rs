//! `/graphiql`: the playground.
//!
//! The page and its start script are in the program; GraphiQL and React come from npm (`npm ci --ignore-scripts` in
//! `api/playground`) if they are installed, so that it works without the internet, and otherwise from a CDN, each file
//! pinned by its hash (Subresource Integrity).

use actix_files::NamedFile;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::State;

const PAGE: &str = include_str!("../../playground/index.html");
const BOOTSTRAP: &str = include_str!("../../playground/bootstrap.js");

/// A file of an npm package: its placeholder on the page, where it lies under `node_modules`, and its hash.
struct Asset {
    place: &'static str,
    attribute: &'static str,
    name: &'static str,
    package: &'static str,
    path: &'static str,
    integrity: &'static str,
}

const ASSETS: [Asset; 4] = [
    Asset {
        place: "{{react}}",
        attribute: "src",
        name: "react.js",
        package: "react@18.3.1",
        path: "umd/react.production.min.js",
        integrity: "sha384-DGyLxAyjq0f9SPpVevD6IgztCFlnMF6oW/XQGmfe+IsZ8TqEiDrcHkMLKI6fiB/Z",
    },
    Asset {
        place: "{{react_dom}}",
        attribute: "src",
        name: "react-dom.js",
        package: "react-dom@18.3.1",
        path: "umd/react-dom.production.min.js",
        integrity: "sha384-gTGxhz21lVGYNMcdJOyq01Edg0jhn/c22nsx0kyqP0TxaV5WVdsSH1fSDUf5YJj1",
    },
    Asset {
        place: "{{graphiql_js}}",
        attribute: "src",
        name: "graphiql.js",
        package: "graphiql@4.1.2",
        path: "graphiql.min.js",
        integrity: "sha384-9XdHu7ajgGJziD4J1zNBKQ842Q/+zZfDv+ib1eMhZWBH6hPAs806x+Jbcf0yNO6B",
    },
    Asset {
        place: "{{graphiql_css}}",
        attribute: "href",
        name: "graphiql.css",
        package: "graphiql@4.1.2",
        path: "graphiql.min.css",
        integrity: "sha384-1el1QShFBnnXTx9x/Cprg82hZWKt0ry29OAYIXt05swbi0KcZDFoj0CWguMpopJr",
    },
];

impl Asset {
    fn file(&self, state: &State) -> std::path::PathBuf {
        let package = self.package.split('@').next().unwrap_or_default();
        state.config.playground_dir.join("node_modules").join(package).join(self.path)
    }

    fn attributes(&self, from: Source) -> String {
        let Self { attribute, name, package, path, integrity, .. } = self;
        match from {
            Source::Npm => format!(r#"{attribute}="/graphiql/assets/{name}""#),
            Source::Cdn => {
                format!(r#"{attribute}="{CDN}/{package}/{path}" integrity="{integrity}" crossorigin="anonymous""#)
            }
        }
    }
}

const CDN: &str = "https://unpkg.com";

/// Where the assets come from.
#[derive(Clone, Copy)]
enum Source {
    Npm,
    Cdn,
}

impl Source {
    fn of(state: &State) -> Self {
        if ASSETS.iter().all(|asset| asset.file(state).is_file()) { Self::Npm } else { Self::Cdn }
    }

    /// Content Security Policy Level 3: what the page may load. The fonts and pictures are inside GraphiQL's style sheet.
    fn policy(self) -> String {
        let from = match self {
            Self::Npm => String::new(),
            Self::Cdn => format!(" {CDN}"),
        };
        format!(
            "default-src 'none'; script-src 'self'{from}; style-src 'self'{from}; img-src data:; font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    }
}

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/graphiql", web::get().to(page))
        .route("/graphiql/bootstrap.js", web::get().to(bootstrap))
        .route("/graphiql/assets/{name}", web::get().to(asset));
}

async fn page(state: web::Data<State>) -> HttpResponse {
    let source = Source::of(&state);
    let page = ASSETS.iter().fold(PAGE.to_owned(), |page, asset| page.replace(asset.place, &asset.attributes(source)));
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header(("Content-Security-Policy", source.policy()))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("Referrer-Policy", "no-referrer"))
        .body(page)
}

async fn bootstrap() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .insert_header(("Cache-Control", "no-cache"))
        .body(BOOTSTRAP)
}

async fn asset(request: HttpRequest, name: web::Path<String>, state: web::Data<State>) -> HttpResponse {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == *name) else { return HttpResponse::NotFound().finish() };
    match NamedFile::open_async(asset.file(&state)).await {
        Ok(file) => file.into_response(&request),
        Err(_) => HttpResponse::NotFound().finish(),
    }
}
