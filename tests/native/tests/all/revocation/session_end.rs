//! No token outlives the session it was made from, so that nobody has to be told when a session ends by itself.

use portcullis_core::domain::time::SECOND;
use portcullis_tests::{
    Jar, Req, World,
    cases::{apps, claims},
    people::BUYER,
    staff::{ADMIN, login_request},
};
use serde_json::json;

use crate::gate::{ask, shop, usual};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// Seconds a token is still good for, and the session it names.
fn left(world: &World, token: &str) -> (i64, i64) {
    let (claims, now) = (claims(token), world.now() / 1_000);
    (claims["exp"].as_i64().unwrap() - now, claims["session_expiry"].as_i64().unwrap() - now)
}

fn refresh(world: &World, jar: &Jar) -> String {
    let res = world.send(Req::post("/api/customer_accounts/portal/sessions-refresh").jar(jar));
    res.ok(200);
    Jar::of(&res).get("customer_auth_token").to_owned()
}

#[test]
fn a_customers_token_ends_with_the_session_at_the_latest() {
    let world = World::seeded();
    let buyer = world.login(BUYER);
    assert_eq!(left(&world, buyer.get("customer_auth_token")), (8 * HOUR, 14 * DAY), "idle for two weeks ends it");
    for _ in 0..2 {
        world.advance_seconds(13 * DAY);
        assert_eq!(left(&world, &refresh(&world, &buyer)).0, 8 * HOUR);
    }
    world.advance_seconds(4 * DAY - HOUR);
    assert_eq!(left(&world, &refresh(&world, &buyer)), (HOUR, HOUR), "the thirtieth day");
}

#[test]
fn a_token_ends_with_a_session_that_is_idle_sooner() {
    let mut world = World::seeded();
    world.deployment.config.customer_session.idle = 1_800 * SECOND;
    world.deployment.config.staff_session.idle = 1_200 * SECOND;
    let buyer = world.login(BUYER);
    assert_eq!(left(&world, buyer.get("customer_auth_token")), (1_800, 1_800));
    world.advance_seconds(600);
    assert_eq!(left(&world, &refresh(&world, &buyer)), (1_800, 1_800), "used again");
    assert_eq!(left(&world, world.staff_login(ADMIN).get("auth_token")), (1_200, 1_200));
}

#[test]
fn a_token_of_staff_ends_with_the_working_day_and_says_for_how_long_it_is_good() {
    let world = World::seeded();
    let res = world.send(login_request(ADMIN, portcullis_tests::people::PASSWORD));
    let jar = Jar::of(&res);
    assert_eq!(left(&world, jar.get("auth_token")), (8 * HOUR, 8 * HOUR));
    world.advance_seconds(7 * HOUR);
    let body = json!({"refreshToken": jar.get("session_token")});
    let res = world.send(Req::post("/api/auth/session/refresh").json(body)).ok(200).json();
    assert_eq!(res["expiresIn"], json!(HOUR));
    assert_eq!(left(&world, res["accessToken"].as_str().unwrap()), (HOUR, HOUR));
}

#[test]
fn an_apps_token_ends_with_the_session_too() {
    let world = World::seeded();
    apps::make_app(&world);
    let jar = world.staff_login(ADMIN);
    let mint = |seconds: i64| {
        world.advance_seconds(seconds);
        world.send(Req::post("/api/auth/app-token").jar(&jar).json(json!({"audience": apps::AUDIENCE}))).ok(200).json()
    };
    assert_eq!(mint(HOUR)["expiresIn"], json!(600));
    let late = mint(7 * HOUR - 300);
    assert_eq!(late["expiresIn"], json!(300));
    assert_eq!(claims(late["accessToken"].as_str().unwrap())["exp"].as_i64().unwrap(), world.now() / 1_000 + 300);
}

/// The fast paths, which do not ask the database, let nobody in after the end: not for the skew of a clock either.
#[test]
fn the_fast_check_and_forward_auth_know_when_a_session_ends() {
    let mut world = shop(usual());
    world.deployment.config.staff_session.absolute = HOUR * SECOND;
    let jar = world.staff_login(ADMIN);
    let check = || world.send(Req::get("/api/check").jar(&jar)).status;
    let asked = || ask(&world, "nginx", "/back", |req| req.jar(&jar));
    world.advance_seconds(HOUR - 100);
    let res = asked();
    let minted = claims(res.ok(200).header("x-portcullis-token").unwrap());
    assert_eq!(minted["exp"].as_i64().unwrap() - world.now() / 1_000, 100);
    world.advance_seconds(99);
    assert_eq!((check(), asked().status), (200, 200));
    world.advance_seconds(1);
    assert_eq!((check(), asked().status), (401, 401));
}
