//! Bodies no honest client sends: too large, too deep, broken, without an end. Each is refused with a reason, and the
//! next request finds the service as it was.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use futures::stream;
use serde_json::json;

use crate::support::{Reply, World};

const MOST: usize = 256 * 1024;
/// 16 MiB of spaces in Brotli.
const BROTLI_BOMB: [u8; 27] = [
    0xcb, 0xff, 0xff, 0x3f, 0xf8, 0x25, 0x40, 0xe2, 0xb1, 0x40, 0x20, 0xf7, 0xfe, 0x2f, 0xff, 0xff, 0xff, 0xf0, 0x4b,
    0x00, 0xc4, 0x61, 0x11, 0x80, 0xee, 0xfd, 0x1f,
];

async fn lives(world: &World) {
    assert_eq!(Reply::to(world.asking("{ __typename }")).await.status, 200);
}

fn padded(size: usize) -> Vec<u8> {
    let mut body = json!({"query": "{ __typename }"}).to_string().into_bytes();
    body.resize(size, b' ');
    body
}

#[tokio::test]
async fn a_body_of_256_kib_is_read_and_a_larger_one_is_not() {
    let world = World::on_sqlite().await;
    assert_eq!(Reply::to(world.posting(padded(MOST))).await.status, 200);
    let chunks = |size| {
        stream::iter(padded(size).chunks(4096).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect::<Vec<_>>())
    };
    assert_eq!(Reply::to(world.posting(reqwest::Body::wrap_stream(chunks(MOST)))).await.status, 200);
    for body in [padded(MOST + 1).into(), padded(16 << 20).into(), reqwest::Body::wrap_stream(chunks(MOST + 1))] {
        // A server may close the connection before it has read all: then there is no answer to read.
        let Ok(response) = world.posting(body).send().await else { continue };
        assert_eq!(response.status(), 413);
        let body: serde_json::Value = response.json().await.expect("JSON");
        assert_eq!(body["errors"][0]["extensions"]["code"], "PAYLOAD_TOO_LARGE");
        lives(&world).await;
    }
    let reply = Reply::to(world.posting(padded(MOST + 1))).await;
    assert_eq!(reply.outcome(), (413, "PAYLOAD_TOO_LARGE".to_owned()));
    assert_eq!(reply.header("connection"), "close", "what is left of the body is no next request");
}

#[tokio::test]
async fn a_compressed_body_counts_as_what_it_becomes() {
    let world = World::on_sqlite().await;
    let gzip = |bytes: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory")
    };
    let deflate = |bytes: &[u8]| {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory")
    };
    let small = gzip(&padded(MOST));
    assert_eq!(Reply::to(world.posting(small).header("Content-Encoding", "gzip")).await.status, 200);
    let bomb = padded(64 << 20);
    for (encoding, bytes) in [("gzip", gzip(&bomb)), ("deflate", deflate(&bomb)), ("br", BROTLI_BOMB.to_vec())] {
        assert!(bytes.len() < MOST, "{encoding}: its size on the wire is not what is refused");
        // As above, the answer may be lost where the server stops reading; what is short has been read.
        let short = bytes.len() < 1024;
        match world.posting(bytes).header("Content-Encoding", encoding).send().await {
            Ok(response) => assert_eq!(response.status(), 413, "{encoding}"),
            Err(lost) => assert!(!short, "{encoding}: {lost}"),
        }
        lives(&world).await;
    }
    let torn = Reply::to(world.posting(&b"\x1f\x8b\x08\x00garbage"[..]).header("Content-Encoding", "gzip")).await;
    assert_eq!(torn.outcome(), (400, "BAD_REQUEST".to_owned()));
}

#[tokio::test]
async fn what_is_no_json_object_in_utf_8_is_refused() {
    let world = World::on_sqlite().await;
    let one = json!({"query": "{ __typename }"});
    let bodies: [(&str, Vec<u8>); 9] = [
        ("bad UTF-8", b"{\"query\": \"{ __typename } # \xff\xfe\"}".to_vec()),
        ("half a character", b"{\"query\": \"\xe2\x82\"}".to_vec()),
        ("a lone surrogate", br#"{"query": "\ud800"}"#.to_vec()),
        ("a NUL", b"{\"query\": \"\0\"}".to_vec()),
        ("UTF-16", "{\"query\": \"{ a }\"}".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("a batch", json!([one, one]).to_string().into_bytes()),
        ("a batch of one", json!([one]).to_string().into_bytes()),
        ("an empty batch", b"[]".to_vec()),
        ("two requests", format!("{one}{one}").into_bytes()),
    ];
    for (what, body) in bodies {
        let reply = Reply::to(world.posting(body)).await;
        assert_eq!(reply.outcome(), (400, "BAD_REQUEST".to_owned()), "{what}: {}", reply.text());
        lives(&world).await;
    }
}

#[tokio::test]
async fn json_nests_64_deep_and_no_deeper() {
    let world = World::on_sqlite().await;
    let nested = |open: &str, close: &str, depth: usize| {
        let value = format!("{}1{}", open.repeat(depth), close.repeat(depth));
        format!(r#"{{"query": "{{ __typename }}", "variables": {{"v": {value}}}}}"#)
    };
    assert_eq!(Reply::to(world.posting(nested("[", "]", 62))).await.status, 200);
    for depth in [63, 200, 20_000, 100_000] {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
            let body = nested(open, close, depth);
            let too_large = body.len() > MOST;
            let reply = Reply::to(world.posting(body)).await;
            assert_eq!(reply.status, if too_large { 413 } else { 400 }, "{depth} of {open}: {}", reply.text());
            let unclosed = format!(r#"{{"query": "", "variables": {}"#, open.repeat(depth));
            assert!([400, 413].contains(&Reply::to(world.posting(unclosed)).await.status), "{depth} of {open}");
        }
        let variables = "[".repeat(depth.min(10_000));
        let reply = Reply::to(world.getting(&[("query", "{ __typename }"), ("variables", &variables)])).await;
        assert_eq!(reply.outcome(), (400, "BAD_REQUEST".to_owned()), "{depth}");
        lives(&world).await;
    }
    let brackets = json!({"query": "{ __typename }", "variables": {"v": "[\\\"{".repeat(1_000)}}).to_string();
    assert_eq!(Reply::to(world.posting(brackets)).await.status, 200, "brackets within strings are no depth");
}

/// A connection that has sent the head of a request and a part of its body.
fn begin(world: &World) -> TcpStream {
    let mut stream = TcpStream::connect(world.address.trim_start_matches("http://")).expect("a connection");
    let head =
        "POST /graphql HTTP/1.1\r\nHost: kith\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
    stream.write_all(head.as_bytes()).expect("written");
    stream
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_without_an_end_do_not_hold_up_others() {
    let world = World::on_sqlite().await;
    let waiting: Vec<TcpStream> = (0..100).map(|_| begin(&world)).collect();
    for _ in 0..20 {
        let answer = tokio::time::timeout(Duration::from_secs(5), Reply::to(world.asking("{ __typename }"))).await;
        assert_eq!(answer.expect("an answer in time").status, 200);
    }
    drop(waiting);
    lives(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_without_an_end_is_cut() {
    #[expect(clippy::disallowed_methods, reason = "what `.ci/test --long` sets")]
    if std::env::var("KITH_TEST_LONG").is_err() {
        return;
    }
    let world = World::on_sqlite().await;
    let (mut stream, begun) = (begin(&world), Instant::now());
    let read = tokio::task::spawn_blocking(move || {
        stream.set_read_timeout(Some(Duration::from_secs(45))).expect("a timeout");
        let mut answer = [0; 1024];
        let length = stream.read(&mut answer).expect("an answer within 45 s");
        String::from_utf8_lossy(&answer[..length]).into_owned()
    });
    let answer = read.await.expect("the thread ends");
    assert!(begun.elapsed() > Duration::from_secs(25), "{:?}", begun.elapsed());
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("REQUEST_TIMEOUT"), "{answer}");
}
