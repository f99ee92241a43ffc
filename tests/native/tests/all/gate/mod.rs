//! Proxies ask, and rules answer.

mod memory;
mod paths;
mod questions;
mod rules;

use portcullis_tests::{
    Req, Res, World,
    cases::{apps, edge},
    people::BUYER,
};
use serde_json::{Value, json};

pub const PROXIES: [&str; 4] = ["nginx", "caddy", "traefik", "envoy"];

/// A world with the shop, and rules for it.
pub fn shop(rules: Value) -> World {
    shop_with(&[], rules)
}

pub fn shop_with(settings: &[(&str, &str)], rules: Value) -> World {
    let world = World::seeded_with(settings);
    let app = apps::make_app(&world);
    let owner = world.persona("super");
    world.send(Req::put(&format!("/api/apps/{app}/rules")).jar(&owner.jar).json(edge::document(0, rules))).ok(200);
    world
}

/// The shop's rules in most tests.
pub fn usual() -> Value {
    json!([
        {"path": "/", "access": "public"},
        {"path": "/public/**", "access": "public"},
        {"path": "/orders/**", "access": "features", "match": "all", "features": ["portal.orders.view"]},
        {"path": "/users/**", "access": "features", "match": "any", "features": ["portal.users.manage", "portal.users.roles.manage"]},
        {"path": "/back/**", "access": "session", "realm": "staff"},
        {"path": "/admin/**", "access": "features", "match": "all", "features": ["nobody.has.this"]},
    ])
}

pub fn ask(world: &World, proxy: &str, uri: &str, with: impl Fn(Req) -> Req) -> Res {
    world.send(with(edge::asked(proxy, "GET", uri)))
}

/// What nginx, which passes no redirect on, says of the same.
pub fn as_nginx(status: u16) -> u16 {
    if status == 302 { 401 } else { status }
}

pub fn buyer(world: &World) -> portcullis_tests::Jar {
    world.login(BUYER)
}
