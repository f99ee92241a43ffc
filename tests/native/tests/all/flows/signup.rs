//! Signing up: the same answer whoever stands behind the address, and a password that lives only by its own link.

use portcullis_tests::{Jar, Req, World, people::BUYER};
use serde_json::json;

use super::{CA, profile};

const EMAIL: &str = "nina@acme.example";
const PASSWORD: &str = "a fine passphrase";

#[test]
fn wrong_bodies_name_their_fields() {
    let world = World::seeded();
    let organization = world.acme().organization;
    let send = |body: serde_json::Value| world.send(Req::post(&format!("{CA}/signup")).json(body));
    let res = send(json!({"email": "no", "password": "short", "displayName": "", "organizationId": "x"}));
    res.is(400, "Validation failed");
    assert_eq!(res.json()["details"].as_object().unwrap().keys().collect::<Vec<_>>(), ["displayName", "email", "organizationId", "password"]);
    assert_eq!(res.json()["code"], "VALIDATION_ERROR");
    let res = send(json!([]));
    res.is(400, "Validation failed");
    assert_eq!(res.json()["details"], json!({}));
    world.send(Req::post(&format!("{CA}/signup")).header("content-type", "application/json").bytes("{")).is(400, "Invalid request body");
    send(json!({"email": EMAIL, "password": PASSWORD, "displayName": "N"}))
        .is(400, "organizationId or tenantId is required for platform-domain logins");
    send(json!({"email": EMAIL, "password": PASSWORD, "displayName": "N", "tenantId": world.acme().tenant})).is(400, "organizationId is required");
    let nobody = "0190f5fe-7c00-7a00-8000-000000000001";
    send(json!({"email": EMAIL, "password": PASSWORD, "displayName": "N", "organizationId": nobody})).is(400, "Organization not found");
    send(json!({"email": EMAIL, "password": PASSWORD, "displayName": "N", "organizationId": organization, "tenantId": nobody}))
        .is(400, "tenantId in request body does not match the resolved organization");
    assert_eq!(world.count("customer_users"), 3, "nobody was made");
}

#[test]
fn common_passwords_and_the_address_itself_are_refused_before_anything_is_hashed() {
    let world = World::seeded();
    let hashes = world.hasher.count.get();
    for password in ["password1", "nina@acme.example", "Nina@Acme.Example"] {
        let res = world.send(world.signup_request(EMAIL, password));
        res.is(400, "Validation failed");
        assert_eq!(res.json()["details"], json!({"password": ["Password is too easy to guess"]}));
    }
    world.send(world.signup_request("long@acme.example", &"x".repeat(129))).is(400, "Validation failed");
    assert_eq!(world.hasher.count.get(), hashes);
}

/// TC-AUTH-026.
#[test]
fn tc_auth_026_a_taken_address_answers_like_a_free_one_and_keeps_its_password() {
    let world = World::seeded();
    let free = world.send(world.signup_request(EMAIL, PASSWORD));
    let taken = world.send(world.signup_request(BUYER, "the probe's password"));
    for res in [&free, &taken] {
        assert_eq!((res.status, res.text().as_str()), (202, r#"{"ok":true}"#));
    }
    let owner = world.persona("owner").jar;
    let found = |email: &str| world.send(Req::get(&format!("{CA}/admin/users?search={email}")).jar(&owner)).ok(200).json();
    for email in [BUYER, EMAIL] {
        assert_eq!((&found(email)["total"], &found(email)["items"][0]["email"]), (&json!(1), &json!(email)), "one row, found by the whole address");
    }
    world.login(BUYER);
    world.try_login(BUYER, "the probe's password").is(401, "Invalid email or password");
    assert_eq!(world.inbox(BUYER)[0]["links"], json!(["http://127.0.0.1:8787/acme/portal/login"]), "told that there is an account, without a token");
}

/// TC-AUTH-028.
#[test]
fn tc_auth_028_signing_up_twice_proves_nothing() {
    let world = World::seeded();
    for _ in 0..2 {
        let res = world.send(world.signup_request(EMAIL, PASSWORD));
        assert_eq!((res.status, res.text().as_str()), (202, r#"{"ok":true}"#));
    }
    let listed = world.send(Req::get(&format!("{CA}/admin/users?search={EMAIL}")).jar(&world.persona("owner").jar)).ok(200).json();
    assert_eq!((&listed["total"], &listed["items"][0]["emailVerified"]), (&json!(1), &json!(false)));
    world.try_login(EMAIL, PASSWORD).is(401, "Invalid email or password");
}

#[test]
fn a_double_click_sends_one_mail_and_a_later_try_voids_the_older_link() {
    let world = World::seeded();
    world.send(world.signup_request(EMAIL, PASSWORD)).ok(202);
    world.send(world.signup_request(EMAIL, PASSWORD)).ok(202);
    assert_eq!(world.inbox(EMAIL).len(), 1);
    let first = world.mailed_token(EMAIL);
    world.advance_seconds(61);
    world.send(world.signup_request(EMAIL, "the second passphrase")).ok(202);
    assert_eq!(world.inbox(EMAIL).len(), 2);
    world.verify(&first).is(400, "Invalid or expired token");
    world.verify(&world.mailed_token(EMAIL)).ok(200);
    world.try_login(EMAIL, PASSWORD).is(401, "Invalid email or password");
    world.try_login(EMAIL, "the second passphrase").ok(200);
}

#[test]
fn an_address_gets_six_mails_an_hour_whoever_asks() {
    let world = World::seeded_with(&[("CUSTOMER_SIGNUP_POINTS", "1000")]);
    for _ in 0..10 {
        world.send(world.signup_request(EMAIL, PASSWORD)).ok(202);
        world.advance_seconds(61);
    }
    assert_eq!(world.inbox(EMAIL).len(), 6);
    world.advance_seconds(3_600);
    world.send(world.signup_request(EMAIL, PASSWORD)).ok(202);
    assert_eq!(world.inbox(EMAIL).len(), 7);
}

/// B9: who signs up with somebody else's address never owns a password on it.
#[test]
fn a_strangers_sign_up_password_dies_with_the_link_it_came_with() {
    let world = World::seeded();
    world.send(world.signup_request(EMAIL, "the stranger's passphrase")).ok(202);
    world.advance_seconds(61);
    world.send(world.signup_request(EMAIL, "the owner's passphrase")).ok(202);
    world.verify(&world.mailed_token(EMAIL)).ok(200);
    world.try_login(EMAIL, "the stranger's passphrase").is(401, "Invalid email or password");
    world.try_login(EMAIL, "the owner's passphrase").ok(200);
    assert_eq!(world.count("customer_user_email_verifications WHERE password_hash IS NOT NULL"), 0, "no password waits any more");
}

/// A live password is never replaced by a link that was ordered before it.
#[test]
fn an_older_link_never_replaces_a_live_password() {
    let world = World::seeded();
    world.send(world.signup_request(EMAIL, "the stranger's passphrase")).ok(202);
    let token = world.mailed_token(EMAIL);
    let owners = world.value(&format!("SELECT password_hash FROM customer_users WHERE email = '{BUYER}'"));
    world.arrange(&format!("UPDATE customer_users SET password_hash = '{}' WHERE email = '{EMAIL}'", owners.as_str().unwrap()));
    world.verify(&token).ok(200);
    world.try_login(EMAIL, "the stranger's passphrase").is(401, "Invalid email or password");
    world.login(EMAIL);
}

#[test]
fn links_expire_after_a_day_and_reading_one_uses_nothing_up() {
    let world = World::seeded();
    world.send(world.signup_request(EMAIL, PASSWORD)).ok(202);
    let token = world.mailed_token(EMAIL);
    for req in [Req::get(&format!("{CA}/email/verify?token={token}")), Req::new(http::Method::HEAD, &format!("{CA}/email/verify?token={token}"))] {
        assert_eq!(world.send(req).status, 405);
    }
    world.advance_seconds(24 * 3_600 - 1);
    world.send(world.signup_request("second@acme.example", PASSWORD)).ok(202);
    world.verify(&token).ok(200);
    let token = world.mailed_token("second@acme.example");
    world.advance_seconds(24 * 3_600);
    world.verify(&token).is(400, "Invalid or expired token");
    let verify = |body: serde_json::Value| world.send(Req::post(&format!("{CA}/email/verify")).json(body));
    verify(json!({"token": ""})).is(400, "Invalid token");
    verify(json!({"token": "x".repeat(513)})).is(400, "Invalid token");
    verify(json!({})).is(400, "Invalid token");
}

#[test]
fn the_default_role_of_the_organization_comes_with_the_account() {
    let world = World::seeded();
    world.send(world.signup_request(EMAIL, PASSWORD)).ok(202);
    world.verify(&world.mailed_token(EMAIL)).ok(200);
    let profile = profile(&world, &Jar::of(&world.try_login(EMAIL, PASSWORD))).json();
    assert_eq!(profile["roles"][0]["slug"], "buyer");
}

/// D4: fields nobody declared change nothing.
#[test]
fn privileged_fields_in_the_body_change_nothing() {
    let world = World::seeded();
    let body = json!({"email": EMAIL, "password": PASSWORD, "displayName": "N", "organizationId": world.acme().organization,
        "isPortalAdmin": true, "emailVerifiedAt": 1, "email_verified_at": 1, "roleIds": ["x"], "isActive": true, "customerEntityId": "x", "id": "x"});
    world.send(Req::post(&format!("{CA}/signup")).json(body)).ok(202);
    let row = &world.rows(&format!("SELECT * FROM customer_users WHERE email = '{EMAIL}'"))[0];
    assert_eq!((&row["email_verified_at"], &row["customer_entity_id"], &row["password_hash"]), (&json!(null), &json!(null), &json!(null)));
}

#[test]
fn a_suspended_organization_takes_nobody_in() {
    let world = World::seeded();
    world.arrange("UPDATE organizations SET is_active = 0");
    let res = world.send(world.signup_request(EMAIL, PASSWORD));
    res.is(403, "This organization is suspended. Please contact its administrator.");
    assert_eq!(res.json()["code"], "tenant_suspended");
    world.arrange("UPDATE organizations SET is_active = 1, deleted_at = 1");
    world.send(world.signup_request(EMAIL, PASSWORD)).is(400, "Registration could not be completed");
}
