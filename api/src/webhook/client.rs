//! One request to a receiver: the name is looked up, each address it leads to is checked, and the connection is made to
//! one of these addresses, so that a name cannot lead elsewhere a moment later.
//!
//! Deliberately absent: redirects, which could lead anywhere; proxies; connections that are kept; the body of the answer,
//! which is not read.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use domain::webhook::address::{check, may_reach};
use domain::webhook::{Allowed, Failure, Outcome};
use futures::future::BoxFuture;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HOST, HeaderName, HeaderValue, RETRY_AFTER, USER_AGENT};
use hyper::{Response, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use url::{Host, Url};

/// How long a request may take, from the look-up to the head of the answer.
const WITHIN: Duration = Duration::from_secs(15);

/// What we say we are.
const AGENT: &str = concat!("Kith-Webhooks/", env!("CARGO_PKG_VERSION"));

/// Where a name leads.
pub(super) type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// The names of the machine's own resolver.
pub(super) fn names() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect()) })
    })
}

/// What is sent.
pub(super) struct Request {
    /// `webhook-id`.
    pub(super) id: String,
    /// `webhook-timestamp`.
    pub(super) at: i64,
    /// `webhook-signature`.
    pub(super) signatures: String,
    /// JSON.
    pub(super) body: String,
}

/// Asks receivers.
pub(super) struct Client {
    allowed: Allowed,
    lookup: Lookup,
    tls: TlsConnector,
}

impl Client {
    pub(super) fn new(allowed: Allowed, lookup: Lookup) -> Result<Self, String> {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|cause| format!("TLS: {cause}"))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { allowed, lookup, tls: TlsConnector::from(Arc::new(config)) })
    }

    /// Sends `request` to `url`, which is checked anew.
    pub(super) async fn post(&self, url: &str, request: Request) -> Outcome {
        match tokio::time::timeout(WITHIN, self.ask(url, request)).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(failure)) => Outcome::Failed(failure),
            Err(_) => Outcome::Failed(Failure::TimedOut),
        }
    }

    async fn ask(&self, url: &str, request: Request) -> Result<Outcome, Failure> {
        let url = check(url, &self.allowed).map_err(|_| Failure::AddressRefused)?;
        let stream = self.connect(&url).await?;
        let answer = if url.scheme() == "https" {
            let stream = self.tls.connect(server(&url)?, stream).await.map_err(|_| Failure::TlsFailed)?;
            exchange(stream, &url, request).await?
        } else {
            exchange(stream, &url, request).await?
        };
        let seconds = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        Ok(Outcome::Answered { status: answer.status().as_u16(), retry_after: seconds.map(Duration::from_secs) })
    }

    /// A connection to an address that was checked; none if any that the name leads to may not be asked.
    async fn connect(&self, url: &Url) -> Result<TcpStream, Failure> {
        let addresses: Vec<IpAddr> = match url.host().ok_or(Failure::AddressRefused)? {
            Host::Ipv4(address) => vec![address.into()],
            Host::Ipv6(address) => vec![address.into()],
            Host::Domain(name) => (self.lookup)(name.to_owned()).await.map_err(|_| Failure::NameUnknown)?,
        };
        if addresses.is_empty() {
            return Err(Failure::NameUnknown);
        }
        if !addresses.iter().all(|address| may_reach(*address, &self.allowed)) {
            return Err(Failure::AddressRefused);
        }
        let port = url.port_or_known_default().ok_or(Failure::AddressRefused)?;
        let addresses: Vec<SocketAddr> = addresses.into_iter().map(|address| SocketAddr::new(address, port)).collect();
        TcpStream::connect(addresses.as_slice()).await.map_err(|_| Failure::ConnectionFailed)
    }
}

fn server(url: &Url) -> Result<ServerName<'static>, Failure> {
    let wrong = |_| Failure::TlsFailed;
    match url.host().ok_or(Failure::TlsFailed)? {
        Host::Domain(name) => ServerName::try_from(name.to_owned()).map_err(wrong),
        Host::Ipv4(address) => Ok(ServerName::from(IpAddr::from(address))),
        Host::Ipv6(address) => Ok(ServerName::from(IpAddr::from(address))),
    }
}

fn framed(url: &Url, request: Request) -> Result<hyper::Request<Full<Bytes>>, Failure> {
    let host = match (url.host_str().unwrap_or_default(), url.port()) {
        (host, Some(port)) => format!("{host}:{port}"),
        (host, None) => host.to_owned(),
    };
    let target = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let value = |text: String| HeaderValue::try_from(text).map_err(|_| Failure::ConnectionFailed);
    hyper::Request::post(target)
        .header(HOST, value(host)?)
        .header(USER_AGENT, AGENT)
        .header(CONTENT_TYPE, "application/json")
        .header(HeaderName::from_static("webhook-id"), value(request.id)?)
        .header(HeaderName::from_static("webhook-timestamp"), request.at)
        .header(HeaderName::from_static("webhook-signature"), value(request.signatures)?)
        .body(Full::new(Bytes::from(request.body)))
        .map_err(|_| Failure::ConnectionFailed)
}

/// Sends the request, and returns the head of the answer.
async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    url: &Url,
    request: Request,
) -> Result<Response<Incoming>, Failure> {
    let request = framed(url, request)?;
    let broken = |_| Failure::ConnectionFailed;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let mut answered = std::pin::pin!(sender.send_request(request));
    tokio::select! {
        biased;
        answer = &mut answered => answer.map_err(broken),
        // The other side hung up, maybe after it has answered.
        _ = connection => answered.await.map_err(broken),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    fn request() -> Request {
        let text = || "x".to_owned();
        Request { id: text(), at: 1, signatures: text(), body: text() }
    }

    /// A resolver that answers the first question with `first`, and all others with `then`.
    fn turning(first: &'static [&'static str], then: &'static [&'static str]) -> (Lookup, Arc<AtomicUsize>) {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = asked.clone();
        let lookup: Lookup = Arc::new(move |_| {
            let names = if count.fetch_add(1, Ordering::SeqCst) == 0 { first } else { then };
            let addresses = names.iter().map(|address| address.parse().expect("an address")).collect();
            Box::pin(async move { Ok(addresses) })
        });
        (lookup, asked)
    }

    /// A listener on the loopback, and the number of connections it has taken.
    async fn listener() -> (u16, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let (port, taken) = (listener.local_addr().expect("its address").port(), Arc::new(AtomicUsize::new(0)));
        let count = taken.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let mut heard = [0; 1024];
                _ = stream.read(&mut heard).await;
                _ = stream
                    .write_all(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n")
                    .await;
            }
        });
        (port, taken)
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_asked() {
        let (port, taken) = listener().await;
        for inside in [
            &["127.0.0.1"][..],
            &["::1"],
            &["::ffff:127.0.0.1"],
            &["10.0.0.1"],
            &["169.254.169.254"],
            &["fd00::1"],
            &["64:ff9b::7f00:1"],
            &["93.184.215.14", "127.0.0.1"],
        ] {
            let (lookup, asked) = turning(inside, inside);
            let client = Client::new(Allowed::default(), lookup).expect("a client");
            let outcome = client.post(&format!("https://hooks.example:{port}/"), request()).await;
            assert_eq!(outcome, Outcome::Failed(Failure::AddressRefused), "{inside:?}");
            assert_eq!(asked.load(Ordering::SeqCst), 1);
        }
        assert_eq!(taken.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn a_name_is_looked_up_once_a_try_and_what_it_led_to_is_asked() {
        let (port, taken) = listener().await;
        // Allowed is 127.0.0.1 alone: what the name leads to afterwards would be refused, and is not looked at.
        let allowed: Allowed = "127.0.0.1/32".parse().expect("a network");
        let (lookup, asked) = turning(&["127.0.0.1"], &["10.0.0.1"]);
        let client = Client::new(allowed, lookup).expect("a client");
        let url = format!("https://hooks.example:{port}/");
        assert_eq!(client.post(&url, request()).await, Outcome::Failed(Failure::TlsFailed));
        assert_eq!((asked.load(Ordering::SeqCst), taken.load(Ordering::SeqCst)), (1, 1));
        assert_eq!(
            client.post(&url, request()).await,
            Outcome::Failed(Failure::AddressRefused),
            "it leads elsewhere now"
        );
        assert_eq!((asked.load(Ordering::SeqCst), taken.load(Ordering::SeqCst)), (2, 1));
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer_and_followed_nowhere() {
        let (port, taken) = listener().await;
        let allowed: Allowed = "127.0.0.1/32".parse().expect("a network");
        let client = Client::new(allowed, names()).expect("a client");
        let outcome = client.post(&format!("http://127.0.0.1:{port}/hook?a=b"), request()).await;
        assert_eq!(outcome, Outcome::Answered { status: 302, retry_after: None });
        assert_eq!(taken.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_name_that_is_none_and_a_port_that_nobody_has_say_so() {
        let nowhere: Lookup = Arc::new(|_| Box::pin(async { Err(io::Error::other("no such name")) }));
        let client = Client::new(Allowed::default(), nowhere).expect("a client");
        assert_eq!(client.post("https://hooks.example/", request()).await, Outcome::Failed(Failure::NameUnknown));
        let (lookup, _) = turning(&[], &[]);
        let client = Client::new(Allowed::default(), lookup).expect("a client");
        assert_eq!(client.post("https://hooks.example/", request()).await, Outcome::Failed(Failure::NameUnknown));
        let allowed: Allowed = "127.0.0.1/32".parse().expect("a network");
        let client = Client::new(allowed, names()).expect("a client");
        assert_eq!(client.post("http://127.0.0.1:1/", request()).await, Outcome::Failed(Failure::ConnectionFailed));
    }
}
