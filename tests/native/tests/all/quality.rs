//! The table of requirements names tests that are there.

use std::{collections::BTreeSet, fs, path::PathBuf};

const SHORT: [(&str, &str); 3] = [("native/", "tests/native/tests/all/"), ("e2e/", "tests/e2e/suites/"), ("pages/", "tests/pages/cases/")];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn full(path: &str) -> String {
    SHORT.iter().find_map(|(short, long)| path.strip_prefix(short).map(|rest| format!("{long}{rest}"))).unwrap_or_else(|| path.to_owned())
}

/// What is wrong with a table: rows without a test, ids that come twice, names that no file holds.
fn wrong(table: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut ids = BTreeSet::new();
    for row in table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| id ")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [id, _, shown] = cells[..] else {
            found.push(format!("three cells are wanted: {row}"));
            continue;
        };
        if !ids.insert(id.to_owned()) {
            found.push(format!("{id} comes twice"));
        }
        let (mut text, mut path, mut named) = (String::new(), String::new(), 0);
        for quoted in shown.split('`').skip(1).step_by(2) {
            if quoted.ends_with(".rs") || quoted.ends_with(".mjs") {
                path = full(quoted);
                text = fs::read_to_string(root().join(&path)).unwrap_or_default();
            } else if text.contains(quoted) {
                named += 1;
            } else {
                found.push(format!("{id}: {path} holds no `{quoted}`"));
            }
        }
        if named == 0 {
            found.push(format!("{id} names no test"));
        }
    }
    found
}

#[test]
fn every_test_the_table_of_requirements_names_is_there() {
    let table = fs::read_to_string(root().join("docs/QUALITY.md")).unwrap();
    assert_eq!(wrong(&table), [""; 0]);
    for id in ["A1", "A6", "B1", "B9", "C1", "C8", "D3", "D4", "D6", "D7", "G1", "G5"] {
        assert!(table.contains(&format!("\n| {id} | ")), "{id}");
    }
}

#[test]
fn a_row_that_names_nothing_is_found() {
    for row in
        ["| X1 | what | `native/main.rs` `no_such_test` |", "| X1 | what | nothing |", "| X1 | what | `native/none.rs` `fn` |", "| X1 | what |"]
    {
        assert!(!wrong(row).is_empty(), "{row}");
    }
    assert_eq!(wrong("| X1 | what | `native/quality.rs` `a_row_that_names_nothing_is_found` |"), [""; 0]);
}
