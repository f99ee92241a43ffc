//! Suspending, locking, ending sessions, letting in again; and what nobody does to themselves or above themselves.

use portcullis_tests::{
    Jar, Req, World,
    people::PASSWORD,
    staff::{ADMIN, EMPLOYEE, OWNER, SUPERADMIN, login_request},
};
use serde_json::{Value, json};

use super::{USERS, delete, detail, employee, post, send, update};
use crate::flows::staff::{id_of, profile};

const VERBS: [&str; 6] = ["suspend", "resume", "lock", "force-logout", "one-time-password", "send-reset-link"];

fn login(world: &World, email: &str, password: &str) -> u16 {
    world.advance_seconds(61);
    world.send(login_request(email, password)).status
}

#[test]
fn a_suspended_person_is_out_until_resumed() {
    let world = World::seeded();
    let (jar, theirs, id) = (world.staff_login(ADMIN), world.staff_login(EMPLOYEE), employee(&world));
    world.send(Req::post("/api/auth/reset").json(json!({"email": EMPLOYEE}))).ok(200);
    let link = world.staff_link(EMPLOYEE);
    post(&world, &jar, &id, "suspend").ok(200);
    profile(&world, &theirs).ok(401);
    assert_eq!(login(&world, EMPLOYEE, PASSWORD), 401);
    world.send(Req::post("/api/auth/reset/confirm").json(json!({"token": link, "password": "a new and fine passphrase"}))).ok(400);
    assert_eq!(detail(&world, &jar, &id)["isActive"], false);
    post(&world, &jar, &id, "resume").ok(200);
    assert_eq!(login(&world, EMPLOYEE, PASSWORD), 200);
    let actions = world.rows("SELECT action FROM audit_log WHERE action LIKE 'user.%' ORDER BY seq");
    assert_eq!(actions, [json!({"action": "user.suspended"}), json!({"action": "user.resumed"})]);
    assert_eq!(world.count("event_outbox WHERE name = 'auth.user.updated'"), 2);
}

/// A known device has a counter of its own, but no way round an administrator's lock.
#[test]
fn a_lock_keeps_known_devices_out_too_and_lapses() {
    let world = World::seeded();
    let (jar, theirs, id) = (world.staff_login(ADMIN), world.staff_login(EMPLOYEE), employee(&world));
    let known = || world.send(login_request(EMPLOYEE, PASSWORD).jar(&theirs.only("staff_device"))).status;
    let until = post(&world, &jar, &id, "lock").ok(200).json()["lockedUntil"].clone();
    let shown = detail(&world, &jar, &id);
    assert_eq!((&shown["isLocked"], &shown["lockedUntil"]), (&json!(true), &until));
    profile(&world, &theirs).ok(401);
    assert_eq!((known(), login(&world, EMPLOYEE, PASSWORD)), (401, 401));
    post(&world, &jar, &id, "unlock").ok(200);
    assert_eq!(login(&world, EMPLOYEE, PASSWORD), 200);
    post(&world, &jar, &id, "lock").ok(200);
    world.advance_seconds(15 * 60);
    assert_eq!(login(&world, EMPLOYEE, PASSWORD), 200, "it lapses by itself");
    let names = world.rows("SELECT name FROM event_outbox WHERE name LIKE 'auth.user.%locked' ORDER BY rowid");
    assert_eq!(names.len(), 3);
    for until in ["2026-11-21T04:00:00.000Z", "2027-11-21T04:00:00.000Z"] {
        let req = Req::post(&format!("{USERS}/{id}/lock")).json(json!({"lockedUntil": until}));
        assert_eq!(send(&world, &jar, req).is(400, "Invalid input").json()["details"][0]["path"], json!(["lockedUntil"]));
    }
}

#[test]
fn sessions_are_seen_and_ended() {
    let world = World::seeded();
    let (jar, one, two, id) = (world.staff_login(ADMIN), world.staff_login(EMPLOYEE), world.staff_login(EMPLOYEE), employee(&world));
    let sessions = send(&world, &jar, Req::get(&format!("{USERS}/{id}/sessions"))).ok(200).json()["sessions"].clone();
    assert_eq!((sessions.as_array().unwrap().len(), &detail(&world, &jar, &id)["sessionCount"]), (2, &json!(2)));
    assert!(sessions[0].get("isCurrent").is_none() && sessions[0].get("tokenHash").is_none());
    let sid = portcullis_tests::cases::claims(one.get("auth_token"))["sid"].as_str().unwrap().to_owned();
    let end = |session: &str| send(&world, &jar, Req::delete(&format!("{USERS}/{id}/sessions/{session}")));
    end(&sid).ok(200);
    end(&sid).is(404, "Session not found");
    let mine = portcullis_tests::cases::claims(jar.get("auth_token"))["sid"].as_str().unwrap().to_owned();
    end(&mine).is(404, "Session not found");
    profile(&world, &one).ok(401);
    profile(&world, &two).ok(200);
    post(&world, &jar, &id, "force-logout").ok(200);
    profile(&world, &two).ok(401);
    profile(&world, &jar).ok(200);
}

#[test]
fn a_one_time_password_is_read_out_and_changed() {
    let world = World::seeded();
    let (jar, theirs, id) = (world.staff_login(ADMIN), world.staff_login(EMPLOYEE), employee(&world));
    let password = post(&world, &jar, &id, "one-time-password").ok(200).json()["oneTimePassword"].as_str().unwrap().to_owned();
    profile(&world, &theirs).ok(401);
    assert_eq!(login(&world, EMPLOYEE, PASSWORD), 401);
    let res = world.send(login_request(EMPLOYEE, &password));
    assert_eq!(res.ok(200).json()["mustChangePassword"], true);
    let restricted = Jar::of(&res);
    assert_eq!(profile(&world, &restricted).ok(403).json()["code"], "PASSWORD_CHANGE_REQUIRED");
    let change = json!({"currentPassword": password, "password": "a new and fine passphrase"});
    let res = world.send(Req::put("/api/auth/profile").jar(&restricted).json(change));
    profile(&world, &Jar::of(res.ok(200))).ok(200);
    assert_eq!(
        world.count(&format!("audit_log WHERE detail LIKE '%{password}%'")) + world.count(&format!("event_outbox WHERE payload LIKE '%{password}%'")),
        0
    );
    assert!(world.inbox(EMPLOYEE).iter().any(|mail| mail["subject"] == "Your password was changed"));
}

#[test]
fn a_reset_link_is_mailed_and_shown_to_those_who_may_set_the_password() {
    let world = World::seeded();
    let (jar, id) = (world.staff_login(ADMIN), employee(&world));
    let helper = world.staff(&world.acme(), "helper", &["auth.users.list", "auth.users.support"]);
    let link = post(&world, &jar, &id, "send-reset-link").ok(200).json()["resetLink"].as_str().unwrap().to_owned();
    assert_eq!(link.strip_prefix("/reset/").unwrap(), world.staff_link(EMPLOYEE));
    world.advance_seconds(1);
    assert_eq!(post(&world, &helper, &id, "send-reset-link").ok(200).json(), json!({"ok": true}));
    let body = json!({"token": link.strip_prefix("/reset/").unwrap(), "password": "a new and fine passphrase"});
    world.send(Req::post("/api/auth/reset/confirm").json(body)).is(400, "Invalid or expired token");
    let body = json!({"token": world.staff_link(EMPLOYEE), "password": "a new and fine passphrase"});
    world.send(Req::post("/api/auth/reset/confirm").json(body)).ok(200);
}

/// What support may do: unlock, send links, end sessions; and nothing else.
#[test]
fn support_helps_and_takes_nothing_away() {
    let world = World::seeded();
    let (helper, id) = (world.staff(&world.acme(), "helper", &["auth.users.list", "auth.users.support"]), employee(&world));
    for (verb, status) in [
        ("unlock", 200),
        ("send-reset-link", 200),
        ("force-logout", 200),
        ("suspend", 403),
        ("resume", 403),
        ("lock", 403),
        ("one-time-password", 403),
    ] {
        assert_eq!(post(&world, &helper, &id, verb).status, status, "{verb}");
    }
    update(&world, &helper, &id, json!({"name": "x"})).ok(403);
    delete(&world, &helper, &id).ok(403);
}

/// Nobody disables, demotes, deletes or logs out themselves through these routes, super admins neither.
#[test]
fn nobody_does_it_to_themselves() {
    let world = World::seeded();
    for email in [ADMIN, SUPERADMIN] {
        let (jar, id) = (world.staff_login(email), id_of(&world, email));
        for verb in VERBS {
            post(&world, &jar, &id, verb).ok(400);
        }
        delete(&world, &jar, &id).is(400, "Cannot delete your own account");
        update(&world, &jar, &id, json!({"roles": []})).is(400, "Cannot change your own access");
        update(&world, &jar, &id, json!({"password": "a new and fine passphrase"})).ok(400);
        let sid = portcullis_tests::cases::claims(jar.get("auth_token"))["sid"].as_str().unwrap().to_owned();
        send(&world, &jar, Req::delete(&format!("{USERS}/{id}/sessions/{sid}"))).is(400, "Cannot end your own sessions. Use logout instead.");
        profile(&world, &jar).ok(200);
    }
}

/// Rule 5 for everything that is done to a person: equals and betters are left alone.
#[test]
fn nobody_manages_equals_or_betters() {
    let world = World::seeded();
    let acme = world.acme();
    let owner = world.staff(&acme, "owner", &OWNER);
    world.staff(&acme, "peer", &OWNER);
    let cases: [(&Jar, String, &str); 3] = [
        (&owner, id_of(&world, "peer@staff.example"), "Cannot manage a user at or above your own priority."),
        (&world.staff_login(ADMIN), id_of(&world, SUPERADMIN), "Only super administrators can modify super administrator accounts."),
        (&world.staff(&acme, "low", &["auth.*"]), id_of(&world, "peer@staff.example"), "Cannot manage a user at or above your own priority."),
    ];
    for (jar, id, text) in &cases {
        for verb in VERBS.into_iter().chain(["unlock"]) {
            post(&world, jar, id, verb).is(403, text);
        }
        delete(&world, jar, id).is(403, text);
        update(&world, jar, id, json!({"name": "x"})).is(403, text);
        assert_eq!(world.count(&format!("staff_users WHERE id = '{id}' AND updated_at IS NULL AND is_active = 1")), 1);
    }
    let platform = world.staff_login(SUPERADMIN);
    post(&world, &platform, &cases[0].1, "suspend").ok(200);
}

/// The decision is held in the batch: who rises meanwhile is decided upon again.
#[test]
fn a_person_who_rises_meanwhile_is_out_of_reach() {
    let rise = "UPDATE staff_roles SET priority = 650 WHERE slug = 'employee'";
    for verb in ["suspend", "force-logout", "one-time-password"] {
        let world = World::seeded();
        let owner = world.staff(&world.acme(), "owner", &OWNER);
        world.database.before_next_write(rise);
        post(&world, &owner, &employee(&world), verb).is(403, "Cannot manage a user at or above your own priority.");
        assert_eq!(world.count("staff_users WHERE is_active = 0 OR must_change_password = 1"), 0, "{verb}");
    }
    let world = World::seeded();
    let owner = world.staff(&world.acme(), "owner", &OWNER);
    world.database.before_next_write(rise);
    delete(&world, &owner, &employee(&world)).ok(403);
    world.database.before_next_write(rise);
    assert_eq!(world.count("staff_users WHERE deleted_at IS NOT NULL"), 0);
}

/// The last super admin stays, whichever way somebody would be taken away.
#[test]
fn the_last_super_admin_stays() {
    let world = World::seeded();
    let platform = world.staff_login(SUPERADMIN);
    let other = super::created(&world, &platform, "other@acme.com", json!({"roles": ["superadmin"]}));
    // Only the other is able to act; the caller's own account stops counting once it has no password.
    world.arrange(&format!("UPDATE staff_users SET password_hash = NULL WHERE email = '{SUPERADMIN}'"));
    for verb in ["suspend", "lock"] {
        post(&world, &platform, &other, verb).is(409, "The last super administrator cannot be removed.");
    }
    delete(&world, &platform, &other).is(409, "The last super administrator cannot be removed.");
    update(&world, &platform, &other, json!({"roles": ["employee"]})).is(409, "The last super administrator cannot be removed.");
    world.arrange(&format!("UPDATE staff_users SET password_hash = 'x' WHERE email = '{SUPERADMIN}'"));
    update(&world, &platform, &other, json!({"roles": ["employee"]})).ok(200);
    let after: Value = super::item(&world, &platform, &other);
    assert_eq!(after["roles"], json!(["employee"]));
}
