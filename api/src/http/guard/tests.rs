//! Each limit at n and n + 1, also within a fragment; the shapes that killed the engine; and documents that must pass.

use std::time::{Duration, Instant};

use async_graphql::parser::parse_query;

use super::*;

const DEFAULT: Limits = Limits {
    tokens: 2_000,
    nesting: 64,
    aliases: 50,
    directives: 50,
    fragments: 50,
    operations: 10,
    selections: 5_000,
};

fn checked(document: &str) -> Result<(), Refused> {
    check(document, &DEFAULT)
}

/// `n` fragments from `f0` on, each with `body` as its selections.
fn fragments(n: usize, body: &str) -> String {
    (0..n).map(|i| format!("fragment f{i} on T {{ {body} }} ")).collect()
}

/// An operation whose last fragment is reached by 2^`levels` ways.
fn bomb(levels: usize) -> String {
    let links: String = (0..levels).map(|i| format!("fragment f{i} on T {{ ...f{n} ...f{n} }} ", n = i + 1)).collect();
    format!("{{ ...f0 }} {links} fragment f{levels} on T {{ a }}")
}

fn shapes(n: usize) -> Vec<String> {
    let nest = |before: &str, open: &str, inside: &str, close: &str, after: &str| {
        format!("{before}{}{inside}{}{after}", open.repeat(n), close.repeat(n))
    };
    vec![
        nest("{", "a{", "a", "}", "}"),
        nest("{", "b:a{", "a", "}", "}"),
        nest("{", "...{", "a", "}", "}"),
        nest("{", "... on T{", "a", "}", "}"),
        nest("{", "a(x:1)@d{", "a", "}", "}"),
        nest("{a(x:", "{y:", "1", "}", ")}"),
        nest("{a(x:", "[", "1", "]", ")}"),
        nest("{a(x:", "[{y:", "1", "}]", ")}"),
        nest("{a(x:", "[1 ", "1", "]", ")}"),
        nest("query($v:", "[", "Int", "]", "){a}"),
        nest("query($v:", "[", "Int!", "]!", "){a}"),
        nest("query($v:I=", "[", "1", "]", "){a}"),
        nest("query($v:I=", "{y:", "1", "}", "){a}"),
        nest("query($v:I=", "[{y:", "1", "}]", "){a}"),
        nest("query($v:I @d(x:", "[", "1", "]", ")){a}"),
        nest("mutation @d(x:", "{y:", "1", "}", "){a}"),
        nest("{a @d(x:", "[", "1", "]", ")}"),
        nest("{...f} fragment f on T @d(x:", "{y:", "1", "}", "){a}"),
        nest("{...f} fragment f on T {a(x:", "[{y:", "1", "}]", ")}"),
        nest("", "[", "", "]", ""),
    ]
}

#[test]
fn the_defaults_are_those_of_the_design() {
    assert_eq!(Limits::default(), DEFAULT);
}

#[test]
fn each_limit_is_allowed_and_one_more_is_not_also_within_a_fragment() {
    type Case = (fn(usize) -> String, usize, Refused);
    let cases: [Case; 13] = [
        (|n| format!("{{ {} }}", "a ".repeat(n - 2)), 2_000, Refused::Tokens(2_000)),
        (|n| format!("{{ ...f }} fragment f on T {{ {} }}", "a ".repeat(n - 10)), 2_000, Refused::Tokens(2_000)),
        (|n| format!("{}a{}", "{ a ".repeat(n), "}".repeat(n)), 64, Refused::Nesting(64)),
        (
            |n| format!("{{ ...f }} fragment f on T {{ a(x: {}{}) }}", "[".repeat(n - 2), "]".repeat(n - 2)),
            64,
            Refused::Nesting(64),
        ),
        (|n| format!("{{ {} }}", "b: a ".repeat(n)), 50, Refused::Aliases(50)),
        (|n| format!("{{ c: a ...f }} fragment f on T {{ {} }}", "b: a ".repeat(n - 1)), 50, Refused::Aliases(50)),
        (|n| format!("{{ a {} }}", "@d(x: 1) ".repeat(n)), 50, Refused::Directives(50)),
        (
            |n| format!("query @d {{ ...f @d }} fragment f on T @d {{ {} }}", "a @d ".repeat(n - 3)),
            50,
            Refused::Directives(50),
        ),
        (|n| format!("{{ ...f0 }} {}", fragments(n, "a")), 50, Refused::Fragments(50)),
        (
            |n| format!("{{ ...A }} {}", (0..n).map(|_| "fragmentA on T{a}").collect::<String>()),
            50,
            Refused::Fragments(50),
        ),
        (
            |n| "{ a } query { a } subscription Q { a } ".repeat(n / 3) + &"mutation { a } ".repeat(n % 3),
            10,
            Refused::Operations(10),
        ),
        (|n| "queryQ($v: O = { a: 1 }) { a } ".repeat(n), 10, Refused::Operations(10)),
        // Fields, an inline fragment and 98 spreads of 50 each.
        (
            |n| {
                format!(
                    "{{ ... on T {{ {} }} {} }} fragment f on T {{ {} }}",
                    "...f ".repeat(98),
                    "a ".repeat(n - 4_999),
                    "a ".repeat(50)
                )
            },
            5_000,
            Refused::Selections { limit: 5_000, found: 5_001 },
        ),
    ];
    for (document, limit, refused) in cases {
        assert_eq!(checked(&document(limit)), Ok(()), "{}", document(limit));
        assert_eq!(checked(&document(limit + 1)), Err(refused), "{}", document(limit + 1));
    }
}

#[test]
fn twenty_shapes_of_nesting_are_refused_at_any_depth_even_unterminated() {
    let only_nesting = Limits { aliases: usize::MAX, directives: usize::MAX, ..DEFAULT };
    for depth in [200, 2_000, 20_000] {
        for shape in shapes(depth) {
            let half: String = shape.chars().take(shape.len() / 2).collect();
            for document in [shape, half] {
                assert_eq!(check(&document, &only_nesting), Err(Refused::Nesting(64)), "{depth}: {document:.60}");
            }
        }
    }
}

#[test]
fn the_same_shapes_pass_when_shallow_and_the_engine_agrees_that_they_parse() {
    let shapes = shapes(20);
    let (junk, legal) = shapes.split_last().expect("there are shapes");
    assert_eq!(checked(junk), Ok(()));
    for document in legal {
        assert_eq!(checked(document), Ok(()), "{document}");
        assert!(parse_query(document).is_ok(), "{document}");
    }
}

#[test]
fn a_fragment_bomb_is_refused_at_once() {
    for levels in [20, 40, 48] {
        let document = bomb(levels);
        let started = Instant::now();
        // Each level spreads twice and the last has one field; the operation adds its own spread.
        let found = (3usize << levels) - 1;
        assert_eq!(checked(&document), Err(Refused::Selections { limit: 5_000, found }));
        assert!(started.elapsed() < Duration::from_millis(50));
    }
    assert_eq!(checked(&bomb(10)), Ok(()));
    let more = Limits { tokens: 1_000_000, fragments: 1_000, ..DEFAULT };
    assert!(matches!(check(&bomb(500), &more), Err(Refused::Selections { found: usize::MAX, .. })));
}

#[test]
fn a_bomb_no_operation_spreads_is_refused_too() {
    let document = bomb(40).replacen("...f0", "a", 1);
    assert!(matches!(checked(&document), Err(Refused::Selections { .. })));
}

#[test]
fn a_cycle_is_named_by_a_fragment_on_it() {
    let to_itself = "{ ...A } fragment A on T { a { ...A } }";
    assert_eq!(checked(to_itself), Err(Refused::Cycle { fragment: "A".into() }));
    let reached = "{ ...A } fragment A on T { ...B } fragment B on T { ...C } fragment C on T { a { ...B } }";
    let Err(Refused::Cycle { fragment }) = checked(reached) else { panic!("a cycle passed") };
    assert!(["B", "C"].contains(&fragment.as_str()), "{fragment}");
    assert_eq!(checked("{ ...A } fragment A on T { ...Missing }"), Ok(()));
}

#[test]
fn what_the_engine_reads_unlike_the_specification_is_counted_as_it_reads_it() {
    let bomb = bomb(30).replace("fragment f", "fragmentf").replace("{ ...f0 } ", "queryQ{ ...f0 }");
    assert!(parse_query(&bomb).is_ok() && matches!(checked(&bomb), Err(Refused::Selections { .. })));
    let on = "fragment on on T { a ... on # no type follows\n b }";
    assert!(parse_query(format!("{{ a }} {on}")).is_ok());
    assert_eq!(checked(on), Err(Refused::Cycle { fragment: "on".into() }));
    let unclosed = |n: usize| format!(r#"{{ a(x: ["""b" {}{}]) }}"#, "[".repeat(n), "]".repeat(n));
    assert!(parse_query(unclosed(2)).is_ok());
    assert_eq!(checked(&unclosed(70)), Err(Refused::Nesting(64)));
}

#[test]
fn block_strings_without_an_end_are_charged_for_the_search() {
    let document = |n| format!("{{ a(x: [{}]) }} # {}", r#""\\""""" "#.repeat(n), "x".repeat(200_000));
    assert_eq!(checked(&document(1)), Ok(()));
    assert_eq!(checked(&document(400)), Err(Refused::Tokens(2_000)));
}

#[test]
fn a_string_without_an_end_hides_no_more_than_its_line() {
    assert_eq!(checked(&format!("{{ a(x: \"b {}\n c) }}", "[".repeat(70))), Ok(()));
    assert_eq!(checked(&format!("{{ a(x: \"b \n {}", "[".repeat(70))), Err(Refused::Nesting(64)));
}

#[test]
fn a_field_counts_once_with_its_alias_arguments_and_directives() {
    let document = "{ b: a(x: { y: z }) @d(x: y) ... on T @d { c } ... { c } ...F }";
    let found = 6;
    assert_eq!(check(document, &Limits { selections: found, ..DEFAULT }), Ok(()));
    let refused = Err(Refused::Selections { limit: found - 1, found });
    assert_eq!(check(document, &Limits { selections: found - 1, ..DEFAULT }), refused);
}

#[test]
fn a_type_may_share_its_name_with_a_fragment() {
    assert_eq!(checked("{ ...User } fragment User on User { ... on User { id } }"), Ok(()));
}

#[test]
fn what_stands_in_strings_and_comments_counts_for_nothing() {
    let none =
        Limits { tokens: 200, nesting: 3, aliases: 0, directives: 0, fragments: 0, operations: 1, selections: 1 };
    let noise = "{[( a: b @d ... fragment ".repeat(100);
    for document in [
        format!(r#"{{ a(x: "{noise} \" {noise} \\") }}"#),
        format!("{{ a(x: \"\"\"{noise}\n \\\"\"\" {noise} \"\" {noise}\"\"\") }}"),
        format!("# {noise}\n{{ a # {noise}\r}} # {noise}"),
        format!("\u{feff}{{ a(x: [\"{noise}\" \"\" \"é{noise}\"]) }}"),
        "query($a: [Int] = [1, -2.5e+3, 0.1], $b: O = { c: { d: 1 } }) { a(x: $a, y: { z: $b }) }".to_owned(),
    ] {
        assert_eq!(check(&document, &none), Ok(()), "{document:.80}");
        assert!(parse_query(&document).is_ok(), "{document:.80}");
    }
}

#[test]
fn a_token_is_what_the_specification_says() {
    let exact = |document: &str| (0..).find(|&tokens| check(document, &Limits { tokens, ..DEFAULT }).is_ok());
    for (document, tokens) in [
        ("{ a }", 3),
        ("\u{feff}{,,a, # b\n}", 3),
        ("{ ...f @d(x: 1) }", 11),
        (r#"(-1 2.5 3e7 4.0E-2 "s" """t""" """" a""" "")"#, 10),
        ("! $ & ( ) : = @ [ ] { | } ...", 14),
        ("[1-1-1]", 5),
        ("abc _d1 é ; ..", 2),
    ] {
        assert_eq!(exact(document), Some(tokens), "{document}");
    }
}

#[test]
fn broken_documents_are_left_to_the_parser() {
    for document in [
        "",
        "{",
        "}}}",
        "{ a",
        "{ a(x: \"b",
        "{ a(x: \"\"\"b",
        "{ a(x: \"b\n\") }",
        "query",
        "fragment",
        "fragment A on",
        "... on",
        "type T { a: B }",
        "{ a: }",
        "({)}",
        "\\",
        "\"\\",
        "\0",
    ] {
        assert_eq!(checked(document), Ok(()), "{document}");
        assert!(parse_query(document).is_err(), "{document}");
    }
}

#[test]
fn no_text_makes_it_panic() {
    let pieces = [
        "{", "}", "(", ")", "[", "]", ":", "@", "$", "!", "...", "..", "on", "fragment", "query", "A", "B", "\"",
        "\"\"\"", "\\", "\n", "#", "-", "1.", "e", "é", "\u{feff}", "𝒳", " ",
    ];
    let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    for _ in 0..20_000 {
        let soup: String = (0..random(60)).filter_map(|_| pieces.get(random(pieces.len()))).copied().collect();
        let bytes: Vec<u8> = (0..random(60)).map(|_| random(256) as u8).collect();
        for document in [soup.as_str(), &String::from_utf8_lossy(&bytes)] {
            let _ = checked(document);
            let _ = check(
                document,
                &Limits {
                    tokens: 9,
                    nesting: 1,
                    aliases: 0,
                    directives: 0,
                    fragments: 1,
                    operations: 0,
                    selections: 1,
                },
            );
        }
    }
}

#[test]
fn introspection_and_an_app_s_screen_pass() {
    let of_type = format!("{}kind name{}", "kind name ofType { ".repeat(9), " }".repeat(9));
    let introspection = format!(
        "query IntrospectionQuery {{ __schema {{ description queryType {{ name kind }}
           mutationType {{ name kind }} subscriptionType {{ name kind }}
           types {{ ...FullType }}
           directives {{ name description locations args(includeDeprecated: true) {{ ...InputValue }} }} }} }}
         fragment FullType on __Type {{ kind name description specifiedByURL isOneOf
           fields(includeDeprecated: true) {{ name description
             args(includeDeprecated: true) {{ ...InputValue }} type {{ ...TypeRef }} isDeprecated deprecationReason }}
           inputFields(includeDeprecated: true) {{ ...InputValue }}
           interfaces {{ ...TypeRef }} possibleTypes {{ ...TypeRef }}
           enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }} }}
         fragment InputValue on __InputValue {{
           name description type {{ ...TypeRef }} defaultValue isDeprecated deprecationReason }}
         fragment TypeRef on __Type {{ {of_type} }}"
    );
    let screen = r#"query Home($first: Int = 20, $after: String, $quiet: Boolean!) {
          viewer { me: member { ...Face } goals(state: OPEN) { nodes { id title } }
            network(first: $first, after: $after, filter: { place: "Graz", skills: ["law", "care"] }) {
              edges { cursor mutualCount @skip(if: $quiet)
                node { ...Face ... on Node { id } } routes { connector { ...Face } } }
              pageInfo { hasNextPage endCursor } } } }
        fragment Face on Member { id name headline }"#;
    for document in [introspection.as_str(), screen] {
        assert_eq!(checked(document), Ok(()));
        assert!(parse_query(document).is_ok());
    }
}

#[test]
fn a_refusal_says_what_to_do() {
    assert_eq!(
        Refused::Tokens(2_000).message(),
        "The document has more than 2,000 tokens. Split it into several requests."
    );
    let bomb = Refused::Selections { limit: 5_000, found: 3 << 40 };
    assert!(bomb.message().contains("3,298,534,883,328") && bomb.message().contains("5,000."));
    assert!(Refused::Cycle { fragment: "A".into() }.message().contains("\"A\""));
    assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
}
