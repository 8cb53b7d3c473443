//! What the service is compared with: actix-web that gives back bytes, from its memory or by one Redis GET.
//!
//! Runs as a process of its own, as the service does: this program with a word that asks for it. It takes the same
//! requests, reads them whole, and looks at nothing but the path, which says whose page is wanted.

use std::path::PathBuf;
use std::sync::Arc;

use actix_web::web::{Bytes, Data, Path, post};
use actix_web::{App, HttpResponse, HttpServer};
use redis::AsyncCommands;
use redis::aio::MultiplexedConnection;

use super::tools::say;

/// The settings of a floor, by which this program becomes one.
#[derive(Clone, clap::Args)]
pub struct Floor {
    /// The address of a Redis
    #[arg(long)]
    redis: Option<String>,
    /// The keys of the pages in it, without their numbers
    #[arg(long, default_value = "")]
    key: String,
    /// A folder with the pages, by number
    #[arg(long)]
    pages: PathBuf,
}

/// Serves the pages; prints the address first.
pub fn serve(floor: &Floor) {
    let serving = async {
        let pages = std::fs::read_dir(&floor.pages).expect("pages").count();
        let page = |number: usize| Bytes::from(std::fs::read(floor.pages.join(number.to_string())).expect("a page"));
        let pages: Arc<Vec<Bytes>> = Arc::new((0..pages).map(page).collect());
        let (client, key) = (floor.redis.as_deref().map(redis::Client::open), floor.key.clone());
        let client = client.transpose().expect("an address");
        let server = HttpServer::new(move || {
            let (pages, key, client) = (pages.clone(), Arc::new(key.clone()), client.clone());
            let app = App::new().app_data(Data::new(pages)).app_data(Data::new(key));
            match client {
                // The factory runs in each worker once, so that each has a connection.
                Some(client) => app
                    .data_factory(move || {
                        let client = client.clone();
                        async move { client.get_multiplexed_async_connection().await }
                    })
                    .route("/{number}", post().to(from_redis)),
                None => app.route("/{number}", post().to(from_memory)),
            }
        });
        let server = server.bind("127.0.0.1:0").expect("a port");
        say(&format!("listening {}", server.addrs()[0]));
        server.run().await.expect("served");
    };
    actix_web::rt::System::new().block_on(serving);
}

async fn from_memory(number: Path<usize>, _: Bytes, pages: Data<Arc<Vec<Bytes>>>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(pages[*number].clone())
}

async fn from_redis(
    number: Path<usize>,
    _: Bytes,
    key: Data<Arc<String>>,
    redis: Data<MultiplexedConnection>,
) -> HttpResponse {
    let mut connection = MultiplexedConnection::clone(&redis);
    match connection.get::<_, Vec<u8>>(format!("{}{number}", **key)).await {
        Ok(page) => HttpResponse::Ok().content_type("application/json").body(page),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
