//! `kith serve`: the server, with the demo network to begin with.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use clap::Args;
use domain::Role;

use super::{demo, print};
use crate::config::{Config, Environment, Switch};
use crate::mail::Mailer;
use crate::{Server, keys, open};

/// What `serve` can be told.
#[derive(Args, Default)]
pub(super) struct ServeArgs {
    /// Leave an empty database empty (production always does)
    #[arg(long)]
    no_demo: bool,
}

pub(super) async fn run(args: ServeArgs, config: Config) -> Result<(), String> {
    let kith = open(&config, Role::Server).await?;
    let keys = keys(&config)?;
    let in_development = config.environment == Environment::Development;
    let mut guides = None;
    if in_development {
        if !args.no_demo {
            demo::load(&kith).await?;
        }
        guides = demo::guides(&kith).await?;
    }
    let mailer = Mailer::from_config(&config)?;
    let server = Server::build(config, kith, keys, mailer)?;
    let state = server.state.clone();
    tracing::info!(address = %server.address, database = %state.config.database_name(), "listening");
    if in_development {
        if state.config.playground == Switch::On {
            print(&format!("\n  Playground   http://{}/graphiql", reachable(server.address)))?;
        }
        if let Some(guides) = guides {
            demo::introduce(&guides, &state.keys, &state.kith).await?;
        }
    }
    server.run().await.map_err(|cause| format!("The server stopped: {cause}."))
}

/// An address that a browser on this machine can open: a server that listens on all interfaces is on the loopback too.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        ip if !ip.is_unspecified() => address,
        IpAddr::V4(_) => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), address.port()),
        IpAddr::V6(_) => SocketAddr::new(Ipv6Addr::LOCALHOST.into(), address.port()),
    }
}

#[cfg(test)]
mod tests {
    use super::reachable;

    #[test]
    fn a_server_on_all_interfaces_is_opened_on_the_loopback() {
        for (listens, opened) in [
            ("0.0.0.0:8080", "127.0.0.1:8080"),
            ("[::]:8080", "[::1]:8080"),
            ("127.0.0.1:9", "127.0.0.1:9"),
            ("192.0.2.7:80", "192.0.2.7:80"),
        ] {
            assert_eq!(reachable(listens.parse().expect(listens)).to_string(), opened);
        }
    }
}
