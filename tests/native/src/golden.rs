//! Files that are reviewed like code: what is compared with them changes only on purpose.

use std::{collections::HashSet, fs};

use crate::sources;

/// Compares with `golden/<name>`.
#[track_caller]
pub fn check(name: &str, actual: &str, teach: &str) {
    check_file(&format!("tests/native/golden/{name}"), actual, teach);
}

/// Compares with a committed file. `GOLDEN=write` writes the file instead, for the diff to be read and committed.
#[track_caller]
#[allow(clippy::disallowed_methods, reason = "whether files are to be rewritten is said by the person at the keyboard")]
pub fn check_file(name: &str, actual: &str, teach: &str) {
    let path = sources::root().join(name);
    if std::env::var("GOLDEN").as_deref() == Ok("write") {
        fs::write(path, actual).unwrap();
        return;
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    if expected == actual {
        return;
    }
    let (was, is): (HashSet<&str>, HashSet<&str>) = (expected.lines().collect(), actual.lines().collect());
    let gone = expected.lines().filter(|line| !is.contains(line)).map(|line| format!("- {line}\n"));
    let new = actual.lines().filter(|line| !was.contains(line)).map(|line| format!("+ {line}\n"));
    let diff: String = gone.chain(new).take(60).collect();
    panic!(
        "{name} says something else:\n{diff}\n{teach}\nWhere the change is meant: GOLDEN=write cargo test -p portcullis-tests, read the diff, commit it."
    );
}
