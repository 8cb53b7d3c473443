//! Fourteen days after somebody left, nothing mentions them: every row of every table, every key and value in Redis.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::*;
use crate::story;
use crate::support::listed;

/// All there is in the database, as text: each value of each column of each table.
async fn everything(world: &World) -> String {
    let connection = world.rows().await;
    let backend = connection.get_database_backend();
    let tables = match backend {
        DbBackend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
        _ => "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
    };
    let tables = connection.query_all_raw(Statement::from_string(backend, tables)).await.expect("the tables");
    let tables: Vec<String> = tables.iter().map(|row| row.try_get("", "name").expect("a name")).collect();
    assert!(tables.len() > 15, "{tables:?}");
    let mut all = String::new();
    for table in tables {
        let columns = match backend {
            DbBackend::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
            _ => format!(
                "SELECT column_name AS name FROM information_schema.columns WHERE table_name = '{table}' AND table_schema = 'public'"
            ),
        };
        let columns = connection.query_all_raw(Statement::from_string(backend, columns)).await.expect("its columns");
        for column in columns {
            let column: String = column.try_get("", "name").expect("a name");
            // SQLite keeps ids as bytes: they are read as hexadecimal digits, all else as text.
            let value = match backend {
                DbBackend::Sqlite => format!(
                    "CASE typeof(\"{column}\") WHEN 'blob' THEN lower(hex(\"{column}\")) ELSE CAST(\"{column}\" AS text) END"
                ),
                _ => format!("CAST(\"{column}\" AS text)"),
            };
            let rows = format!("SELECT {value} AS value FROM \"{table}\" WHERE \"{column}\" IS NOT NULL");
            let rows = connection.query_all_raw(Statement::from_string(backend, rows)).await.expect("its rows");
            for row in rows {
                let value: String = row.try_get("", "value").expect("a text");
                all.push_str(&format!("{table}.{column} {value}\n"));
            }
        }
    }
    all
}

/// The places in the database that mention one of these, in whatever spelling.
fn mentions(all: &str, secrets: &[String]) -> Vec<String> {
    all.lines()
        .filter(|line| secrets.iter().any(|secret| line.to_lowercase().contains(secret)))
        .map(str::to_owned)
        .collect()
}

/// The keys of this world in Redis that mention these bytes, in their names or their values.
async fn keys(world: &World, id: &[u8], words: &[String]) -> Vec<String> {
    let Some((url, prefix)) = world.redis() else { return Vec::new() };
    let client = redis::Client::open(url).expect("its address");
    let mut connection = client.get_multiplexed_async_connection().await.expect("redis answers");
    let names: Vec<Vec<u8>> =
        redis::cmd("KEYS").arg(format!("{prefix}*")).query_async(&mut connection).await.expect("keys");
    assert!(!names.is_empty(), "there are keys");
    let holds = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        bytes.windows(id.len()).any(|window| window == id) || words.iter().any(|word| text.contains(word))
    };
    let mut found = Vec::new();
    for name in names {
        let value: Vec<u8> = redis::cmd("GET").arg(&name).query_async(&mut connection).await.unwrap_or_default();
        if holds(&name) || holds(&value) {
            found.push(String::from_utf8_lossy(&name).into_owned());
        }
    }
    found
}

story! {
    async fn nothing_mentions_who_is_gone(world: World) {
        let [ana, cleo, dora] = world.people(["ana", "cleo", "dora"]).await;
        world.import(listed("office", &["quirin", "rosa"], &[("quirin", "rosa")])).await;
        let quirin = world.person("office-quirin").await;
        let profile = "mutation { updateProfile(input: {name: \"Quirin Quast\", phone: \"+491701234567\", skills: [\"Quilting\"]}) { userErrors { code } } }";
        quirin.mutate(profile, json!({})).await;
        world.execute("UPDATE member SET email = 'quirin@quast.example' WHERE handle = 'office-quirin'").await;
        ana.claim_named(json!({"handle": "office-quirin"})).await;
        quirin.claim(&ana).await;
        world.tie([(&ana, &cleo)]).await;
        cleo.claim_named(json!({"email": "quirin@quast.example"})).await;
        dora.claim_named(json!({"handle": "office-quirin"})).await;
        quirin.block(&dora).await;
        quirin.mutate("mutation { createInvitation(input: {context: FRIEND}) { userErrors { code } } }", json!({})).await;
        quirin.mutate("mutation { openHandshake(input: {context: FRIEND}) { userErrors { code } } }", json!({})).await;
        assert_eq!(cleo.network().await, ["Quirin Quast"], "also in the caches");
        ask_code(&world, "quirin@quast.example").await;
        let signed_in = sign_in(&world, "quirin@quast.example", &world.code_for("quirin@quast.example").await).await;
        let phone = with(&world, &Tokens::of(&signed_in["credentials"]).access);
        phone.mutate("mutation { exportAccount(input: {}) { userErrors { code } } }", json!({})).await;
        phone.mutate("mutation { setPassword(input: {password: \"a long password\"}) { userErrors { code } } }", json!({})).await;
        phone.mutate("mutation { deleteAccount(input: {withoutExport: true}) { userErrors { code } } }", json!({})).await;

        let (hyphens, plain) = (quirin.id.0.to_string(), quirin.id.0.simple().to_string());
        let words: Vec<String> = ["quirin", "quast", "1701234567"].map(str::to_owned).to_vec();
        let secrets: Vec<String> = words.iter().cloned().chain([hyphens, plain]).collect();
        assert!(mentions(&everything(&world).await, &secrets).len() > 20, "the search finds things");
        world.pass_days(15);
        domain::account::delete_due(&world.system()).await.expect("they are deleted");
        domain::event::relay(&world.system()).await.expect("nothing waits");
        assert_eq!(mentions(&everything(&world).await, &secrets), [""; 0]);
        for person in [&ana, &cleo, &dora] {
            person.network().await;
            person.tied().await;
        }
        assert_eq!(keys(&world, quirin.id.0.as_bytes(), &words).await, [""; 0]);

        assert_eq!((ana.tied().await, cleo.network().await), (vec!["cleo".to_owned()], vec![] as Vec<String>));
        ask_code(&world, "quirin@quast.example").await;
        let gone = sign_in(&world, "quirin@quast.example", &world.code_for("quirin@quast.example").await).await;
        assert_eq!(crate::support::refusals(&gone), ["NO_ACCOUNT"]);
        world.import(listed("office", &["quirin", "rosa"], &[("quirin", "rosa")])).await;
        assert_eq!(domain::member::by_handle(&world.kith, "office-quirin").await.expect("the database answers"), None, "a later import brings nobody back");
    }
}

story! {
    async fn no_archive_that_waits_mentions_who_is_gone(world: World) {
        let [cleo, dora] = world.people(["cleo", "dora"]).await;
        world.import(listed("office", &["quirin"], &[])).await;
        let quirin = world.person("office-quirin").await;
        world.execute("UPDATE member SET email = 'quirin@quast.example' WHERE handle = 'office-quirin'").await;
        cleo.claim_named(json!({"email": "quirin@quast.example"})).await;
        quirin.claim(&dora).await;
        assert!(dora.block(&quirin).await["block"]["id"].is_string(), "whom she sees since he asks her");
        quirin.mutate("mutation { deleteAccount(input: {withoutExport: true}) { userErrors { code } } }", json!({})).await;
        world.pass_days(10);
        for name in ["cleo", "dora"] {
            let phone = with(&world, &signed_in(&world, name).await.access);
            phone.mutate("mutation { exportAccount(input: {}) { userErrors { code } } }", json!({})).await;
        }
        domain::account::make_exports(&world.system()).await.expect("the archives are made");
        let words: Vec<String> = ["quirin", "quast"].map(str::to_owned).to_vec();
        let archives = |found: Vec<String>| found.iter().filter(|line| line.starts_with("account_export.archive")).count();
        assert_eq!(archives(mentions(&everything(&world).await, &words)), 2, "what they named and blocked is theirs to read");

        world.pass_days(5);
        domain::account::delete_due(&world.system()).await.expect("they are deleted");
        assert_eq!(mentions(&everything(&world).await, &words), [""; 0]);
        domain::account::make_exports(&world.system()).await.expect("the archives are made anew");
        assert_eq!(mentions(&everything(&world).await, &words), [""; 0]);
        assert_eq!(world.count("account_export", &[]).await, 2, "nobody has to ask again");
    }
}
