//! The directory: tenants, partners, organizations and their tree, merchants.

mod logos;
mod organizations;
mod partners;
mod paths;
mod places;
mod strict;
mod tenants;

use portcullis_tests::{Jar, Req, Res, World};
use serde_json::Value;

/// What everybody but the platform's staff is told.
const NOBODY: &str = "0190f5fe-7c00-7a00-8000-000000000001";

fn get(world: &World, jar: &Jar, path: &str) -> Res {
    world.send(Req::get(&format!("/api/directory/{path}")).jar(jar))
}

fn post(world: &World, jar: &Jar, path: &str, body: Value) -> Res {
    world.send(Req::post(&format!("/api/directory/{path}")).jar(jar).json(body))
}

fn put(world: &World, jar: &Jar, path: &str, body: Value) -> Res {
    world.send(Req::put(&format!("/api/directory/{path}")).jar(jar).json(body))
}

fn delete(world: &World, jar: &Jar, path: &str) -> Res {
    world.send(Req::delete(&format!("/api/directory/{path}")).jar(jar))
}

/// The id of what was made.
#[track_caller]
fn made(res: &Res) -> String {
    res.ok(201).json()["id"].as_str().unwrap().to_owned()
}

/// Names of the items of a list, in its order.
#[track_caller]
fn names(res: &Res) -> Vec<String> {
    let body = res.ok(200).json();
    body["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

/// The newest row of the trail with an action: target and detail.
#[track_caller]
fn trail(world: &World, action: &str) -> (String, Value) {
    let rows = world.rows(&format!("SELECT target_id, detail FROM audit_log WHERE action = '{action}' ORDER BY rowid DESC LIMIT 1"));
    let row = rows.first().unwrap_or_else(|| panic!("no {action} in the trail"));
    (row["target_id"].as_str().unwrap().to_owned(), serde_json::from_str(row["detail"].as_str().unwrap()).unwrap())
}

fn events(world: &World, name: &str) -> i64 {
    world.count(&format!("event_outbox WHERE name = '{name}'"))
}

/// A request that carries the version somebody read.
fn with_version(req: Req, version: &str) -> Req {
    req.header("x-om-ext-optimistic-lock-expected-updated-at", version)
}
