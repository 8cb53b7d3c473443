//! `/graphiql`: a page that works without the internet, loads nothing it should not, and is not there in production.

use std::path::Path;

use crate::support::{Reply, World};

const FILES: [(&str, &str); 4] = [
    ("react/umd/react.production.min.js", "react.js"),
    ("react-dom/umd/react-dom.production.min.js", "react-dom.js"),
    ("graphiql/graphiql.min.js", "graphiql.js"),
    ("graphiql/graphiql.min.css", "graphiql.css"),
];

fn install(folder: &Path) {
    for (path, name) in FILES {
        let file = folder.join("node_modules").join(path);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        std::fs::write(file, format!("/* {name} */")).expect("written");
    }
}

#[tokio::test]
async fn with_its_packages_installed_the_page_needs_no_internet() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    install(folder.path());
    let world = World::with(&[("KITH_PLAYGROUND_DIR", &folder.path().display().to_string())]).await;
    let page = Reply::to(world.path("/graphiql")).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(!page.text().contains("{{"), "every placeholder is filled");
    assert!(!page.text().contains("unpkg.com"), "nothing comes from elsewhere");
    let policy = page.header("content-security-policy");
    for rule in ["default-src 'none'", "script-src 'self';", "connect-src 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(rule), "{rule}: {policy}");
    }
    assert!(!policy.contains("https:") && !policy.contains("unsafe-eval"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    for (_, name) in FILES {
        assert!(page.text().contains(&format!("/graphiql/assets/{name}")), "{name}");
        let asset = Reply::to(world.path(&format!("/graphiql/assets/{name}"))).await;
        assert_eq!((asset.status, asset.text()), (200, &*format!("/* {name} */")));
        let kind = if name.ends_with(".css") { "text/css" } else { "javascript" };
        assert!(asset.header("content-type").contains(kind), "{name}: {}", asset.header("content-type"));
    }
    let bootstrap = Reply::to(world.path("/graphiql/bootstrap.js")).await;
    assert_eq!((bootstrap.status, bootstrap.header("content-type")), (200, "text/javascript; charset=utf-8"));
    for path in ["secret.js", "..%2f..%2fpackage.json", "%2e%2e/%2e%2e/package.json", "react.js/"] {
        assert_eq!(Reply::to(world.path(&format!("/graphiql/assets/{path}"))).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn without_them_each_file_comes_from_a_cdn_pinned_by_its_hash() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let world = World::with(&[("KITH_PLAYGROUND_DIR", &folder.path().display().to_string())]).await;
    let page = Reply::to(world.path("/graphiql")).await;
    assert_eq!(page.status, 200);
    assert!(!page.text().contains("{{") && !page.text().contains("/graphiql/assets/"));
    let from_cdn: Vec<&str> = page.text().split('<').filter(|tag| tag.contains("https://unpkg.com/")).collect();
    assert_eq!(from_cdn.len(), 4, "{from_cdn:?}");
    for tag in from_cdn {
        assert!(tag.contains("integrity=\"sha384-") && tag.contains("crossorigin=\"anonymous\""), "{tag}");
        assert!(tag.split("unpkg.com/").nth(1).is_some_and(|path| path.contains('@')), "a version: {tag}");
    }
    assert!(page.header("content-security-policy").contains("script-src 'self' https://unpkg.com;"));
    assert_eq!(Reply::to(world.path("/graphiql/assets/react.js")).await.status, 404);
}

#[tokio::test]
async fn the_hashes_are_those_of_the_packages() {
    use base64::Engine;
    use sha2::{Digest, Sha384};
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("playground/node_modules");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let world = World::with(&[("KITH_PLAYGROUND_DIR", &folder.path().display().to_string())]).await;
    let page = Reply::to(world.path("/graphiql")).await;
    for (path, name) in FILES {
        let bytes =
            std::fs::read(installed.join(path)).expect("the playground's packages: run the tests by `bash .ci/test`");
        let hash = base64::prelude::BASE64_STANDARD.encode(Sha384::digest(bytes));
        assert!(page.text().contains(&format!("sha384-{hash}")), "{name}");
    }
}
