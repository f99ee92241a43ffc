//! Inviting somebody, and accepting: the first password.

use portcullis_tests::{
    Jar, Req, Res, World,
    staff::{ADMIN, EMPLOYEE, login_request},
};
use serde_json::{Value, json};

use super::{created, detail, send};

const NEW: &str = "a new and fine passphrase";
const EMAIL: &str = "nina@acme.com";

fn confirm(world: &World, token: &str) -> Res {
    world.send(Req::post("/api/auth/reset/confirm").json(json!({"token": token, "password": NEW})))
}

fn resend(world: &World, jar: &Jar, id: Value) -> Res {
    send(world, jar, Req::post("/api/auth/users/resend-invite").json(json!({"id": id})))
}

fn invite(world: &World, jar: &Jar) -> String {
    created(world, jar, EMAIL, json!({"password": null, "sendInviteEmail": true, "roles": ["employee"], "name": "Nina"}))
}

#[test]
fn an_invited_person_chooses_a_password_and_comes_in() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    let id = invite(&world, &jar);
    let mail = &world.inbox(EMAIL)[0];
    assert_eq!(mail["subject"], "You have been invited");
    assert!(mail["links"][0].as_str().unwrap().starts_with("http://127.0.0.1:8787/reset/"));
    assert!(mail["text"].as_str().unwrap().contains("48 hours"), "{mail}");
    world.send(login_request(EMAIL, NEW)).ok(401);
    assert_eq!(detail(&world, &jar, &id)["hasPassword"], false);
    confirm(&world, &world.staff_link(EMAIL)).ok(200);
    world.send(login_request(EMAIL, NEW)).ok(200);
    assert_eq!(detail(&world, &jar, &id)["hasPassword"], true);
    // The inviter hears of it, and nobody is told that a password changed.
    let told = send(&world, &jar, Req::get("/api/auth/notifications")).json();
    assert_eq!((&told["items"][0]["type"], &told["items"][0]["titleVariables"]["name"]), (&json!("auth.invitation.accepted"), &json!("Nina")));
    assert_eq!(world.count("event_outbox WHERE name = 'auth.invitation.accepted'"), 1);
    assert_eq!(world.count("event_outbox WHERE name = 'auth.password.changed'"), 0);
    assert_eq!(world.inbox(EMAIL).len(), 1);
    assert_eq!(world.count("staff_users WHERE email = 'nina@acme.com' AND email_verified_at IS NOT NULL"), 1);
}

#[test]
fn an_invitation_lives_for_two_days() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    invite(&world, &jar);
    let token = world.staff_link(EMAIL);
    world.advance_seconds(48 * 3_600);
    confirm(&world, &token).is(400, "Invalid or expired token");
}

/// TC-AUTH-044.
#[test]
fn tc_auth_044_an_invitation_is_sent_again_until_it_is_accepted() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    let id = invite(&world, &jar);
    let first = world.staff_link(EMAIL);
    for _ in 0..3 {
        world.advance_seconds(1);
        assert_eq!(resend(&world, &jar, json!(id)).ok(200).json(), json!({"ok": true}));
    }
    let newest = world.staff_link(EMAIL);
    confirm(&world, &first).is(400, "Invalid or expired token");
    resend(&world, &jar, json!(super::employee(&world))).is(409, "User already has a password");
    resend(&world, &jar, json!(super::NOBODY)).is(404, "User not found");
    let malformed = resend(&world, &jar, json!("no id"));
    assert!(malformed.is(422, "Validation failed").json()["fieldErrors"]["id"].is_array());
    resend(&world, &world.staff_login(EMPLOYEE), json!(id)).ok(403);
    confirm(&world, &newest).ok(200);
    resend(&world, &jar, json!(id)).is(409, "User already has a password");
}

#[test]
fn sending_again_is_limited_by_client() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    let id = invite(&world, &jar);
    let req = || Req::post("/api/auth/users/resend-invite").json(json!({"id": id})).jar(&jar).ip("203.0.113.9");
    for _ in 0..3 {
        world.send(req()).ok(200);
    }
    world.send(req()).ok(429);
}

/// An acceptance between the look and the write wins: no link is left that would reset what was just chosen.
#[test]
fn an_acceptance_that_comes_first_wins() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    let id = invite(&world, &jar);
    world.database.before_next_write("UPDATE staff_users SET password_hash = 'chosen' WHERE email = 'nina@acme.com'");
    resend(&world, &jar, json!(id)).ok(409);
    assert_eq!((world.inbox(EMAIL).len(), world.count("staff_user_password_resets")), (1, 1));
}

/// TC-AUTH-045.
#[test]
fn tc_auth_045_consents_are_listed_and_checked() {
    let world = World::seeded();
    let (jar, user) = (world.staff_login(ADMIN), super::employee(&world));
    let ask = |jar: &Jar, user: &str| send(&world, jar, Req::get(&format!("/api/auth/users/consents?userId={user}")));
    assert_eq!(ask(&jar, &user).ok(200).json(), json!({"ok": true, "items": []}));
    ask(&jar, "no-id").is(400, "Invalid userId");
    ask(&jar, super::NOBODY).is(404, "User not found");
    ask(&Jar::default(), &user).ok(401);
    ask(&world.staff_login(EMPLOYEE), &user).ok(403);
    let canonical = format!("{user}|terms|true|2026-11-21T04:47:42.123Z||192.0.2.1|signup");
    let mac = world.deployment.keys.consent_mac(&canonical);
    let tenant = world.acme().tenant;
    for (id, kind, mac) in [(1, "terms", mac.as_str()), (2, "news", "made-up")] {
        world.arrange(&format!(
            "INSERT INTO staff_user_consents (id, user_id, tenant_id, consent_type, is_granted, granted_at, source, ip_address, integrity_hash, created_at) \
             VALUES ('0190f5fe-7c00-7a00-8000-00000000000{id}', '{user}', '{tenant}', '{kind}', 1, {}, 'signup', '192.0.2.1', '{mac}', {id})",
            world.now()
        ));
    }
    let items = ask(&jar, &user).ok(200).json()["items"].clone();
    assert_eq!((&items[0]["consentType"], &items[0]["integrityValid"]), (&json!("news"), &json!(false)));
    assert_eq!((&items[1]["consentType"], &items[1]["integrityValid"], &items[1]["isGranted"]), (&json!("terms"), &json!(true), &json!(true)));
    world.arrange("UPDATE staff_user_consents SET is_granted = 0");
    assert_eq!(ask(&jar, &user).json()["items"][1]["integrityValid"], false, "a changed row shows");
}
