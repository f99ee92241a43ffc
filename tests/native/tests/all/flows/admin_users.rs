//! Staff and their organization's customers, by area: TC-AUTH-023 to 025, 027, 032, 054, TC-CACC-CRUDFORM-002,
//! TC-LOCK-OSS-013 and 033.

mod access;
mod account;
mod credentials;
mod list;
mod scope;

use portcullis_tests::{Jar, Req, Res, World, staff::OWNER};
use serde_json::Value;

use super::CA;

pub const NOBODY: &str = "0190f5fe-7c00-7a00-8000-000000000001";
pub const EXPECTED: &str = "x-om-ext-optimistic-lock-expected-updated-at";

pub fn users(rest: &str) -> String {
    format!("{CA}/admin/users{rest}")
}

/// The seeded viewer's path.
pub fn of(world: &World, email: &str, rest: &str) -> String {
    users(&format!("/{}{rest}", world.user_id(email)))
}

pub fn list(world: &World, jar: &Jar, query: &str) -> Value {
    world.send(Req::get(&users(query)).jar(jar)).ok(200).json()
}

pub fn emails(listed: &Value) -> Vec<&str> {
    listed["items"].as_array().unwrap().iter().map(|item| item["email"].as_str().unwrap()).collect()
}

pub fn put(world: &World, jar: &Jar, email: &str, body: Value) -> Res {
    world.send(Req::put(&of(world, email, "")).jar(jar).json(body))
}

pub fn post(world: &World, jar: &Jar, path: &str, body: Value) -> Res {
    world.send(Req::post(path).jar(jar).json(body))
}

pub fn owner(world: &World) -> Jar {
    world.staff(&world.acme(), "owner", &OWNER)
}

pub fn events(world: &World, name: &str) -> Vec<Value> {
    let rows = world.rows(&format!("SELECT payload FROM event_outbox WHERE name = 'customer_accounts.{name}' ORDER BY rowid"));
    rows.iter().map(|row| as_the_wire_has_it(row["payload"].as_str().unwrap())).collect()
}

/// A payload without the snapshot that ours carries beside; webhooks/events.rs holds that.
pub fn as_the_wire_has_it(payload: &str) -> Value {
    let mut data: Value = serde_json::from_str(payload).unwrap();
    data.as_object_mut().unwrap().remove("snapshot");
    data
}

pub fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}
