//! Signing keys: their life in the database, what isolates know of them, and who may touch them.

mod cycle;
mod isolates;
mod routes;

use portcullis_core::app::Deployment;
use portcullis_tests::{Jar, Req, Res, World, cases::claims, people::BUYER, staff::SUPERADMIN};
use serde_json::Value;

pub const HOUR: i64 = 3_600;
pub const DAY: i64 = 24 * HOUR;

pub fn jwks(world: &World) -> Res {
    let res = world.send(Req::get("/.well-known/jwks.json"));
    res.ok(200);
    res
}

/// The kids that are published.
pub fn published(world: &World) -> Vec<String> {
    jwks(world).json()["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// The kid a token was signed with.
pub fn kid(token: &str) -> String {
    let header = portcullis_tests::contract::base64url(token.split('.').next().unwrap());
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
}

pub fn kid_of(jar: &Jar) -> String {
    kid(jar.get("customer_auth_token"))
}

pub fn of_state(world: &World, state: &str) -> Vec<String> {
    let rows = world.rows(&format!("SELECT kid FROM signing_keys WHERE state = '{state}' ORDER BY created_at, kid"));
    rows.iter().map(|row| row["kid"].as_str().unwrap().to_owned()).collect()
}

pub fn profile(world: &World, jar: &Jar) -> u16 {
    world.send(Req::get("/api/customer_accounts/portal/profile").jar(jar)).status
}

pub fn root(world: &World) -> Jar {
    world.staff_login(SUPERADMIN)
}

pub fn rotate(world: &World, jar: &Jar) -> Res {
    world.send(Req::post("/api/keys/rotate").jar(jar))
}

pub fn remove(world: &World, jar: &Jar, kid: &str) -> Res {
    world.send(Req::post(&format!("/api/keys/{kid}/remove")).jar(jar).json(serde_json::json!({"reason": "it leaked"})))
}

/// A world with its first keys, the waiting one known for long enough.
pub fn ready() -> World {
    let world = World::seeded();
    world.minute();
    world.arrange("UPDATE signing_keys SET since = 0 WHERE state = 'next'");
    world
}

/// Another isolate of the same deployment: it knows nothing yet.
pub fn cold(world: &World) -> Deployment {
    Deployment::new(world.deployment.config.clone())
}

#[test]
fn a_token_names_the_key_of_its_time() {
    let world = ready();
    let before = world.login(BUYER);
    rotate(&world, &root(&world)).ok(200);
    let after = world.login(BUYER);
    assert_ne!(kid_of(&before), kid_of(&after));
    assert_eq!(claims(before.get("customer_auth_token"))["sub"], claims(after.get("customer_auth_token"))["sub"]);
    assert_eq!([profile(&world, &before), profile(&world, &after)], [200, 200]);
}
