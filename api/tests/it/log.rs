//! The log of a server that is told to log everything, after a session with tokens, addresses and errors: none of them
//! is in it.

use std::io::{Read, Write};

use serde_json::{Value, json};

use crate::command::Kith;
use crate::support::{Database, FROM, MailServer};

const SECRETS: [&str; 3] = ["zelda@example.org", "nobody@example.org", "+33 1 23 45 67 89"];

/// Signs somebody up, and does what brings secrets about; returns the secrets.
async fn come_in(client: &reqwest::Client, server: &str, post: &MailServer) -> Vec<String> {
    let url = format!("{server}/graphql");
    let ask = async |token: &str, document: String| {
        let request = client.post(&url).bearer_auth(token).json(&json!({"query": document}));
        let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        answer["data"].as_object().and_then(|data| data.values().next()).cloned().expect("a payload")
    };
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let email = "newcomer@secret.example";
    ask("", format!("mutation {{ requestSignInCode(input: {{email: \"{email}\"}}) {{ sent }} }}")).await;
    let letter = post.next_to(email).await;
    let code: String = letter.subject.chars().filter(char::is_ascii_digit).collect();
    let device = "device: {name: \"phone\", platform: IOS}";
    let credentials = "credentials { accessToken refreshToken }";
    let signed_up = ask("", format!("mutation {{ signUp(input: {{email: \"{email}\", code: \"{code}\", name: \"New\", {device}}}) {{ {credentials} }} }}")).await;
    let (access, refresh) =
        (text(&signed_up["credentials"]["accessToken"]), text(&signed_up["credentials"]["refreshToken"]));
    let password = "a-password-that-is-secret";
    ask(
        &access,
        format!("mutation {{ setPassword(input: {{password: \"{password}\"}}) {{ userErrors {{ code }} }} }}"),
    )
    .await;
    ask("", format!("mutation {{ signIn(input: {{with: {{password: {{email: \"{email}\", password: \"{password}\"}}}}, {device}}}) {{ {credentials} }} }}")).await;
    let refreshed =
        ask("", format!("mutation {{ refreshSession(input: {{refreshToken: \"{refresh}\"}}) {{ {credentials} }} }}"))
            .await;
    let invited =
        ask(&access, "mutation { createInvitation(input: {context: FRIEND}) { invitation { code } } }".to_owned())
            .await;
    let opened =
        ask(&access, "mutation { openHandshake(input: {context: FRIEND}) { handshake { code } } }".to_owned()).await;
    let (invitation, handshake) = (text(&invited["invitation"]["code"]), text(&opened["handshake"]["code"]));
    for page in [
        format!("{server}/h/{handshake}"),
        format!("{server}/i/{invitation}"),
        format!("{server}/exports/x?until=1&signature={handshake}"),
    ] {
        client.get(page).send().await.expect("a page");
    }
    client.post(format!("{server}/h/{handshake}")).send().await.expect("a page");
    let six_digits = format!("\"{code}\"");
    let mut secrets =
        vec![email.to_owned(), six_digits, format!(" {code}"), password.to_owned(), refresh, invitation, handshake];
    secrets.push(text(&refreshed["credentials"]["refreshToken"]));
    secrets.extend(access.split('.').map(str::to_owned));
    secrets
}

async fn session(database: Database) {
    let post = MailServer::start().await;
    let letters = [("KITH_SMTP_URL", &*post.url()), ("KITH_MAIL_FROM", FROM)];
    let kith = Kith::with(&[&[("KITH_LOG", "trace"), ("DATABASE_URL", database.url())][..], &letters].concat());
    kith.write("people.csv", "id,mail\n1,zelda@example.org\n2,\n3,\n");
    kith.write("ties.csv", "from,to\n1,2\n2,3\n");
    let import =
        ["import", "--slug", "office", "--people", "people.csv", "--ties", "ties.csv", "--email-column", "mail"];
    let imported = kith.run(&import);
    assert_eq!(imported.code, Some(0), "{}", imported.err);
    let codes = std::fs::read_to_string(kith.file("office-claim-codes.csv")).expect("the codes");
    let codes: Vec<&str> = codes.lines().skip(1).filter_map(|line| line.rsplit(',').next()).collect();
    assert_eq!(codes.len(), 2);
    let made = kith.run(&["token", "member", "office-2", "--reason", "a test"]);
    let token = made.out.trim();

    let mut serving = kith.serve(&["--no-demo"]);
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let url = format!("{}/graphql", serving.address);
    let (known, unknown, phone) = (SECRETS[0], SECRETS[1], SECRETS[2]);
    for document in [
        "{ viewer { member { email } network { nodes { name } } } }".to_owned(),
        format!(
            "mutation {{ claimTie(input: {{who: {{email: \"{known}\"}}, context: FRIEND}}) {{ claim {{ named }} }} }}"
        ),
        format!(
            "mutation {{ claimTie(input: {{who: {{email: \"{unknown}\"}}, context: FRIEND}}) {{ claim {{ named }} }} }}"
        ),
        format!("mutation {{ updateProfile(input: {{phone: \"{phone}\"}}) {{ userErrors {{ message }} }} }}"),
        format!("{{ member(by: {{handle: \"{known}\"}}) {{ name }} }}"),
        format!("{{ {known} }}"),
        format!("{{ node(id: \"{token}\") {{ id }} }}"),
        format!("{{ viewer {{ ties(after: \"{token}\") {{ nodes {{ id }} }} }} }}"),
    ] {
        for variables in [json!({}), json!({"x": known, "y": token, "z": codes})] {
            let body = json!({"query": document, "variables": variables});
            client.post(&url).bearer_auth(token).json(&body).send().await.expect("an answer");
        }
        let parameters = [
            ("query", &*document),
            ("access_token", token),
            ("variables", &*json!({"x": known}).to_string()),
            ("z", codes[0]),
        ];
        let address = reqwest::Url::parse_with_params(&url, parameters).expect("an address");
        client.get(address).bearer_auth(token).send().await.expect("an answer");
    }
    for header in [format!("Basic {token}"), format!("Bearer {token}x"), format!("Bearer {known}")] {
        client
            .post(&url)
            .header("Authorization", header)
            .json(&json!({"query": "{ __typename }"}))
            .send()
            .await
            .expect("an answer");
    }
    let coming_in = come_in(&client, &serving.address, &post).await;
    database.execute("ALTER TABLE tie RENAME TO elsewhere").await;
    let lost = json!({"query": "{ viewer { ties { nodes { id } } } }", "variables": {"x": known}});
    client.post(&url).bearer_auth(token).json(&lost).send().await.expect("an answer");

    serving.wait_for("the last error", |serving| serving.err().contains("internal error"));
    let log = format!("{}{}{}{}{}", imported.out, imported.err, made.err, serving.out(), serving.err());
    for word in ["listening", "TRACE"] {
        assert!(log.contains(word), "there is a log: {word}");
    }
    let mut secrets: Vec<String> = SECRETS.iter().chain(&codes).map(|secret| (*secret).to_owned()).collect();
    secrets.extend(coming_in);
    secrets.push("zelda%40example.org".to_owned());
    secrets.extend(token.split('.').map(str::to_owned));
    secrets.extend(database.url().split_once('@').map(|(login, _)| format!("{login}@")));
    for secret in secrets {
        let line = log.lines().find(|line| line.contains(&secret));
        assert_eq!(line, None, "{secret} is in the log");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_token_address_or_code_is_in_the_log_on_sqlite() {
    session(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_token_address_or_code_is_in_the_log_on_postgres() {
    session(Database::empty_postgres().await).await;
}

/// What the server answers to bytes that no well-behaved client sends.
fn send(address: &str, bytes: &[u8]) -> String {
    let mut stream = std::net::TcpStream::connect(address.trim_start_matches("http://")).expect("a connection");
    stream.set_read_timeout(Some(std::time::Duration::from_secs(10))).expect("a time limit");
    stream.write_all(bytes).expect("the bytes are sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn the_line_of_a_request_names_the_app_and_cannot_be_forged_by_it() {
    for format in ["text", "json"] {
        let kith = Kith::with(&[("KITH_LOG_FORMAT", format)]);
        let mut serving = kith.serve(&["--no-demo"]);
        let get = |headers: &[u8]| {
            let head = b"GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nHost: kith\r\nConnection: close\r\n";
            send(&serving.address, &[head, headers, b"\r\n\r\n"].concat())
        };
        let long = "x".repeat(5_000);
        let fine = get(format!(
            "apollographql-client-name: kith-ios\r\napollographql-client-version: 2.4.0\r\nUser-Agent: {long}"
        )
        .as_bytes());
        assert!(fine.starts_with("HTTP/1.1 200"), "{fine}");
        for break_of_line in ["\n", "\r\n ", "\r", "\0", "\u{1b}[2K", "\u{85}", "\u{2028}", "\u{9b}1A", "\t"] {
            get(format!("User-Agent: a{break_of_line}INFO forged").as_bytes());
        }
        get(b"User-Agent: last");
        serving.wait_for("the last request", |serving| serving.err().contains("last"));
        let log = serving.err();
        let told = log.lines().find(|line| line.contains("kith-ios 2.4.0")).expect("the app is told");
        assert!(told.contains(&"x".repeat(200)) && !told.contains(&"x".repeat(201)), "cut: {told}");
        assert!(log.lines().any(|line| line.contains("aINFO forged")), "{log}");
        for line in log.lines() {
            let begins = if format == "json" { line.starts_with('{') } else { line.starts_with("20") };
            assert!(begins, "a line that nobody logged: {line}");
        }
        let steers = |c: char| (c.is_control() && c != '\n') || c == '\u{2028}';
        assert!(!log.contains(steers), "{log:?}");
    }
}
