//! The contract of the ports, written as data once: `tests/contract/*.json`. `tests/e2e` replays the same files on D1 and
//! on the limiter objects.

use std::{cell::Cell, rc::Rc};

use portcullis_tests::{
    SqliteDatabase,
    contract::{load, run_hit, run_step},
    ports::MemoryLimiter,
};
use serde_json::Value;

#[test]
fn sqlite_keeps_the_databases_contract() {
    let contract = load("database");
    for case in contract["cases"].as_array().unwrap() {
        let database = SqliteDatabase::new();
        let setup = serde_json::json!({"write": contract["setup"]});
        assert_eq!(run_step(&database, &setup).get("error"), None, "setup");
        for (number, step) in case["steps"].as_array().unwrap().iter().enumerate() {
            assert_eq!(run_step(&database, step), step["expect"], "{}, step {}", case["name"], number + 1);
        }
    }
}

fn replay(case: &Value, limiter: &MemoryLimiter, time: &Rc<Cell<i64>>) -> Result<(), String> {
    let start = time.get();
    for (number, hit) in case["hits"].as_array().unwrap().iter().enumerate() {
        time.set(start + hit["at"].as_i64().unwrap());
        let came = run_hit(limiter, hit);
        if came != hit["expect"] {
            return Err(format!("{}, hit {}: {came} instead of {}", case["name"], number + 1, hit["expect"]));
        }
    }
    Ok(())
}

#[test]
fn the_limiter_in_memory_keeps_the_limiters_contract() {
    for case in load("limiter")["cases"].as_array().unwrap() {
        let time = Rc::new(Cell::new(1_000_000));
        replay(case, &MemoryLimiter::new(time.clone()), &time).unwrap();
    }
}

/// The broken twin is caught by most cases, so that the contract says something.
#[test]
fn a_limiter_that_forgets_breaks_the_contract() {
    let contract = load("limiter");
    let cases = contract["cases"].as_array().unwrap();
    let caught = cases.iter().filter(|case| {
        let time = Rc::new(Cell::new(1_000_000));
        let limiter = MemoryLimiter::new(time.clone());
        limiter.forgetful.set(true);
        replay(case, &limiter, &time).is_err()
    });
    assert!(caught.count() * 2 > cases.len());
}
