//! A forgotten password of staff: the mailed link, and what it does.

use portcullis_tests::{
    Req, Res, World,
    people::PASSWORD,
    staff::{ADMIN, login_request},
};
use serde_json::{Value, json};

use super::{id_of, login, profile, refresh};

const NEW: &str = "a new and fine passphrase";

fn ask(world: &World, email: &str) -> Res {
    world.send(Req::post("/api/auth/reset").json(json!({"email": email})))
}

fn confirm(world: &World, token: &str, password: &str) -> Res {
    world.send(Req::post("/api/auth/reset/confirm").json(json!({"token": token, "password": password})))
}

/// TC-AUTH-005: the same confirmation for everybody, the same work behind it, and a mail for those who have an account.
#[test]
fn tc_auth_005_a_reset_request_tells_nobody_who_has_an_account() {
    let ask = |email: &str, change: &str| {
        let world = World::seeded();
        if !change.is_empty() {
            world.arrange(&format!("UPDATE staff_users SET {change} WHERE email = '{ADMIN}'"));
        }
        world.database.take_calls();
        let res = ask(&world, email);
        (res.status, res.json(), res.spent(), format!("{:?}", world.database.take_calls().into_iter().take(2).collect::<Vec<_>>()))
    };
    let known = ask(ADMIN, "");
    assert_eq!((known.0, &known.1, known.2.d1, known.2.hash), (200, &json!({"ok": true}), 2, 0));
    for (what, email, change) in [
        ("unknown", "nobody@acme.com", ""),
        ("inactive", ADMIN, "is_active = 0"),
        ("never had a password", ADMIN, "password_hash = NULL"),
        ("deleted", ADMIN, "deleted_at = 1"),
        ("locked", ADMIN, "locked_until = 9999999999999"),
    ] {
        assert_eq!(ask(email, change), known, "{what}");
    }
}

#[test]
fn a_request_without_an_address_names_the_field() {
    let world = World::seeded();
    let res = ask(&world, "no address");
    assert_eq!(res.is(422, "Validation failed").json()["fieldErrors"], json!({"email": ["Invalid email address"]}));
    assert_eq!(world.send(Req::post("/api/auth/reset").json(json!({}))).ok(422).json()["fieldErrors"]["email"], json!(["Required"]));
    let form = Req::post("/api/auth/reset").header("content-type", "application/x-www-form-urlencoded").bytes("email=admin%40acme.com");
    assert_eq!(world.send(form).ok(200).json(), json!({"ok": true}));
    assert_eq!(world.inbox(ADMIN).len(), 1);
}

/// TC-AUTH-006, 007.
#[test]
fn tc_auth_006_the_link_sets_a_password_once() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    ask(&world, ADMIN).ok(200);
    let mail = &world.inbox(ADMIN)[0];
    assert_eq!(mail["subject"], "Reset your password");
    assert!(mail["links"][0].as_str().unwrap().starts_with("http://127.0.0.1:8787/reset/"), "{mail}");
    let token = world.staff_link(ADMIN);
    assert_eq!(world.count(&format!("staff_user_password_resets WHERE token = '{token}'")), 0, "only its hash is kept");

    let hashes = world.hasher.count.get();
    confirm(&world, "made-up-token", NEW).is(400, "Invalid or expired token");
    confirm(&world, "short", NEW).is(400, "Invalid request");
    let weak = confirm(&world, &token, "short");
    assert_eq!(weak.is(400, "Invalid request").json()["details"], json!({"password": ["Password is too short"]}));
    confirm(&world, &token, ADMIN).is(400, "Invalid request");
    assert_eq!(world.hasher.count.get(), hashes, "a link is checked before anything is hashed");

    assert_eq!(confirm(&world, &token, NEW).ok(200).json(), json!({"ok": true, "redirect": "/login"}));
    confirm(&world, &token, "yet another passphrase").is(400, "Invalid or expired token");
    profile(&world, &jar).ok(401);
    refresh(&world, jar.get("session_token")).ok(401);
    login(&world, json!({})).ok(401);
    login(&world, json!({"password": NEW})).ok(200);
}

/// TC-AUTH-007: an hour, and only the newest.
#[test]
fn tc_auth_007_a_link_lives_for_an_hour_and_a_newer_one_voids_it() {
    let world = World::seeded();
    ask(&world, ADMIN).ok(200);
    let first = world.staff_link(ADMIN);
    world.advance_seconds(61);
    ask(&world, ADMIN).ok(200);
    let second = world.staff_link(ADMIN);
    confirm(&world, &first, NEW).is(400, "Invalid or expired token");
    world.advance_seconds(3_600);
    confirm(&world, &second, NEW).is(400, "Invalid or expired token");
}

#[test]
fn a_reset_opens_a_locked_account_and_leaves_a_trail() {
    let world = World::seeded();
    world.arrange(&format!("UPDATE staff_users SET failed_login_attempts = 5, locked_until = 9999999999999 WHERE email = '{ADMIN}'"));
    ask(&world, ADMIN).ok(200);
    confirm(&world, &world.staff_link(ADMIN), NEW).ok(200);
    login(&world, json!({"password": NEW})).ok(200);
    let events: Vec<Value> = world.rows("SELECT name, payload FROM event_outbox WHERE name LIKE 'auth.password%' ORDER BY rowid");
    let names: Vec<&str> = events.iter().map(|event| event["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["auth.password_reset.requested", "auth.password_reset.completed", "auth.password.changed"]);
    let trail = world.rows("SELECT action, actor_id FROM audit_log WHERE action LIKE 'password%' ORDER BY seq");
    let admin = json!(id_of(&world, ADMIN));
    assert_eq!(trail, [json!({"action": "password_reset.requested", "actor_id": null}), json!({"action": "password.changed", "actor_id": admin})]);
    assert!(world.inbox(ADMIN).iter().any(|mail| mail["subject"] == "Your password was changed"));
}

/// TC-AUTH-016: the fourth request for one address is too many; others are not concerned.
#[test]
fn tc_auth_016_resets_are_limited_by_address() {
    let world = World::seeded();
    for _ in 0..3 {
        ask(&world, ADMIN).ok(200);
    }
    let res = ask(&world, ADMIN);
    res.is(429, "Too many requests. Please try again later.");
    assert_eq!((res.header("x-ratelimit-limit"), res.header("x-ratelimit-remaining")), (Some("3"), Some("0")));
    assert!(res.header("retry-after").is_some());
    ask(&world, "nobody@acme.com").ok(200);
}

#[test]
fn an_address_gets_so_many_mails_an_hour() {
    let world = World::seeded();
    for _ in 0..14 {
        ask(&world, ADMIN).ok(200);
        world.advance_seconds(61);
    }
    let mails = world.inbox(ADMIN).len();
    assert!((5..14).contains(&mails), "{mails}");
    confirm(&world, &world.staff_link(ADMIN), NEW).ok(200);
}

#[test]
fn an_address_of_two_tenants_needs_its_tenant_named() {
    let world = World::seeded();
    let globex = world.found("globex");
    world.arrange(&format!(
        "INSERT INTO staff_users (id, tenant_id, email, email_hash, created_at) \
         SELECT '0190f5fe-7c00-7a00-8000-0000000000b1', '{}', email, email_hash, 1 FROM staff_users WHERE email = '{ADMIN}'",
        globex.tenant
    ));
    ask(&world, ADMIN).ok(200);
    assert_eq!(world.inbox(ADMIN).len(), 0);
    world.send(Req::post("/api/auth/reset").json(json!({"email": ADMIN, "tenantId": world.acme().tenant}))).ok(200);
    confirm(&world, &world.staff_link(ADMIN), NEW).ok(200);
    assert_eq!(world.count("staff_users WHERE password_hash IS NULL"), 1, "the other one is somebody else");
}

/// B1: whoever comes second, between the look and the write, changes nothing.
#[test]
fn a_link_has_one_winner() {
    for (what, between) in [
        ("used", "UPDATE staff_user_password_resets SET used_at = 1"),
        ("voided", "UPDATE staff_user_password_resets SET voided_at = 1"),
        ("changed", "UPDATE staff_users SET credential_epoch = credential_epoch + 1"),
        ("deleted", "UPDATE staff_users SET deleted_at = 1"),
    ] {
        let world = World::seeded();
        ask(&world, ADMIN).ok(200);
        let token = world.staff_link(ADMIN);
        world.database.before_next_write(between);
        confirm(&world, &token, NEW).is(400, "Invalid or expired token");
        let hash = world.value(&format!("SELECT password_hash FROM staff_users WHERE email = '{ADMIN}'"));
        let other = world.value("SELECT password_hash FROM staff_users WHERE email = 'superadmin@acme.com'");
        assert!(hash.is_string() && other.is_string(), "{what}");
        assert_eq!(world.count("audit_log WHERE action = 'password.changed'"), 0, "{what}");
    }
    // The old password is still the one.
    let world = World::seeded();
    world.send(login_request(ADMIN, PASSWORD)).ok(200);
}
