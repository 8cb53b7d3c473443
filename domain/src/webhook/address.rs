//! Which addresses are asked: public ones alone, so that nobody makes the service knock at doors inside its own network.
//!
//! A URL is refused when it is given as far as it is certain, and is checked again at each try; what a name leads to is
//! known only then ([`may_reach`]). Of IPv6 only what is handed out as global unicast may be asked, less what is set apart in
//! it; IPv4 addresses written inside IPv6 ones (mapped, NAT64, 6to4, Teredo) are none of that. The ranges are IANA's
//! special-purpose registries (RFC 6890) of 2025.

use std::net::IpAddr;
use std::str::FromStr;
use std::sync::LazyLock;

use ipnet::IpNet;
use url::{Host, Url};

use crate::error::{Code, Message, Refusal};

/// Networks that may be asked although they are private, in clear text too; none, but in tests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed(Vec<IpNet>);

impl FromStr for Allowed {
    type Err = ipnet::AddrParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        items.map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

impl Allowed {
    fn has(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// The IPv4 networks that are not public.
const SPECIAL_V4: [&str; 14] = [
    "0.0.0.0/8",       // this network
    "10.0.0.0/8",      // private
    "100.64.0.0/10",   // shared by carriers
    "127.0.0.0/8",     // loopback
    "169.254.0.0/16",  // link-local, where clouds keep their metadata
    "172.16.0.0/12",   // private
    "192.0.0.0/24",    // protocol assignments
    "192.0.2.0/24",    // documentation
    "192.88.99.0/24",  // 6to4 relays, which are no more
    "192.168.0.0/16",  // private
    "198.18.0.0/15",   // benchmarks
    "198.51.100.0/24", // documentation
    "203.0.113.0/24",  // documentation
    "224.0.0.0/3",     // multicast, reserved, broadcast
];

/// What of IPv6 is handed out as global unicast.
const GLOBAL_V6: &str = "2000::/3";

/// What is set apart in it.
const SPECIAL_V6: [&str; 4] = [
    "2001::/23",     // protocol assignments: Teredo, benchmarks, ORCHID
    "2001:db8::/32", // documentation
    "2002::/16",     // 6to4, which leads to IPv4
    "3fff::/20",     // documentation
];

static SPECIAL: LazyLock<Vec<IpNet>> =
    LazyLock::new(|| SPECIAL_V4.iter().chain(&SPECIAL_V6).filter_map(|network| network.parse().ok()).collect());
static GLOBAL: LazyLock<Option<IpNet>> = LazyLock::new(|| GLOBAL_V6.parse().ok());

/// Whether the service connects to `address`.
pub fn may_reach(address: IpAddr, allowed: &Allowed) -> bool {
    allowed.has(address) || is_public(address)
}

fn is_public(address: IpAddr) -> bool {
    let is_handed_out = match address {
        IpAddr::V4(_) => true,
        IpAddr::V6(_) => GLOBAL.is_some_and(|global| global.contains(&address)),
    };
    is_handed_out && !SPECIAL.iter().any(|network| network.contains(&address))
}

/// The ends of names that lead nowhere public.
const INSIDE: [&str; 9] =
    ["localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp", "home.arpa"];

/// Why a URL is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It is no `https` address with a host and nothing of a user.
    Form,
    /// It does not lead to a public address.
    Private,
}

/// A URL that may be asked, as far as it tells itself. `http` is for allowed addresses alone, written as numbers.
///
/// # Errors
/// Why not.
pub fn check(raw: &str, allowed: &Allowed) -> Result<Url, Wrong> {
    if raw.len() > 500 || raw.chars().any(|c| !c.is_ascii_graphic() || c == '\\') {
        return Err(Wrong::Form);
    }
    let url = Url::parse(raw).map_err(|_| Wrong::Form)?;
    let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if !is_plain || !matches!(url.scheme(), "https" | "http") {
        return Err(Wrong::Form);
    }
    let is_allowed = match url.host().ok_or(Wrong::Form)? {
        Host::Ipv4(address) => number(address.into(), allowed)?,
        Host::Ipv6(address) => number(address.into(), allowed)?,
        Host::Domain(name) => {
            named(name)?;
            false
        }
    };
    // Below 1024 other services listen, who might take an HTTP request for something else.
    let is_port = matches!(url.port_or_known_default(), Some(443 | 1024..));
    match url.scheme() {
        _ if is_allowed => Ok(url),
        "https" if is_port => Ok(url),
        _ => Err(Wrong::Form),
    }
}

/// Whether the address is one that is allowed by exception.
fn number(address: IpAddr, allowed: &Allowed) -> Result<bool, Wrong> {
    match may_reach(address, allowed) {
        true => Ok(allowed.has(address)),
        false => Err(Wrong::Private),
    }
}

fn named(name: &str) -> Result<(), Wrong> {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let is_inside = INSIDE.iter().any(|end| name == *end || name.ends_with(&format!(".{end}")));
    // A name without a dot is completed by whatever network the service is in.
    match is_inside || !name.contains('.') {
        true => Err(Wrong::Private),
        false => Ok(()),
    }
}

/// A URL that a steward gives.
pub(super) fn given(raw: &str, allowed: &Allowed) -> Result<String, Refusal> {
    let message = |wrong: Wrong| match wrong {
        Wrong::Form => Message::new("not-a-receiver"),
        Wrong::Private => Message::new("not-a-public-receiver"),
    };
    let checked = check(raw.trim(), allowed);
    checked.map(String::from).map_err(|wrong| Refusal::of("url", Code::InvalidInput, message(wrong)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn public(address: &str) -> bool {
        is_public(address.parse().expect(address))
    }

    #[test]
    fn the_ranges_are_read() {
        assert_eq!(SPECIAL.len(), SPECIAL_V4.len() + SPECIAL_V6.len());
        assert!(GLOBAL.is_some());
    }

    #[test]
    fn no_special_address_is_public() {
        for special in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "3fff:fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "4000::1",
        ] {
            assert!(!public(special), "{special}");
        }
        for ordinary in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.0.1",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "223.255.255.1",
            "2606:4700::1111",
            "2a00:1450::1",
            "2001:4860:4860::8888",
        ] {
            assert!(public(ordinary), "{ordinary}");
        }
    }

    #[test]
    fn what_a_url_tells_itself_is_refused() {
        let none = Allowed::default();
        for (url, wrong) in [
            ("ftp://example.org/", Wrong::Form),
            ("file:///etc/passwd", Wrong::Form),
            ("gopher://example.org/", Wrong::Form),
            ("http://example.org/", Wrong::Form),
            ("https://user@example.org/", Wrong::Form),
            ("https://user:secret@example.org/", Wrong::Form),
            ("https://example.org/#part", Wrong::Form),
            ("https://example.org:22/", Wrong::Form),
            ("https://example.org:6/", Wrong::Form),
            ("https:///", Wrong::Form),
            ("https://example.org\\@127.0.0.1/", Wrong::Form),
            ("https://exa mple.org/", Wrong::Form),
            ("https://localhost/", Wrong::Private),
            ("https://LOCALHOST./", Wrong::Private),
            ("https://a.localhost/", Wrong::Private),
            ("https://localhost.localdomain/", Wrong::Private),
            ("https://printer.local/", Wrong::Private),
            ("https://metadata.google.internal/", Wrong::Private),
            ("https://intranet/", Wrong::Private),
            ("https://127.0.0.1/", Wrong::Private),
            ("https://127.1/", Wrong::Private),
            ("https://2130706433/", Wrong::Private),
            ("https://0x7f000001/", Wrong::Private),
            ("https://0177.0.0.1/", Wrong::Private),
            ("https://0/", Wrong::Private),
            ("https://[::1]/", Wrong::Private),
            ("https://[::ffff:127.0.0.1]/", Wrong::Private),
            ("https://[fd00::1]/", Wrong::Private),
            ("https://[64:ff9b::7f00:1]/", Wrong::Private),
            ("https://169.254.169.254/latest/meta-data/", Wrong::Private),
            ("https://%31%32%37.0.0.1/", Wrong::Private),
        ] {
            assert_eq!(check(url, &none), Err(wrong), "{url}");
        }
        for right in
            ["https://example.org", "https://example.org:8443/a?b=c", "https://1.1.1.1/", "https://[2606:4700::1]/"]
        {
            assert!(check(right, &none).is_ok(), "{right}");
        }
    }

    #[test]
    fn what_is_allowed_may_be_asked_in_clear_text_and_nothing_beside_it() {
        let allowed: Allowed = "127.0.0.1/32, ::1/128".parse().expect("networks");
        assert!(check("http://127.0.0.1:4000/hook", &allowed).is_ok());
        assert!(check("http://[::1]:4000/hook", &allowed).is_ok());
        assert_eq!(check("http://127.0.0.2:4000/", &allowed), Err(Wrong::Private));
        assert_eq!(check("http://localhost:4000/", &allowed), Err(Wrong::Private));
        assert!("127.0.0.1".parse::<Allowed>().is_err());
        assert_eq!("".parse(), Ok(Allowed::default()));
    }

    proptest! {
        #[test]
        fn an_ipv4_address_is_public_as_the_standard_library_knows_it(bits: u32) {
            let address = std::net::Ipv4Addr::from(bits);
            let inside = address.is_private() || address.is_loopback() || address.is_link_local()
                || address.is_broadcast() || address.is_documentation() || address.is_multicast() || address.is_unspecified();
            prop_assert!(!(inside && is_public(address.into())));
        }

        #[test]
        fn an_ipv6_address_that_is_public_is_global_unicast(bits: u128) {
            let address = std::net::Ipv6Addr::from(bits);
            let inside = address.is_unique_local() || address.is_unicast_link_local() || address.is_multicast()
                || address.is_loopback() || address.is_unspecified() || address.to_ipv4().is_some();
            prop_assert!(!(inside && is_public(address.into())));
            prop_assert!(!is_public(address.into()) || bits >> 125 == 1);
        }

        #[test]
        fn any_text_is_checked_without_a_panic(text: String) {
            if let Ok(url) = check(&text, &Allowed::default()) {
                prop_assert_eq!(url.scheme(), "https");
            }
        }
    }
}
