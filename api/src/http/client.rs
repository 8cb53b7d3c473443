//! What a request says of the app and the machine it comes from.
//!
//! The app's name and version come in the headers that Apollo's clients send. The address is the peer's; behind reverse
//! proxies it is the one that the outermost of ours has seen. Each proxy appends its peer to `X-Forwarded-For`, so only
//! as many entries from the right as there are proxies are told by somebody we trust; whatever stands left of them,
//! the client may have made up.
//!
//! Deliberately absent: `Forwarded` (RFC 7239), which a proxy that writes `X-Forwarded-For` hands on unread.

use std::net::{IpAddr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::header::HeaderValue;
use domain::ctx::Client;

/// The longest text that is kept of a header, in characters.
const LONGEST: usize = 200;

/// The client of `request`, with so many reverse proxies in front of this server.
pub(super) fn of(request: &HttpRequest, proxies: u8) -> Client {
    Client {
        name: text(request, "apollographql-client-name"),
        version: text(request, "apollographql-client-version"),
        user_agent: text(request, "user-agent"),
        address: address(request, proxies),
    }
}

/// The app of `request` with its version, and the software that speaks HTTP: as the log has them.
pub(super) fn names(request: &HttpRequest) -> (Option<String>, Option<String>) {
    let Client { name, version, user_agent, .. } = of(request, 0);
    let app: Vec<String> = name.into_iter().chain(version).collect();
    ((!app.is_empty()).then(|| app.join(" ")), user_agent)
}

/// A header as people may read it: cut, and without what could steer a terminal or begin a line of its own.
fn text(request: &HttpRequest, name: &str) -> Option<String> {
    let value = decoded(request.headers().get(name)?);
    let is_shown = |c: &char| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}');
    let text: String = value.trim().chars().filter(is_shown).take(LONGEST).collect();
    (!text.is_empty()).then_some(text)
}

fn decoded(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

/// Where `request` comes from.
fn address(request: &HttpRequest, proxies: u8) -> Option<IpAddr> {
    let peer = request.peer_addr().map(|peer| peer.ip());
    let forwarded = usize::from(proxies).checked_sub(1).and_then(|nth| {
        let lines: Vec<String> = request.headers().get_all("x-forwarded-for").map(decoded).collect();
        read_address(lines.join(",").rsplit(',').nth(nth)?.trim())
    });
    forwarded.or(peer).map(|address| address.to_canonical())
}

/// An address as proxies write it: with or without a port, one of IPv6 with or without brackets.
fn read_address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let with_port = || text.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    bare.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const PEER: &str = "192.0.2.1";

    /// The address of a request from [`PEER`] with these `X-Forwarded-For` headers.
    fn seen(proxies: u8, headers: &[&str]) -> String {
        let peer = SocketAddr::new(PEER.parse().expect("an address"), 443);
        let request = TestRequest::default().peer_addr(peer);
        let request = headers.iter().fold(request, |request, value| request.append_header(("X-Forwarded-For", *value)));
        address(&request.to_http_request(), proxies).expect("an address").to_string()
    }

    #[test]
    fn without_a_proxy_nobody_is_believed_about_their_address() {
        assert_eq!(seen(0, &[]), PEER);
        assert_eq!(seen(0, &["203.0.113.9"]), PEER);
        assert_eq!(seen(0, &["203.0.113.9, 203.0.113.8", "203.0.113.7"]), PEER);
    }

    #[test]
    fn a_forged_entry_stands_left_of_what_our_proxies_have_seen() {
        // The client sends 203.0.113.9; our proxy appends 198.51.100.2, which it has seen.
        assert_eq!(seen(1, &["203.0.113.9, 198.51.100.2"]), "198.51.100.2");
        assert_eq!(seen(1, &["203.0.113.9", "198.51.100.2"]), "198.51.100.2");
        assert_eq!(seen(1, &["203.0.113.9,203.0.113.8,,\u{e9},", "198.51.100.2"]), "198.51.100.2");
        assert_eq!(seen(2, &["203.0.113.9, 198.51.100.2, 10.0.0.7"]), "198.51.100.2");
        assert_eq!(seen(2, &["203.0.113.9", "198.51.100.2", "10.0.0.7"]), "198.51.100.2");
    }

    #[test]
    fn what_is_missing_or_no_address_leaves_the_peers() {
        assert_eq!(seen(1, &[]), PEER);
        assert_eq!(seen(3, &["198.51.100.2, 10.0.0.7"]), PEER);
        for wrong in ["", "unknown", "_hidden", "198.51.100", "[2001:db8::7", "2001:db8::7]", "198.51.100.2:x"] {
            assert_eq!(seen(1, &["203.0.113.9", wrong]), PEER, "{wrong}");
        }
    }

    #[test]
    fn an_address_is_read_however_proxies_write_it() {
        for (written, address) in [
            ("198.51.100.2", "198.51.100.2"),
            ("198.51.100.2:50123", "198.51.100.2"),
            ("2001:db8::7", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("[2001:db8::7]:443", "2001:db8::7"),
            ("::ffff:198.51.100.2", "198.51.100.2"),
        ] {
            assert_eq!(seen(1, &[written]), address, "{written}");
        }
    }

    #[test]
    fn what_headers_say_is_cut_and_cannot_steer_a_terminal() {
        let long = "\u{e9}".repeat(300);
        let request = TestRequest::default()
            .insert_header(("apollographql-client-name", "kith-ios"))
            .insert_header(("apollographql-client-version", "  "))
            .insert_header(("User-Agent", "a\tb\u{9b}31mc\u{85}d\u{2028}e"))
            .to_http_request();
        let client = of(&request, 0);
        assert_eq!((client.name.as_deref(), client.version), (Some("kith-ios"), None));
        assert_eq!(client.user_agent.as_deref(), Some("ab31mcde"));
        assert_eq!(client.address, None);
        let request = TestRequest::default().insert_header(("User-Agent", long.as_str())).to_http_request();
        assert_eq!(of(&request, 0).user_agent.map(|agent| agent.chars().count()), Some(LONGEST));
    }
}
