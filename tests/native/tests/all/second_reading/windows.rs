//! 2, 6, 7, 16: who spends whose share of a limit, and what a refusal costs.

use portcullis_tests::{
    Req, World, cases,
    people::{BUYER, PASSWORD},
    staff::ADMIN,
};
use serde_json::json;

use super::{REFUSED, map_host};
use crate::flows::{CA, profile};

/// 2: a thief's token that was revoked still has a good signature, and its owner's window is not the thief's to spend.
#[test]
fn a_revoked_session_does_not_spend_its_owners_window() {
    let world = World::seeded();
    let (thief, own) = (world.login(BUYER), world.login(BUYER));
    world.send(Req::delete(&format!("{CA}/portal/sessions/{}", cases::session_id(&thief))).jar(&own)).ok(200);
    for _ in 0..130 {
        profile(&world, &thief).is(401, "Authentication required");
    }
    profile(&world, &own).ok(200);
}

/// 6: a refusal of the client is decided before the host is looked up.
#[test]
fn a_client_that_is_refused_costs_no_storage_on_any_host() {
    for (origin, last) in [("https://portal.acme.test", 401), ("https://nobody.example", 404)] {
        let world = World::seeded();
        map_host(&world, "portal.acme.test", &world.acme());
        let attempt = |n: u32| {
            let body = json!({"email": format!("nobody{n}@acme.example"), "password": "wrong password"});
            world.send(Req::post(&format!("{CA}/login")).json(body).at(origin).ip("203.0.113.9"))
        };
        for n in 0..20 {
            assert_eq!(attempt(n).status, last, "{origin}");
        }
        let refused = attempt(20);
        refused.is(429, "Too many requests. Please try again later.");
        let spent = refused.spent();
        assert_eq!((spent.d1, spent.kv, spent.limiter, spent.hash), (0, 0, 1, 0), "{origin}");
    }
}

/// 7: whoever asks whether we are well leaves no counter behind.
#[test]
fn asking_for_health_counts_nothing_in_the_limiter() {
    let world = World::seeded();
    let (keys, taken) = (world.limiter.keys(), world.limiter.taken.borrow().len());
    for _ in 0..50 {
        world.send(Req::get("/api/health").ip("203.0.113.9")).ok(200);
    }
    assert_eq!((world.limiter.keys(), world.limiter.taken.borrow().len()), (keys, taken));
    world.limiter.down.set(true);
    world.advance_seconds(3_600);
    let res = world.send(Req::get("/api/health"));
    let services = res.ok(503).json()["services"].clone();
    assert!(services.as_array().unwrap().iter().any(|s| s["name"] == "limiter" && s["status"] == "down"), "{services}");
}

/// 16: naming the tenant or not is one account and one bucket.
#[test]
fn staff_have_one_bucket_whether_or_not_they_name_their_tenant() {
    let world = World::seeded();
    let tenant = world.acme().tenant.to_string();
    let hashes = world.hasher.count.get();
    let attempt = |n: usize| {
        let (named, nameless) = (json!({"tenantId": tenant}), json!({}));
        let mut body = if n.is_multiple_of(2) { nameless } else { named };
        body["email"] = json!(ADMIN);
        body["password"] = json!("wrong password");
        world.send(Req::post("/api/auth/login").json(body))
    };
    for n in 0..10 {
        let res = attempt(n);
        if n < 5 {
            res.is(401, REFUSED)
        } else {
            res.is(429, "Too many requests. Please try again later.")
        };
    }
    assert_eq!(world.hasher.count.get() - hashes, 5);
    // A success, either way, clears the one bucket.
    world.arrange("UPDATE staff_users SET failed_login_attempts = 0, locked_until = NULL");
    world.advance_seconds(61);
    for n in 0..4 {
        attempt(n).is(401, REFUSED);
    }
    world.send(Req::post("/api/auth/login").json(json!({"email": ADMIN, "password": PASSWORD}))).ok(200);
    for n in 1..5 {
        attempt(n).is(401, REFUSED);
    }
}
