//! Contract suites as data: `tests/contract/*.json`, replayed here on the ports of this crate and elsewhere on D1 and the
//! limiter objects.

use portcullis_core::ports::{Database, Limiter, Query, Statement, StoreError, Value};
use serde_json::{Value as Json, json};

use crate::{block_on, sources};

/// A contract file.
pub fn load(name: &str) -> Json {
    serde_json::from_str(&sources::read(&format!("tests/contract/{name}.json"))).unwrap()
}

pub fn bind(args: &Json) -> Vec<Value> {
    let list = args.as_array().cloned().unwrap_or_default();
    list.iter()
        .map(|arg| match arg {
            Json::Null => Value::Null,
            Json::String(text) => Value::Text(text.clone()),
            other => Value::Int(other.as_i64().unwrap_or_else(|| panic!("{other} is no parameter"))),
        })
        .collect()
}

/// What a step of `database.json` came to, in the file's own terms.
pub fn run_step(database: &dyn Database, step: &Json) -> Json {
    let list = |key: &str| step[key].as_array().cloned();
    if let Some(queries) = list("read") {
        let queries = queries.iter().map(|s| Query::new(s["sql"].as_str().unwrap().to_owned(), bind(&s["args"]))).collect();
        return match block_on(database.read(queries)) {
            Ok(rows) => json!({"rows": rows.into_iter().map(|rows| rows.0).collect::<Vec<_>>()}),
            Err(error) => failure(&error),
        };
    }
    let statements = list("write").expect("a step reads or writes");
    let statements = statements.iter().map(|s| Statement::new(s["sql"].as_str().unwrap().to_owned(), bind(&s["args"]))).collect();
    match block_on(database.write(statements)) {
        Ok(written) => json!({"written": written.into_iter().map(|w| json!({"rows": w.rows.0, "changes": w.changes})).collect::<Vec<_>>()}),
        Err(error) => failure(&error),
    }
}

fn failure(error: &StoreError) -> Json {
    match error {
        StoreError::Precondition => json!({"error": "precondition"}),
        StoreError::Unique(columns) => json!({"error": "unique", "columns": columns}),
        StoreError::Unavailable(_) => json!({"error": "unavailable"}),
        StoreError::Broken(_) => json!({"error": "broken"}),
    }
}

/// What a hit of `limiter.json` came to.
pub fn run_hit(limiter: &dyn Limiter, hit: &Json) -> Json {
    let key = hit["key"].as_str().unwrap().to_owned();
    if hit["op"] == "reset" {
        return block_on(limiter.reset(key)).map_or_else(|e| json!(e.to_string()), |()| json!({}));
    }
    let policy = serde_json::from_value(hit["policy"].clone()).unwrap();
    block_on(limiter.take(key, policy)).map_or_else(|e| json!(e.to_string()), |decision| serde_json::to_value(decision).unwrap())
}

/// Decodes base64url without padding, for tests that look into tokens.
pub fn base64url(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = Vec::new();
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in text.bytes() {
        let six = ALPHABET.iter().position(|c| *c == byte).expect("base64url");
        bits = (bits << 6) | u32::try_from(six).unwrap();
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from((bits >> held) & 0xff).unwrap());
        }
    }
    out
}
