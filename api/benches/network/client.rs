//! The other side of HTTP: as little as can ask and measure, so that the processors are the server's.
//!
//! HTTP/1.1 over connections that stay; each asks, waits for the whole answer, and asks again. Requests are bytes made
//! beforehand. All of it runs on one thread of its own.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Whom to ask, and what: a request a viewer.
#[derive(Clone)]
pub struct Questions {
    pub address: SocketAddr,
    pub requests: Arc<Vec<Vec<u8>>>,
}

/// What came of asking for a while.
pub struct Asked {
    pub took: Duration,
    /// How long each answer took, in microseconds.
    pub latencies: Vec<u32>,
    /// The bytes of all bodies.
    pub bytes: usize,
}

/// A connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 << 10) })
    }

    /// The body of the answer to a request; an error unless it is an answer of status 200.
    pub async fn ask(&mut self, request: &[u8]) -> Result<&[u8]> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let body = loop {
            self.buffer.reserve(16 << 10);
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            if let Some(body) = body(&self.buffer)? {
                break body;
            }
        };
        Ok(&self.buffer[body])
    }

    /// The answer to a request, which is a GraphQL answer without errors.
    pub async fn answer(&mut self, request: &[u8]) -> Value {
        let body = self.ask(request).await.expect("an answer");
        let answer: Value = serde_json::from_slice(body).expect("JSON");
        assert!(answer.get("errors").is_none(), "{answer}");
        answer
    }
}

/// Where the body of an answer is, once it is whole.
fn body(answer: &[u8]) -> Result<Option<Range<usize>>> {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let broken =
        |what: &str| Error::new(ErrorKind::InvalidData, format!("{what}: {}", String::from_utf8_lossy(answer)));
    let head = std::str::from_utf8(&answer[..end]).map_err(|_| broken("no text"))?;
    if !head.starts_with("HTTP/1.1 200") {
        return Err(broken("refused"));
    }
    let headers = head.lines().filter_map(|line| line.split_once(':'));
    let length = headers.clone().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length: usize = length.and_then(|(_, value)| value.trim().parse().ok()).ok_or_else(|| broken("no length"))?;
    let body = end + 4..end + 4 + length;
    Ok((answer.len() >= body.end).then_some(body))
}

/// The bytes of a request to `/graphql` by a POST.
pub fn post(path: &str, token: Option<&str>, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let bearer = token.map_or_else(String::new, |token| format!("Authorization: Bearer {token}\r\n"));
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\nAccept: application/json\r\nContent-Type: application/json\r\n{bearer}Content-Length: {}\r\n\r\n",
        body.len()
    );
    (head + &body).into_bytes()
}

/// Asks over so many connections for so long, from a thread of its own; each viewer's turn comes as often as another's.
pub async fn ask_for(questions: Questions, connections: usize, length: Duration) -> Asked {
    let asking = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(ask_all(questions, connections, length))
    });
    asking.await.expect("asked").expect("all are answered")
}

async fn ask_all(questions: Questions, connections: usize, length: Duration) -> Result<Asked> {
    let mut opened = Vec::with_capacity(connections);
    for _ in 0..connections {
        opened.push(Connection::open(questions.address).await?);
    }
    let (turn, begun) = (AtomicUsize::new(0), Instant::now());
    let asking = opened.into_iter().map(async |mut connection: Connection| {
        let (mut latencies, mut bytes) = (Vec::with_capacity(8192), 0);
        let mut asked = Instant::now();
        while asked.duration_since(begun) < length {
            let turn = turn.fetch_add(1, Ordering::Relaxed) % questions.requests.len();
            bytes += connection.ask(&questions.requests[turn]).await?.len();
            let answered = Instant::now();
            latencies.push(answered.duration_since(asked).as_micros() as u32);
            asked = answered;
        }
        Ok::<_, Error>((latencies, bytes))
    });
    let all = futures::future::try_join_all(asking).await?;
    let took = begun.elapsed();
    let bytes = all.iter().map(|(_, bytes)| bytes).sum();
    Ok(Asked { took, latencies: all.into_iter().flat_map(|(latencies, _)| latencies).collect(), bytes })
}
