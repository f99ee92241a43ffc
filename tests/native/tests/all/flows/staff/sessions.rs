//! How sessions of staff are refreshed and how they end.

use portcullis_tests::{
    Jar, Req, World,
    staff::{ADMIN, EMPLOYEE},
};
use serde_json::json;

use super::{bounce, cleared, login, logout, profile, refresh};

/// TC-AUTH-017.
#[test]
fn tc_auth_017_a_remembered_session_hands_its_token_out_and_the_token_buys_access() {
    let world = World::seeded();
    let res = login(&world, json!({"remember": true}));
    let token = res.ok(200).json()["refreshToken"].as_str().unwrap().to_owned();
    let cookie = res.set_cookie("session_token").unwrap();
    assert!(cookie.contains("Expires=Mon, 21 Dec 2026") && !cookie.contains("Max-Age"), "{cookie}");
    world.advance_seconds(5);
    let res = refresh(&world, &token);
    let body = res.ok(200).json();
    assert_eq!((&body["ok"], &body["expiresIn"]), (&json!(true), &json!(28_800)));
    assert!(res.set_cookie("auth_token").is_some() && res.set_cookie("session_token").is_none());
    world.send(Req::get("/api/auth/profile").bearer(body["accessToken"].as_str().unwrap())).ok(200);
    assert_ne!(body["accessToken"], Jar::of(&login(&world, json!({}))).get("auth_token"));

    let missing = "Missing or invalid refresh token";
    for body in [json!({}), json!({"refreshToken": ""}), json!({"refreshToken": 1}), json!([])] {
        let res = world.send(Req::post("/api/auth/session/refresh").json(body));
        res.is(400, missing);
        assert!(cleared(&res));
    }
    let broken = world.send(Req::post("/api/auth/session/refresh").header("content-type", "application/json").bytes("not json"));
    broken.is(400, missing);
    assert!(cleared(&broken));
    let unknown = refresh(&world, "made-up");
    unknown.is(401, "Invalid or expired refresh token");
    assert!(cleared(&unknown));
}

#[test]
fn a_token_is_refreshed_fifteen_times_a_minute() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    for _ in 0..15 {
        refresh(&world, jar.get("session_token")).ok(200);
    }
    let refused = refresh(&world, jar.get("session_token"));
    assert_eq!((refused.status, refused.header("x-ratelimit-limit")), (429, Some("15")));
    assert_eq!(bounce(&world, "", &jar).status, 429, "the same token in the cookie");
    refresh(&world, world.staff_login(EMPLOYEE).get("session_token")).ok(200);
}

#[test]
fn a_page_is_sent_there_and_back_again() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN).only("session_token");
    for (query, target) in [("", "/"), ("?redirect=%2Fbackend%3Fa%3D1", "/backend?a=1"), ("?redirect=//evil.example", "/")] {
        let res = bounce(&world, query, &jar);
        assert_eq!((res.status, res.header("location")), (307, Some(target)));
        assert!(res.set_cookie("auth_token").is_some_and(|line| !line.contains("Max-Age=0")) && res.set_cookie("session_token").is_none());
    }
    for jar in [Jar::default(), Jar([("session_token".into(), "made-up".into())].into())] {
        let res = bounce(&world, "?redirect=/backend/a", &jar);
        assert_eq!((res.status, res.header("location")), (307, Some("/login?redirect=%2Fbackend%2Fa")));
        assert!(cleared(&res));
    }
}

#[test]
fn sessions_end_after_eight_hours_and_remembered_ones_after_thirty_days() {
    const HOUR: i64 = 3_600;
    let world = World::seeded();
    let day = world.staff_login(ADMIN);
    let month = Jar::of(&login(&world, json!({"remember": "yes"})));
    world.advance_seconds(7 * HOUR);
    let fresh = Jar::of(&refresh(&world, day.get("session_token")));
    world.advance_seconds(HOUR - 1);
    profile(&world, &fresh).ok(200);
    world.advance_seconds(1);
    profile(&world, &fresh).is(401, "Unauthorized");
    refresh(&world, day.get("session_token")).is(401, "Invalid or expired refresh token");
    world.advance_seconds(20 * 24 * HOUR);
    refresh(&world, month.get("session_token")).ok(200);
    world.advance_seconds(10 * 24 * HOUR);
    refresh(&world, month.get("session_token")).is(401, "Invalid or expired refresh token");
}

#[test]
fn a_dead_session_clears_the_browsers_cookies() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    world.arrange("UPDATE staff_user_sessions SET deleted_at = 1");
    let res = profile(&world, &jar);
    res.is(401, "Unauthorized");
    assert!(cleared(&res));
    let anonymous = profile(&world, &Jar::default());
    anonymous.is(401, "Unauthorized");
    assert!(!cleared(&anonymous));
}

/// TC-AUTH-004.
#[test]
fn tc_auth_004_logging_out_ends_the_session_by_cookie_or_by_token_and_clears_both_cookies() {
    let world = World::seeded();
    for kept in [&["auth_token", "session_token"][..], &["auth_token"], &["session_token"]] {
        let jar = world.staff_login(ADMIN);
        let part = Jar(jar.0.clone().into_iter().filter(|(name, _)| kept.contains(&name.as_str())).collect());
        let res = logout(&world, &part);
        assert_eq!((res.status, res.header("location")), (307, Some("/login")));
        assert!(cleared(&res));
        profile(&world, &jar).is(401, "Unauthorized");
        refresh(&world, jar.get("session_token")).is(401, "Invalid or expired refresh token");
    }
    assert_eq!(world.count("audit_log WHERE action = 'logout' AND realm = 'staff'"), 3);
    logout(&world, &Jar::default()).is(401, "Unauthorized");
    let stale = logout(&world, &Jar([("auth_token".into(), "stale".into())].into()));
    assert!(stale.status == 307 && cleared(&stale), "nothing left to end, and the way to the sign-in page");
}
