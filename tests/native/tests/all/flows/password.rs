//! Changing one's password.

use portcullis_tests::{
    Jar, Req, World,
    cases::change_password,
    people::{BUYER, PASSWORD},
};
use serde_json::json;

use super::{CA, post, profile, refresh};

const NEW: &str = "another fine passphrase";

#[test]
fn wrong_answers() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    world.send(change_password("not it")).is(401, "Authentication required");
    let wrong = world.send(change_password("not it").jar(&jar));
    assert_eq!(wrong.is(400, "Current password is incorrect").json()["code"], "WRONG_CURRENT_PASSWORD", "pages say so without reading English");
    let send = |body: serde_json::Value| post(&world, "/portal/password-change", &jar, body);
    send(json!({"currentPassword": PASSWORD, "newPassword": "short"})).is(400, "Validation failed");
    send(json!({"currentPassword": PASSWORD})).is(400, "Validation failed");
    send(json!({"currentPassword": PASSWORD, "newPassword": "x".repeat(129)})).is(400, "Validation failed");
    for guess in ["password1", BUYER, "bruno buyer 1"] {
        let res = send(json!({"currentPassword": PASSWORD, "newPassword": guess}));
        res.is(400, "Validation failed");
        assert_eq!(res.json()["details"], json!({"newPassword": ["Password is too easy to guess"]}), "{guess}");
    }
    world
        .send(Req::post(&format!("{CA}/portal/password-change")).jar(&jar).header("content-type", "application/json").bytes("{]"))
        .is(400, "Invalid request body");
    profile(&world, &jar).ok(200);
}

/// A6, C1: every session ends, the caller gets a new one in the same breath.
#[test]
fn every_session_ends_and_the_caller_gets_a_new_one() {
    let world = World::seeded();
    let (mine, other) = (world.login(BUYER), world.login(BUYER));
    world.advance_seconds(1);
    let res = world.send(change_password(PASSWORD).jar(&mine));
    let fresh = Jar::of(res.ok(200));
    for old in [&mine, &other] {
        profile(&world, old).is(401, "Authentication required");
        refresh(&world, old).is(401, "Invalid or expired session");
    }
    profile(&world, &fresh).ok(200);
    refresh(&world, &fresh).ok(200);
    assert_eq!(world.count("customer_user_sessions WHERE deleted_at IS NULL"), 1);
    world.try_login(BUYER, PASSWORD).is(401, "Invalid email or password");
    world.try_login(BUYER, NEW).ok(200);
    let mails = world.inbox(BUYER);
    assert_eq!(mails.len(), 1, "they are told by mail");
    assert!(!mails[0].to_string().contains(NEW));
}

/// The new session's token was minted in the second of the revocation and works all the same.
#[test]
fn the_new_session_works_in_the_same_second() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    let fresh = Jar::of(world.send(change_password(PASSWORD).jar(&jar)).ok(200));
    profile(&world, &fresh).ok(200);
    profile(&world, &jar).is(401, "Authentication required");
}

#[test]
fn pending_links_are_void_afterwards() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    let user = world.user_id(BUYER);
    world.arrange(&format!(
        "INSERT INTO customer_user_email_verifications (id, user_id, token, purpose, password_hash, expires_at, created_at) \
           VALUES ('v', '{user}', 'hash-1', 'magic_link', NULL, 9999999999999, 1), ('w', '{user}', 'hash-2', 'email_verification', 'waiting', 9999999999999, 1); \
         INSERT INTO customer_user_password_resets (id, user_id, token, expires_at, created_at) VALUES ('r', '{user}', 'hash-3', 9999999999999, 1)"
    ));
    world.send(change_password(PASSWORD).jar(&jar)).ok(200);
    assert_eq!(world.count("customer_user_email_verifications WHERE voided_at IS NULL OR password_hash IS NOT NULL"), 0);
    assert_eq!(world.count("customer_user_password_resets WHERE voided_at IS NULL"), 0);
}

/// A2: NFC on both sides, nothing else touched.
#[test]
fn composed_and_decomposed_spellings_are_one_password() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    let composed = "caf\u{e9} und mehr ";
    let body = json!({"currentPassword": PASSWORD, "newPassword": composed});
    post(&world, "/portal/password-change", &jar, body).ok(200);
    world.try_login(BUYER, "cafe\u{301} und mehr ").ok(200);
    world.try_login(BUYER, "caf\u{e9} und mehr").is(401, "Invalid email or password");
}

#[test]
fn a_known_device_is_a_stranger_again_afterwards() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    world.send(change_password(PASSWORD).jar(&jar)).ok(200);
    let old = jar.only("customer_device");
    world.send(world.login_request(BUYER, "wrong password").jar(&old));
    assert_eq!(world.count("customer_device_failures"), 0, "its failures are strangers' failures now");
    assert_eq!(world.value(&format!("SELECT failed_login_attempts FROM customer_users WHERE email = '{BUYER}'")), json!(1));
}

#[test]
fn the_fifth_wrong_guess_at_the_current_password_ends_the_session() {
    let world = World::seeded();
    let (jar, other) = (world.login(BUYER), world.login(BUYER));
    let statuses: Vec<u16> = (0..7).map(|_| world.send(change_password("not it").jar(&jar)).status).collect();
    assert_eq!(statuses, [[400; 5].as_slice(), &[401; 2]].concat());
    assert_eq!(world.value("SELECT count(*) FROM audit_log WHERE action = 'password.change_failed'"), json!(5));
    let hashes = world.hasher.count.get();
    world.send(change_password(PASSWORD).jar(&jar)).is(401, "Authentication required");
    assert_eq!(world.hasher.count.get(), hashes);
    world.send(change_password(PASSWORD).jar(&other)).ok(200);
}

#[test]
fn guessing_the_current_password_is_limited_per_user_over_all_sessions() {
    let world = World::seeded();
    let jars: Vec<_> = (0..3).map(|_| world.login(BUYER)).collect();
    let statuses: Vec<u16> = (0..12).map(|n| world.send(change_password("not it").jar(&jars[n % 3])).status).collect();
    assert_eq!(statuses, [[400; 10].as_slice(), &[429; 2]].concat());
}

#[test]
fn a_strict_tenant_wants_more() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    world.arrange("UPDATE tenants SET policy = 'strict'");
    let send = |new: &str| post(&world, "/portal/password-change", &jar, json!({"currentPassword": PASSWORD, "newPassword": new}));
    send("short but 1A!").ok(200);
    let jar = Jar::of(&world.try_login(BUYER, "short but 1A!"));
    for weak in ["Ab1! short", "all lower case words"] {
        post(&world, "/portal/password-change", &jar, json!({"currentPassword": "short but 1A!", "newPassword": weak})).is(400, "Validation failed");
    }
}
