//! The fast check: nothing asked, nothing missed for longer than the bound.

use portcullis_core::io::Operations;
use portcullis_tests::{
    Jar, Req, Res, World,
    people::{BUYER, PASSWORD, VIEWER},
    staff::{ADMIN, SUPERADMIN},
};
use serde_json::json;

const NOTHING: Operations = Operations { d1: 0, kv: 0, limiter: 0, hash: 0, channel: 0 };

fn check(world: &World, jar: &Jar) -> Res {
    world.send(Req::get("/api/check?features=portal.orders.view,portal.users.manage").jar(jar))
}

fn logout(world: &World, jar: &Jar) {
    world.send(Req::post("/api/customer_accounts/portal/logout").jar(jar)).ok(200);
}

#[test]
fn a_warm_isolate_asks_nobody() {
    let world = World::seeded();
    let (buyer, viewer) = (world.login(BUYER), world.login(VIEWER));
    assert_eq!(check(&world, &buyer).ok(200).spent(), Operations { d1: 1, ..NOTHING }, "the first look at the feed");
    for _ in 0..28 {
        world.advance(100);
        let res = check(&world, &buyer);
        assert_eq!((res.ok(200).spent(), &res.json()["granted"]), (NOTHING, &json!(["portal.orders.view"])));
        assert_eq!(check(&world, &viewer).ok(200).spent(), NOTHING);
    }
    world.advance(1_500);
    world.database.take_calls();
    assert_eq!(check(&world, &buyer).ok(200).spent().d1, 1, "and one for everybody every few seconds");
    assert_eq!(check(&world, &viewer).ok(200).spent(), NOTHING);
    assert_eq!(world.database.take_calls().len(), 1);
}

#[test]
fn it_says_what_the_database_says() {
    let world = World::seeded();
    for (jar, path, realm, feature, other) in [
        (world.login(BUYER), "customer_accounts/portal", "customer", "portal.orders.view", "portal.users.manage"),
        (world.staff_login(ADMIN), "auth", "staff", "auth.users.list", "nobody.has.this"),
        (world.staff_login(SUPERADMIN), "auth", "staff", "auth.users.list", "nobody.has.this"),
    ] {
        let body = json!({"features": [feature, other]});
        let fast = world.send(Req::post("/api/check").jar(&jar).json(&body)).ok(200).json();
        let strong = world.send(Req::post(&format!("/api/{path}/feature-check")).jar(&jar).json(&body)).ok(200).json();
        assert_eq!((&fast["granted"], &fast["realm"]), (&strong["granted"], &json!(realm)));
        let query = world.send(Req::get(&format!("/api/check?features={feature}&features={other}")).jar(&jar));
        assert_eq!(query.ok(200).json(), fast);
    }
}

/// What was revoked right after the isolate looked, replayed every 100 ms.
#[test]
fn what_is_revoked_is_refused_within_the_bound() {
    for bound in [3, 5, 60] {
        let world = World::seeded_with(&[("REVOCATION_BOUND_SECONDS", &bound.to_string())]);
        let (thief, busy) = (world.login(BUYER), world.login(VIEWER));
        check(&world, &thief).ok(200);
        logout(&world, &thief);
        let profile = Req::get("/api/customer_accounts/portal/profile").bearer(thief.get("customer_auth_token"));
        world.send(profile).ok(401);
        let mut lasted = 0;
        while check(&world, &thief).status == 200 {
            lasted += 100;
            world.advance(100);
            check(&world, &busy).ok(200);
        }
        assert!(lasted > 0 && lasted <= bound * 1_000 - 1_000, "{lasted} ms of {bound} s, with a second left for the query");
    }
}

#[test]
fn with_the_database_down_it_goes_on_until_the_limit_and_then_refuses() {
    let world = World::seeded_with(&[("REVOCATION_STALE_SECONDS", "60")]);
    let jar = world.login(BUYER);
    check(&world, &jar).ok(200);
    world.database.set_down(true);
    world.database.take_calls();
    for _ in 0..590 {
        world.advance(100);
        check(&world, &jar).ok(200);
    }
    let tries = world.database.take_calls().len();
    assert!((40..=60).contains(&tries), "{tries}: once a second, not with every request");
    world.advance_seconds(2);
    let late = check(&world, &jar);
    assert_eq!((late.status, late.json()["code"].as_str()), (503, Some("UNAVAILABLE")));
    world.database.set_down(false);
    logout(&world, &world.login(VIEWER));
    world.advance_seconds(1);
    check(&world, &jar).ok(200);
}

#[test]
fn an_isolate_that_never_saw_the_feed_lets_nobody_in() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    world.database.set_down(true);
    check(&world, &jar).ok(503);
    world.send(Req::get("/api/check")).ok(401);
}

#[test]
fn a_browser_with_both_realms_says_which() {
    let world = World::seeded();
    let mut jar = world.login(BUYER);
    jar.0.extend(world.staff_login(ADMIN).0);
    world.send(Req::get("/api/check").jar(&jar)).is(400, "realm is needed: there are cookies of both");
    for realm in ["customer", "staff"] {
        assert_eq!(world.send(Req::get(&format!("/api/check?realm={realm}")).jar(&jar)).ok(200).json()["realm"], realm);
    }
    world.send(Req::get("/api/check?realm=other").jar(&jar)).ok(400);
    let (customer, staff) = (jar.get("customer_auth_token").to_owned(), jar.get("auth_token").to_owned());
    assert_eq!(world.send(Req::get("/api/check").bearer(&customer)).ok(200).json()["realm"], "customer");
    assert_eq!(world.send(Req::get("/api/check").bearer(&staff)).ok(200).json()["realm"], "staff");
    world.send(Req::get("/api/check?realm=staff").bearer(&customer)).ok(401);
    world.send(Req::get("/api/check").jar(&jar).bearer("made-up")).ok(401);
    let crossed = Jar([("auth_token".into(), customer)].into());
    world.send(Req::get("/api/check").jar(&crossed)).ok(401);
}

#[test]
fn a_token_without_its_features_is_answered_from_the_database() {
    let world = World::seeded();
    let many: Vec<String> = (0..200).map(|n| format!("portal.area-{n:03}.manage-everything")).collect();
    world.arrange(&format!("UPDATE customer_role_acls SET features_json = '{}'", json!(many)));
    world.advance_seconds(1);
    let jar = world.login(BUYER);
    check(&world, &jar).ok(200);
    let res = world.send(Req::get("/api/check?features=portal.area-199.manage-everything,portal.orders.view").jar(&jar));
    assert_eq!((res.ok(200).spent().d1, &res.json()["granted"]), (1, &json!(["portal.area-199.manage-everything"])));
    assert_eq!(world.send(Req::get("/api/check").jar(&jar)).ok(200).spent(), NOTHING, "nothing asked, nothing looked up");
}

#[test]
fn a_one_time_password_opens_nothing() {
    let world = World::seeded();
    let user = world.user_id(BUYER);
    world.arrange(&format!("UPDATE customer_users SET must_change_password = 1 WHERE id = '{user}'"));
    world.advance_seconds(1);
    let jar = Jar::of(world.try_login(BUYER, PASSWORD).ok(200));
    let res = check(&world, &jar);
    assert_eq!((res.status, res.json()["code"].as_str()), (403, Some("PASSWORD_CHANGE_REQUIRED")));
}
