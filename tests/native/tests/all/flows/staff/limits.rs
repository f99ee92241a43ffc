//! Limits, lockout and known devices of staff.

use portcullis_tests::{
    Jar, Req, World,
    people::PASSWORD,
    staff::{ADMIN, EMPLOYEE, login_request},
};
use serde_json::{Value, json};

use super::{LOGIN, REFUSED, login, profile};

/// TC-AUTH-016, the sign-in half.
#[test]
fn tc_auth_016_the_sixth_attempt_at_an_address_is_refused_and_a_success_starts_over() {
    let world = World::seeded();
    let attempt = |email: &str, password: &str| world.send(login_request(email, password).ip("203.0.113.9"));
    for _ in 0..4 {
        attempt(ADMIN, "wrong password").is(401, REFUSED);
    }
    attempt(ADMIN, PASSWORD).ok(200);
    for _ in 0..5 {
        attempt(ADMIN, "wrong password").ok(401);
    }
    let refused = attempt(ADMIN, PASSWORD);
    refused.is(429, "Too many requests. Please try again later.");
    assert_eq!((refused.header("x-ratelimit-limit"), refused.header("x-ratelimit-remaining")), (Some("5"), Some("0")));
    assert!(refused.header("retry-after").is_some());
    attempt(EMPLOYEE, PASSWORD).ok(200);
}

#[test]
fn five_wrong_passwords_lock_strangers_out_and_not_the_owners_device() {
    for named in [false, true] {
        let world = World::seeded();
        let tenant = if named { json!({"tenantId": world.acme().tenant}) } else { json!({}) };
        let with = |more: Value| {
            let mut body = tenant.clone();
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        let own = Jar::of(&login(&world, tenant.clone())).only("staff_device");
        for _ in 0..5 {
            login(&world, with(json!({"password": "wrong password"}))).ok(401);
        }
        world.advance_seconds(61);
        login(&world, tenant.clone()).is(401, REFUSED);
        let mine = |password: &str| {
            let mut body = with(json!({"email": ADMIN, "password": password}));
            body["remember"] = json!(false);
            world.send(Req::post(LOGIN).json(body).jar(&own))
        };
        mine("wrong password").ok(401);
        mine(PASSWORD).ok(200);
        assert_eq!(world.count("event_outbox WHERE name = 'auth.user.locked'"), 1);
        // A password change makes the device a stranger's.
        world.arrange("UPDATE staff_users SET credential_epoch = 1, failed_login_attempts = 5, locked_until = 9999999999999");
        mine(PASSWORD).is(401, REFUSED);
    }
}

/// An entry that was earned with somebody else's account at the same address opens no bucket of one's own.
#[test]
fn a_device_is_known_for_one_account_only() {
    let world = World::seeded();
    let device = Jar::of(&login(&world, json!({}))).only("staff_device");
    // The address is now another account's, in another tenant.
    let globex = world.found("globex");
    world.arrange(&format!(
        "UPDATE staff_users SET tenant_id = '{}', locked_until = 9999999999999, failed_login_attempts = 5 WHERE email = '{ADMIN}'",
        globex.tenant
    ));
    world.send(login_request(ADMIN, PASSWORD).jar(&device)).is(401, REFUSED);
}

#[test]
fn six_sign_ins_leave_five_sessions() {
    let world = World::seeded();
    let first = world.staff_login(ADMIN);
    for _ in 0..5 {
        world.advance(1);
        world.staff_login(ADMIN);
    }
    assert_eq!(world.count("staff_user_sessions WHERE deleted_at IS NULL"), 5);
    profile(&world, &first).is(401, "Unauthorized");
}
