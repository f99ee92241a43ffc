//! Refreshing, the cap on sessions, and how sessions end by themselves.

use portcullis_tests::{
    Jar, Req, World, cases,
    people::{BUYER, PASSWORD},
};
use serde_json::json;

use super::{CA, get, profile, refresh};

const DAY: i64 = 24 * 3_600;

#[test]
fn wrong_answers() {
    let world = World::seeded();
    refresh(&world, &Jar::default()).is(401, "No session token");
    refresh(&world, &Jar([("customer_session_token".into(), "made-up".into())].into())).is(401, "Invalid or expired session");
    for name in ["deactivated", "suspended"] {
        refresh(&world, &world.persona(name).jar).is(401, "Account not active");
    }
    refresh(&world, &world.persona("expired").jar).is(401, "Invalid or expired session");
}

/// TC-AUTH-029.
#[test]
fn tc_auth_029_a_refresh_makes_a_new_access_token_and_leaves_the_session_as_it_is() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    world.advance_seconds(1);
    let res = refresh(&world, &jar);
    let fresh = Jar::of(res.ok(200));
    assert_eq!(fresh.0.keys().collect::<Vec<_>>(), ["customer_auth_token"]);
    assert_ne!(fresh.get("customer_auth_token"), jar.get("customer_auth_token"));
    let (old, new) = (cases::claims(jar.get("customer_auth_token")), cases::claims(fresh.get("customer_auth_token")));
    assert_eq!(old["sid"], new["sid"]);
    assert_ne!(old["jti"], new["jti"]);
    get(&world, "/portal/sessions", &jar).ok(200);
}

/// TC-AUTH-030.
#[test]
fn tc_auth_030_six_logins_leave_five_sessions_and_the_oldest_goes() {
    let world = World::seeded_with(&[("CUSTOMER_LOGIN_POINTS", "100")]);
    let jars: Vec<Jar> = (0..6)
        .map(|_| {
            world.advance_seconds(1);
            world.login(BUYER)
        })
        .collect();
    let listed = get(&world, "/portal/sessions", &jars[5]).json()["sessions"].as_array().unwrap().clone();
    assert_eq!(listed.len(), 5);
    refresh(&world, &jars[0]).is(401, "Invalid or expired session");
    for jar in &jars[1..] {
        refresh(&world, &jar.only("customer_session_token")).ok(200);
    }
}

#[test]
fn features_are_as_they_are_now() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    world.arrange("UPDATE customer_role_acls SET features_json = '[\"portal.new.thing\"]'");
    let res = refresh(&world, &jar);
    assert_eq!(res.json()["resolvedFeatures"], json!(["portal.new.thing"]));
    let claims = cases::claims(Jar::of(&res).get("customer_auth_token"));
    assert_eq!(claims["resolvedFeatures"], json!(["portal.new.thing"]));
}

/// D7.
#[test]
fn a_role_change_is_in_force_on_the_next_request() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    let check = || world.send(cases::feature_check(json!(["portal.orders.view"])).jar(&jar)).json()["granted"].clone();
    assert_eq!(check(), json!(["portal.orders.view"]));
    world.arrange("UPDATE customer_role_acls SET features_json = '[]'");
    assert_eq!(check(), json!([]));
}

/// C4.
#[test]
fn a_session_ends_after_thirty_days_whatever_it_does() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    for _ in 0..3 {
        world.advance_seconds(9 * DAY);
        refresh(&world, &jar).ok(200);
    }
    world.advance_seconds(3 * DAY - 1);
    refresh(&world, &jar).ok(200);
    world.advance_seconds(1);
    refresh(&world, &jar).is(401, "Invalid or expired session");
}

#[test]
fn a_session_nobody_refreshes_for_a_fortnight_is_over() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    world.advance_seconds(14 * DAY - 1);
    refresh(&world, &jar).ok(200);
    world.advance_seconds(14 * DAY);
    refresh(&world, &jar).is(401, "Invalid or expired session");
    world.advance_seconds(-1);
    refresh(&world, &jar).ok(200);
}

#[test]
fn an_access_token_lives_eight_hours_and_a_minute_of_skew() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    world.advance_seconds(8 * 3_600 + 59);
    profile(&world, &jar).ok(200);
    world.advance_seconds(1);
    profile(&world, &jar).is(401, "Authentication required");
    refresh(&world, &jar).ok(200);
}

/// Ending a session ends its access token at our own routes at once.
#[test]
fn logging_out_by_bearer_token_alone_ends_its_session() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    let token = jar.get("customer_auth_token");
    world.send(Req::post(&format!("{CA}/portal/logout")).bearer(token)).ok(200);
    world.send(Req::get(&format!("{CA}/portal/profile")).bearer(token)).is(401, "Authentication required");
    refresh(&world, &jar).is(401, "Invalid or expired session");
}

#[test]
fn logging_out_ends_the_session_of_the_cookie_and_that_of_the_token() {
    let world = World::seeded();
    let (one, two) = (world.login(BUYER), world.login(BUYER));
    let mixed = Jar([
        ("customer_session_token".to_owned(), one.get("customer_session_token").to_owned()),
        ("customer_auth_token".to_owned(), two.get("customer_auth_token").to_owned()),
    ]
    .into());
    world.send(Req::post(&format!("{CA}/portal/logout")).jar(&mixed)).ok(200);
    profile(&world, &one).is(401, "Authentication required");
    profile(&world, &two).is(401, "Authentication required");
}

#[test]
fn logging_out_without_a_session_is_a_polite_no_op() {
    let world = World::seeded();
    let audits = world.count("audit_log");
    for jar in [Jar::default(), Jar([("customer_session_token".into(), "made-up".into()), ("customer_auth_token".into(), "x.y.z".into())].into())] {
        let res = world.send(Req::post(&format!("{CA}/portal/logout")).jar(&jar));
        res.ok(200);
        assert_eq!(res.all("set-cookie").count(), 2);
    }
    assert_eq!(world.count("audit_log"), audits, "nobody can make us write");
    let jar = world.login(BUYER);
    world.send(Req::post(&format!("{CA}/portal/logout")).jar(&jar)).ok(200);
    world.send(Req::post(&format!("{CA}/portal/logout")).jar(&jar)).ok(200);
    world.try_login(BUYER, PASSWORD).ok(200);
}
