//! Passwords and mailed tokens, by requirement: A3, A4, B2, B4, B5, B8.

use std::collections::BTreeSet;

use portcullis_tests::{
    Req, Res, World,
    people::{ADMIN, BUYER, PASSWORD},
};
use serde_json::json;

use super::CA;

const FINE: &str = "a fine passphrase";

fn ask(world: &World, route: &str, email: &str) {
    let body = json!({"email": email, "tenantId": world.acme().tenant});
    world.send(Req::post(&format!("{CA}/{route}")).json(body)).ok(200);
}

fn reset(world: &World, token: &str, password: &str) -> Res {
    world.send(Req::post(&format!("{CA}/password/reset-confirm")).json(json!({"token": token, "password": password})))
}

fn magic(world: &World, token: &str) -> Res {
    world.send(Req::post(&format!("{CA}/magic-link/verify")).json(json!({"token": token})))
}

fn invite(world: &World, email: &str, slug: &str) {
    let jar = world.login(ADMIN);
    let role = world.value(&format!("SELECT id FROM customer_roles WHERE slug = '{slug}' AND organization_id = '{}'", world.acme().organization));
    world.send(Req::post(&format!("{CA}/portal/users-invite")).json(json!({"email": email, "roleIds": [role]})).jar(&jar)).ok(201);
}

fn accept(world: &World, token: &str, password: &str) -> Res {
    let body = json!({"token": token, "password": password, "displayName": "Guest"});
    world.send(Req::post(&format!("{CA}/invitations/accept")).json(body))
}

fn with_company() -> World {
    let world = World::seeded();
    world.arrange("UPDATE customer_users SET customer_entity_id = '0190f5fe-7c00-7a00-8000-00000000c0de'");
    world
}

#[test]
fn a3_common_and_context_words_are_refused_wherever_a_password_is_chosen() {
    let world = with_company();
    invite(&world, "guest@acme.example", "viewer");
    ask(&world, "password/reset-request", BUYER);
    let (invitation, link) = (world.mailed_token("guest@acme.example"), world.mailed_token(BUYER));
    let jar = world.login(BUYER);
    let change = |new: &str| {
        let body = json!({"currentPassword": PASSWORD, "newPassword": new});
        world.send(Req::post(&format!("{CA}/portal/password-change")).json(body).jar(&jar))
    };
    // Common everywhere; then the address or the organization's name of whoever chooses.
    for bad in [["password123"; 4], ["new@acme.example", "guest@acme.example", BUYER, "buyer@portal.acme.com"]] {
        let [signup, invited, forgot, changed] = bad;
        world.send(world.signup_request("new@acme.example", signup)).is(400, "Validation failed");
        accept(&world, &invitation, invited).is(400, "Validation failed");
        reset(&world, &link, forgot).is(400, "Validation failed");
        change(changed).is(400, "Validation failed");
    }
    accept(&world, &invitation, FINE).ok(201);
    reset(&world, &link, FINE).ok(200);
}

#[test]
fn a4_a_weaker_hash_is_replaced_at_sign_in() {
    let world = World::with_real_hashes();
    world.seed();
    // 8 KiB, one pass: a hash from poorer days, of the same password.
    let weak = portcullis_tests::weak_hash(PASSWORD);
    world.arrange(&format!("UPDATE customer_users SET password_hash = '{weak}' WHERE email = '{BUYER}'"));
    world.try_login(BUYER, "wrong password").is(401, "Invalid email or password");
    assert_eq!(world.value(&format!("SELECT password_hash FROM customer_users WHERE email = '{BUYER}'")), json!(weak));
    world.try_login(BUYER, PASSWORD).ok(200);
    let stored = world.value(&format!("SELECT password_hash FROM customer_users WHERE email = '{BUYER}'"));
    assert!(stored.as_str().unwrap().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
    world.try_login(BUYER, PASSWORD).ok(200);
}

#[test]
fn b2_tokens_are_32_bytes_and_never_the_same() {
    let world = World::seeded();
    let mut seen = BTreeSet::new();
    for _ in 0..5 {
        ask(&world, "magic-link/request", BUYER);
        let token = world.mailed_token(BUYER);
        assert!(token.len() == 43 && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{token}");
        assert!(seen.insert(token));
        world.advance_seconds(61);
    }
}

#[test]
fn b4_a_token_is_good_for_its_own_purpose_only() {
    let world = with_company();
    invite(&world, "guest@acme.example", "viewer");
    world.send(world.signup_request("new@acme.example", FINE)).ok(202);
    ask(&world, "magic-link/request", BUYER);
    let link = world.mailed_token(BUYER);
    world.advance_seconds(1);
    ask(&world, "password/reset-request", BUYER);
    let tokens = [
        ("verification", world.mailed_token("new@acme.example")),
        ("magic", link),
        ("reset", world.mailed_token(BUYER)),
        ("invitation", world.mailed_token("guest@acme.example")),
    ];
    for (kind, token) in &tokens {
        for (purpose, answer) in [
            ("verification", world.verify(token)),
            ("magic", magic(&world, token)),
            ("reset", reset(&world, token, "another fine passphrase")),
            ("invitation", accept(&world, token, "another fine passphrase")),
        ] {
            if *kind != purpose {
                assert_eq!(answer.status, 400, "a {kind} token used for {purpose}");
            }
            world.advance_seconds(7);
        }
    }
}

#[test]
fn b5_a_new_link_voids_the_one_before() {
    let world = World::seeded();
    for (route, use_it) in [
        ("magic-link/request", magic as fn(&World, &str) -> Res),
        ("password/reset-request", |world, token| reset(world, token, "another fine passphrase")),
    ] {
        ask(&world, route, BUYER);
        let old = world.mailed_token(BUYER);
        world.advance_seconds(61);
        ask(&world, route, BUYER);
        let new = world.mailed_token(BUYER);
        assert_ne!(old, new);
        use_it(&world, &old).is(400, "Invalid or expired token");
        use_it(&world, &new).ok(200);
    }
}

#[test]
fn b8_an_invitations_roles_are_checked_again_at_acceptance() {
    let world = with_company();
    invite(&world, "guest@acme.example", "viewer");
    world.arrange("UPDATE customer_roles SET customer_assignable = 0 WHERE slug = 'viewer'");
    let body = accept(&world, &world.mailed_token("guest@acme.example"), FINE).ok(201).json();
    assert_eq!(body["resolvedFeatures"], json!([]), "what stopped being assignable is not given");
}
