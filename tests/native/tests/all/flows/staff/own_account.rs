//! What members of staff do with their own account: address, password, devices.

use portcullis_tests::{
    Jar, Req, Res, World,
    cases::claims,
    people::PASSWORD,
    staff::{ADMIN, EMPLOYEE, SUPERADMIN},
};
use serde_json::{Value, json};

use super::{id_of, login, logout, profile, refresh};

const NEW: &str = "a new and fine passphrase";

fn update(world: &World, jar: &Jar, body: Value) -> Res {
    world.send(Req::put("/api/auth/profile").jar(jar).json(body))
}

fn paths(res: &Res) -> Vec<String> {
    res.json()["issues"].as_array().unwrap().iter().map(|issue| issue["path"][0].as_str().unwrap().to_owned()).collect()
}

/// TC-AUTH-018: the old password and the old sessions are dead, and the caller has a new one.
#[test]
fn tc_auth_018_a_password_change_ends_what_was_and_opens_a_session_anew() {
    let world = World::seeded();
    let remembered = login(&world, json!({"remember": true}));
    let (other, jar) = (world.staff_login(ADMIN), Jar::of(&remembered));
    let res = update(&world, &jar, json!({"currentPassword": PASSWORD, "password": NEW}));
    assert_eq!(res.ok(200).json(), json!({"ok": true, "email": ADMIN}));
    for dead in [&other, &jar] {
        profile(&world, dead).ok(401);
        refresh(&world, dead.get("session_token")).ok(401);
    }
    login(&world, json!({})).ok(401);
    let fresh = Jar::of(&res);
    profile(&world, &fresh).ok(200);
    refresh(&world, fresh.get("session_token")).ok(200);
    assert_eq!(world.count("staff_user_sessions WHERE deleted_at IS NULL AND remember = 1"), 1, "remembered as before");
    assert_ne!(jar.get("staff_device"), fresh.get("staff_device"), "a device of before is nobody's");
    login(&world, json!({"password": NEW})).ok(200);
    assert_eq!(world.inbox(ADMIN)[0]["subject"], "Your password was changed");
    assert_eq!(world.inbox(ADMIN)[0]["links"], json!([]), "no portal is theirs");
    assert_eq!(world.count("event_outbox WHERE name = 'auth.password.changed'"), 1);
}

/// TC-AUTH-019: errors name the field.
#[test]
fn tc_auth_019_a_change_wants_the_current_password() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    for (body, path) in [
        (json!({}), "email"),
        (json!({"password": NEW}), "currentPassword"),
        (json!({"currentPassword": PASSWORD}), "password"),
        (json!({"currentPassword": PASSWORD, "password": "short"}), "password"),
        (json!({"currentPassword": PASSWORD, "password": ADMIN}), "password"),
        (json!({"currentPassword": PASSWORD, "password": "x".repeat(257)}), "password"),
        (json!({"email": "no address"}), "email"),
        (json!({"password": 7, "currentPassword": PASSWORD}), "password"),
    ] {
        let res = update(&world, &jar, body.clone());
        res.is(400, "Invalid profile update.");
        assert_eq!(paths(&res), [path], "{body}");
    }
    let hashes = world.hasher.count.get();
    let wrong = update(&world, &jar, json!({"currentPassword": "not the password", "password": NEW}));
    wrong.is(400, "Current password is incorrect.");
    assert_eq!((paths(&wrong), world.hasher.count.get() - hashes), (vec!["currentPassword".to_owned()], 1));
    login(&world, json!({})).ok(200);
}

/// Who guesses in front of somebody else's open session gets five tries.
#[test]
fn the_fifth_wrong_guess_ends_the_session() {
    let world = World::seeded();
    let (jar, other) = (world.staff_login(ADMIN), world.staff_login(ADMIN));
    for _ in 0..5 {
        update(&world, &jar, json!({"currentPassword": "not the password", "password": NEW})).ok(400);
    }
    update(&world, &jar, json!({"currentPassword": PASSWORD, "password": NEW})).ok(401);
    profile(&world, &other).ok(200);
}

#[test]
fn an_address_changes_with_its_links_and_its_token() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    world.send(Req::post("/api/auth/reset").json(json!({"email": ADMIN}))).ok(200);
    let old_link = world.staff_link(ADMIN);
    let res = update(&world, &jar, json!({"email": "Renamed@Acme.com", "isSuperAdmin": true, "roles": ["superadmin"]}));
    assert_eq!(res.ok(200).json(), json!({"ok": true, "email": "renamed@acme.com"}));
    let fresh = Jar::of(&res);
    assert_eq!(claims(fresh.get("auth_token"))["email"], "renamed@acme.com");
    assert_eq!(
        profile(&world, &jar).ok(200).json(),
        json!({"email": "renamed@acme.com", "name": "Anton Admin", "roles": ["admin"]}),
        "the session goes on"
    );
    world.send(Req::post("/api/auth/reset/confirm").json(json!({"token": old_link, "password": NEW}))).is(400, "Invalid or expired token");
    login(&world, json!({})).ok(401);
    login(&world, json!({"email": "renamed@acme.com"})).ok(200);
    let detail = world.value("SELECT detail FROM audit_log WHERE action = 'profile.updated'");
    assert!(!detail.as_str().unwrap().contains("renamed@"), "{detail}");
    assert_eq!(world.count("event_outbox WHERE name = 'auth.user.updated'"), 1);
    let told = world.value("SELECT json_group_array(recipient) FROM mail_outbox WHERE template = 'address_changed'");
    assert_eq!(told, json!([ADMIN]).to_string(), "the address that was hears of it, and no other");

    let taken = update(&world, &jar, json!({"email": EMPLOYEE}));
    taken.is(400, "Email already in use");
    assert_eq!(taken.json()["details"][0]["path"], json!(["email"]));
    assert_eq!(update(&world, &jar, json!({"email": "renamed@acme.com"})).ok(200).json()["email"], "renamed@acme.com", "nothing to change");
}

#[test]
fn ones_own_name_is_changed_and_nothing_else_with_it() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    let own = |columns: &str| world.value(&format!("SELECT json_array({columns}) FROM staff_users WHERE email = '{ADMIN}'"));
    let rest =
        || own("id, tenant_id, email, email_hash, password_hash, email_verified_at, is_active, must_change_password, updated_at, credential_epoch");
    let (before, held) = (rest(), world.count("staff_memberships"));
    let id = id_of(&world, ADMIN);
    let sneaky = json!({
        "name": "  Änne Admin ", "displayName": "Other", "id": id_of(&world, EMPLOYEE), "userId": id_of(&world, EMPLOYEE), "isSuperAdmin": true,
        "roles": ["superadmin"], "features": ["*"], "isActive": false, "emailVerified": true, "updatedAt": 1, "organizationId": null,
    });
    let res = update(&world, &jar, sneaky);
    assert_eq!(res.ok(200).json(), json!({"ok": true, "email": ADMIN}));
    assert_eq!((res.spent().d1, res.spent().hash), (3, 0));
    assert_eq!(own("display_name, name_folded"), json!("[\"Änne Admin\",\"anne admin\"]"));
    assert_eq!((rest(), world.count("staff_memberships")), (before, held));
    assert_eq!(world.count("staff_users WHERE display_name IN ('Other', 'Änne Admin')"), 1);
    let told = profile(&world, &jar).ok(200).json();
    assert_eq!(told, json!({"email": ADMIN, "name": "Änne Admin", "roles": ["admin"]}), "the session goes on");
    profile(&world, &Jar::of(&res)).ok(200);
    let trail = |column: &str| world.value(&format!("SELECT json_group_array({column}) FROM audit_log WHERE action = 'profile.updated'"));
    assert_eq!(trail("target_id || actor_id"), json!(json!([format!("{id}{id}")]).to_string()));
    assert_eq!(trail("json(detail)"), json!(json!([{"name": {"before": "Anton Admin", "after": "Änne Admin"}}]).to_string()));
    assert_eq!(world.count(&format!("event_outbox WHERE name = 'auth.user.updated' AND payload LIKE '%{id}%'")), 1);
    assert_eq!(world.count("mail_outbox"), 0, "a name is nobody's proof of anything");

    // Nothing to change is nothing to tell of.
    update(&world, &jar, json!({"name": "Änne Admin "})).ok(200);
    assert_eq!((world.count("audit_log WHERE action = 'profile.updated'"), world.count("event_outbox WHERE name = 'auth.user.updated'")), (1, 1));
    // Found by it, by those who look for people.
    let found = world.send(Req::get("/api/auth/users?search=änne").jar(&world.staff_login(SUPERADMIN))).ok(200).json();
    assert_eq!(found["items"].as_array().unwrap().iter().map(|item| item["email"].clone()).collect::<Vec<_>>(), [json!(ADMIN)]);
}

#[test]
fn a_name_that_is_none_is_refused_with_all_that_came_with_it() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    for (body, path) in [
        (json!({"name": ""}), "name"),
        (json!({"name": " \u{a0}\t "}), "name"),
        (json!({"name": null}), "name"),
        (json!({"name": "x".repeat(121)}), "name"),
        (json!({"name": 7, "email": ADMIN}), "name"),
        (json!({"name": "Fine", "password": NEW}), "currentPassword"),
        (json!({"name": "Fine", "email": "no address"}), "email"),
    ] {
        let res = update(&world, &jar, body.clone());
        res.is(400, "Invalid profile update.");
        assert_eq!(paths(&res), [path], "{body}");
    }
    assert_eq!(profile(&world, &jar).ok(200).json()["name"], "Anton Admin");
    update(&world, &jar, json!({"name": "x".repeat(120)})).ok(200);
    assert_eq!(world.count("audit_log WHERE action = 'profile.updated'"), 1);
}

#[test]
fn a_name_and_an_address_are_one_change() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    let both = |email: &str| update(&world, &jar, json!({"email": email, "name": "Renamed"}));
    both(EMPLOYEE).is(400, "Email already in use");
    assert_eq!(profile(&world, &jar).ok(200).json()["name"], "Anton Admin", "both or neither");
    both("renamed@acme.com").ok(200);
    assert_eq!(profile(&world, &jar).ok(200).json()["name"], "Renamed");
    assert_eq!((world.count("audit_log WHERE action = 'profile.updated'"), world.count("event_outbox WHERE name = 'auth.user.updated'")), (1, 1));
    let password = json!({"name": "Correct Horse", "currentPassword": PASSWORD, "password": "correct horse"});
    assert_eq!(paths(&update(&world, &jar, password)), ["password"], "not the name that one is just taking");
}

#[test]
fn an_address_and_a_password_change_together_or_not_at_all() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    let both = |email: &str| update(&world, &jar, json!({"email": email, "currentPassword": PASSWORD, "password": NEW}));
    both(EMPLOYEE).is(400, "Email already in use");
    login(&world, json!({})).ok(200);
    both("renamed@acme.com").ok(200);
    login(&world, json!({"email": "renamed@acme.com", "password": NEW})).ok(200);
}

/// A one-time password's session chooses another password, or logs out; nothing else.
#[test]
fn a_one_time_password_is_changed_first() {
    let world = World::seeded();
    world.arrange(&format!("UPDATE staff_users SET must_change_password = 1 WHERE email = '{ADMIN}'"));
    let jar = Jar::of(&login(&world, json!({})));
    for req in [Req::get("/api/auth/profile"), Req::get("/api/auth/sessions"), Req::get("/api/auth/notifications"), Req::get("/api/auth/features")] {
        assert_eq!(world.send(req.jar(&jar)).ok(403).json()["code"], "PASSWORD_CHANGE_REQUIRED");
    }
    assert_eq!(update(&world, &jar, json!({"email": "else@acme.com"})).ok(403).json()["code"], "PASSWORD_CHANGE_REQUIRED");
    assert_eq!(update(&world, &jar, json!({"name": "Else"})).ok(403).json()["code"], "PASSWORD_CHANGE_REQUIRED");
    let sneaky = json!({"email": "else@acme.com", "name": "Else", "currentPassword": PASSWORD, "password": NEW});
    let res = update(&world, &jar, sneaky);
    assert_eq!(res.ok(200).json()["email"], ADMIN, "the address stays until then");
    let fresh = Jar::of(&res);
    assert_eq!(claims(fresh.get("auth_token"))["roles"], json!(["admin"]));
    assert_eq!(profile(&world, &fresh).ok(200).json()["name"], "Anton Admin", "and the name");
    assert_eq!(login(&world, json!({"password": NEW})).ok(200).json().get("mustChangePassword"), None);
    logout(&world, &fresh).ok(307);
}

#[test]
fn ones_own_devices_are_listed_and_ended() {
    let world = World::seeded();
    let (first, second, third) = (world.staff_login(ADMIN), world.staff_login(ADMIN), world.staff_login(ADMIN));
    let list = |jar: &Jar| world.send(Req::get("/api/auth/sessions").jar(jar)).ok(200).json()["sessions"].as_array().unwrap().clone();
    let sessions = list(&first);
    assert_eq!(sessions.len(), 3);
    assert_eq!(
        sessions[0].as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>(),
        ["createdAt", "expiresAt", "id", "ipAddress", "isCurrent", "lastUsedAt", "organizationId", "remember", "tenantId", "userAgent"]
    );
    let sid = |jar: &Jar| claims(jar.get("auth_token"))["sid"].as_str().unwrap().to_owned();
    let current: Vec<_> = sessions.iter().filter(|s| s["isCurrent"] == true).map(|s| s["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(current, [sid(&first)]);
    let end = |jar: &Jar, id: &str| world.send(Req::delete(&format!("/api/auth/sessions/{id}")).jar(jar));
    end(&first, &sid(&first)).is(400, "Cannot revoke current session. Use logout instead.");
    end(&first, &sid(&second)).ok(200);
    end(&first, &sid(&second)).is(404, "Session not found");
    end(&first, &sid(&world.staff_login(SUPERADMIN))).is(404, "Session not found");
    profile(&world, &second).ok(401);
    let others = world.send(Req::delete("/api/auth/sessions").jar(&first)).ok(200).json();
    assert_eq!(others, json!({"ok": true, "count": 1}));
    profile(&world, &third).ok(401);
    profile(&world, &first).ok(200);
    world.send(Req::get("/api/auth/profile").jar(&world.staff_login(SUPERADMIN))).ok(200);
    assert_eq!(world.count("event_outbox WHERE name = 'auth.session.ended'"), 2);
    assert_eq!(
        world.count(&format!("audit_log WHERE actor_id = '{}' AND action IN ('session.revoked', 'sessions.revoked')", id_of(&world, ADMIN))),
        2
    );
}

/// TC-AUTH-024: features with id and title, and none for an employee.
#[test]
fn tc_auth_024_features_are_for_those_who_grant_them() {
    let world = World::seeded();
    let features = |email: &str| world.send(Req::get("/api/auth/features").jar(&world.staff_login(email)));
    let body = features(ADMIN).ok(200).json();
    let items = body["items"].as_array().unwrap();
    assert!(items.iter().any(|item| item["id"] == "auth.users.list") && items.iter().all(|item| item["title"].is_string()));
    assert!(!items.iter().any(|item| item["id"].as_str().unwrap().starts_with("portal.")), "the other realm's");
    let res = features(EMPLOYEE);
    assert_eq!(res.is(403, "Forbidden").json()["requiredFeatures"], json!(["auth.acl.manage"]));
}
