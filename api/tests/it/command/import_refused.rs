//! What `kith import` refuses: every bad row with its file and line, and then it imports nothing at all.

use super::Kith;
use crate::story;

fn import(kith: &Kith, people: &str, ties: &str, more: &[&str]) -> String {
    kith.write("people.csv", people);
    kith.write("ties.csv", ties);
    let files = ["import", "--slug", "office", "--people", "people.csv", "--ties", "ties.csv"];
    let err = kith.refusal(&[&files[..], more].concat());
    assert!(!kith.file("office-claim-codes.csv").exists(), "{err}");
    for handle in ["office-1", "office-2"] {
        assert!(kith.refusal(&["token", "member", handle]).contains("no member"), "nothing was imported: {err}");
    }
    err
}

story! {
    async fn every_bad_row_is_listed_with_its_line(world: World) {
        let kith = Kith::beside(&world);
        let err = import(&kith, "id\n1\n2\n", "from,to\n1,2\n1,1\n\n1,99\n98,2\n", &[]);
        for line in ["ties.csv:3: ", "ties.csv:5: ", "ties.csv:6: ", "Nothing was imported: 3 faults."] {
            assert!(err.contains(line), "{line}: {err}");
        }
        assert!(!err.contains("ties.csv:2:"), "what is right is not told: {err}");
        let err = import(&kith, "id,mail\r\n1,a@example.org\r\n1,b@example.org\r\n2,no address\r\n", "from,to\n", &["--email-column", "mail"]);
        assert!(err.contains("people.csv:3: ") && err.contains("people.csv:4: "), "{err}");
        let err = import(&kith, "id,name\n1,a\n2,b,c\n3\n", "from,to\n1\n", &[]);
        assert!(err.contains("people.csv:3: This row has 3 cells") && err.contains("people.csv:4: ") && err.contains("ties.csv:2: "), "{err}");
    }
}

story! {
    async fn files_and_columns_that_are_not_there_are_named(world: World) {
        let kith = Kith::beside(&world);
        for (people, ties, more, words) in [
            ("badge,name\n1,a\n", "from,to\n", &[][..], &["people.csv has no column \"id\"", "\"badge\", \"name\"", "--id-column"][..]),
            ("id\n1\n", "a,b\n", &[], &["ties.csv has no column \"from\"", "\"a\", \"b\"", "--from-column"]),
            ("id\n1\n", "from,b\n", &[], &["\"to\"", "--to-column"]),
            ("id\n1\n", "from,to\n", &["--name-column", "name"], &["\"name\"", "--name-column"]),
            ("id;name\n1;a\n", "from,to\n", &[], &["separated by commas"]),
            ("id,id\n1,2\n", "from,to\n", &[], &["more than one column"]),
            ("", "from,to\n", &[], &["people.csv is empty"]),
            ("id\n1\n", "from,to\n", &["--people", "nowhere.csv"], &["--people"]),
        ] {
            kith.write("people.csv", people);
            kith.write("ties.csv", ties);
            let files = ["import", "--slug", "office", "--people", "people.csv", "--ties", "ties.csv"];
            let said = kith.run(&[&files[..], more].concat());
            assert_ne!(said.code, Some(0), "{people:?}");
            for word in words {
                assert!(said.err.contains(word), "{word}: {}", said.err);
            }
        }
        let err = kith.refusal(&["import", "--slug", "office", "--people", "nowhere.csv"]);
        assert!(err.contains("nowhere.csv cannot be read"), "{err}");
        kith.write("people.csv", "id\n1\n");
        let err = kith.refusal(&["import", "--slug", "Not A Slug!", "--people", "people.csv"]);
        assert!(err.contains("--slug"), "{err}");
        let err = kith.refusal(&["import", "--slug", "office", "--people", "people.csv", "--codes", "no/such/folder/codes.csv"]);
        assert!(err.contains("Nothing was imported") && err.contains("--codes"), "{err}");
        assert!(kith.refusal(&["token", "member", "office-1"]).contains("no member"));
    }
}
