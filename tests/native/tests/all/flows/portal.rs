//! One's own account in the portal: TC-PORTAL-001, 002, 006, 007.

use portcullis_tests::{
    Jar, Req, World, cases,
    people::{ADMIN, BUYER, VIEWER},
};
use serde_json::{Value, json};

use super::{CA, get, post, profile, refresh};

fn rename(world: &World, jar: &Jar, body: serde_json::Value) -> portcullis_tests::Res {
    world.send(Req::put(&format!("{CA}/portal/profile")).jar(jar).json(body))
}

/// TC-PORTAL-001.
#[test]
fn tc_portal_001_the_profile_has_its_full_shape() {
    let world = World::seeded();
    profile(&world, &Jar::default()).is(401, "Authentication required");
    let body = profile(&world, &world.login(BUYER)).ok(200).json();
    let role = world.value("SELECT id FROM customer_roles WHERE slug = 'buyer'");
    assert_eq!(
        body,
        json!({"ok": true,
            "user": {"id": world.user_id(BUYER), "email": BUYER, "displayName": "Bruno Buyer", "emailVerified": true, "customerEntityId": null,
                "personEntityId": null, "isActive": true, "lastLoginAt": "2026-11-21T04:47:42.123Z", "createdAt": "2026-11-21T04:47:42.123Z"},
            "roles": [{"id": role, "name": "Buyer", "slug": "buyer"}],
            "resolvedFeatures": ["portal.account.manage", "portal.orders.*", "portal.quotes.*", "portal.invoices.view", "portal.catalog.view"],
            "isPortalAdmin": false})
    );
    let admin = profile(&world, &world.login(ADMIN)).json();
    assert_eq!((&admin["isPortalAdmin"], &admin["resolvedFeatures"]), (&json!(true), &json!(["portal.*"])));
    // Whom staff make is verified, and no portal admin.
    let owner = world.persona("owner").jar;
    let made = json!({"email": "made@acme.example", "password": "a fine passphrase", "displayName": "Made"});
    post(&world, "/admin/users", &owner, made).ok(201);
    let made = profile(&world, &Jar::of(world.try_login("made@acme.example", "a fine passphrase").ok(200))).ok(200).json();
    assert_eq!((&made["user"]["emailVerified"], &made["isPortalAdmin"]), (&json!(true), &json!(false)));
}

/// TC-PORTAL-002.
#[test]
fn tc_portal_002_a_new_name_persists_and_an_empty_one_is_refused() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    let res = rename(&world, &jar, json!({"displayName": "Bruno"}));
    assert_eq!(res.ok(200).json(), json!({"ok": true, "user": {"id": world.user_id(BUYER), "email": BUYER, "displayName": "Bruno"}}));
    assert_eq!(profile(&world, &jar).json()["user"]["displayName"], "Bruno");
    rename(&world, &jar, json!({"displayName": ""})).is(400, "Validation failed");
    rename(&world, &jar, json!({"displayName": null})).is(400, "Validation failed");
    rename(&world, &jar, json!({"displayName": "x".repeat(256)})).is(400, "Validation failed");
    let audits = world.count("audit_log");
    assert_eq!(rename(&world, &jar, json!({})).ok(200).json()["user"]["displayName"], "Bruno");
    rename(&world, &jar, json!({"displayName": "Bruno"})).ok(200);
    assert_eq!(world.count("audit_log"), audits, "nothing changed, nothing is recorded");
    rename(&world, &jar, json!({"displayName": " "})).ok(200);
}

#[test]
fn tc_portal_002_without_the_feature_the_body_is_not_looked_at_and_the_denial_is_in_the_trail_once_a_minute() {
    let world = World::seeded();
    let jar = world.login(VIEWER);
    world.arrange("UPDATE customer_role_acls SET features_json = '[]'");
    for body in [json!({"displayName": "V"}), json!({"displayName": ""})] {
        rename(&world, &jar, body).is(403, "Insufficient permissions");
    }
    rename(&world, &world.login(ADMIN), json!({"displayName": "The flag passes"})).ok(200);
    let denied = world.rows("SELECT * FROM audit_log WHERE action = 'access.denied'");
    assert_eq!(denied.len(), 1, "collapsed per actor, route and minute");
    assert_eq!(
        (&denied[0]["actor_id"], &denied[0]["target_id"], &denied[0]["outcome"]),
        (&json!(world.user_id(VIEWER)), &json!("update_profile"), &json!("denied"))
    );
    world.advance_seconds(60);
    rename(&world, &jar, json!({"displayName": "V"}));
    assert_eq!(world.count("audit_log WHERE action = 'access.denied'"), 2);
    world
        .send(Req::put(&format!("{CA}/portal/profile")).jar(&jar).header("content-type", "application/json").bytes("{"))
        .is(400, "Invalid request body");
}

#[test]
fn a_users_own_acl_replaces_what_the_roles_grant() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    let (user, tenant) = (world.user_id(BUYER), world.acme().tenant);
    let check = || world.send(cases::feature_check(json!(["portal.orders.view", "portal.users.view"])).jar(&jar)).json()["granted"].clone();
    let acl = |features: &str, admin: i64| {
        world.arrange(&format!(
            "DELETE FROM customer_user_acls; INSERT INTO customer_user_acls (id, user_id, tenant_id, features_json, is_portal_admin, created_at) \
             VALUES ('a', '{user}', '{tenant}', '{features}', {admin}, 1)"
        ));
    };
    acl(r#"["portal.users.view"]"#, 0);
    assert_eq!(check(), json!(["portal.users.view"]));
    acl("[]", 0);
    assert_eq!(check(), json!([]), "present and empty means nothing");
    acl("[]", 1);
    assert_eq!(check(), json!(["portal.orders.view", "portal.users.view"]));
    world.arrange("UPDATE customer_user_acls SET deleted_at = 1");
    assert_eq!(check(), json!(["portal.orders.view"]), "a deleted row does not count");
}

/// TC-PORTAL-006.
#[test]
fn tc_portal_006_sessions_are_listed_newest_first_and_exactly_one_is_current() {
    let world = World::seeded();
    get(&world, "/portal/sessions", &Jar::default()).is(401, "Authentication required");
    let first = world.login(BUYER);
    world.advance_seconds(1);
    let second = world.login(BUYER);
    let sessions = get(&world, "/portal/sessions", &first).ok(200).json()["sessions"].as_array().unwrap().clone();
    assert_eq!(sessions.iter().map(|s| s["isCurrent"].as_bool().unwrap()).collect::<Vec<_>>(), [false, true]);
    let mut keys: Vec<_> = sessions[0].as_object().unwrap().keys().cloned().collect();
    keys.sort();
    assert_eq!(keys, ["createdAt", "expiresAt", "id", "ipAddress", "isCurrent", "lastUsedAt", "userAgent"]);
    assert_eq!(
        (sessions[0]["createdAt"].as_str(), sessions[0]["expiresAt"].as_str()),
        (Some("2026-11-21T04:47:43.123Z"), Some("2026-12-21T04:47:43.123Z"))
    );
    let by_bearer = world.send(Req::get(&format!("{CA}/portal/sessions")).bearer(first.get("customer_auth_token"))).json();
    assert!(by_bearer["sessions"].as_array().unwrap().iter().all(|s| s["isCurrent"] == false));

    let revoke = |id: &str| world.send(Req::delete(&format!("{CA}/portal/sessions/{id}")).jar(&first));
    revoke(&cases::session_id(&first)).is(400, "Cannot revoke current session. Use logout instead.");
    revoke(&cases::session_id(&second)).ok(200);
    revoke(&cases::session_id(&second)).is(404, "Session not found");
    profile(&world, &second).is(401, "Authentication required");
    refresh(&world, &second).is(401, "Invalid or expired session");
    for id in ["0190f5fe-7c00-7a00-8000-000000000001", "nonsense", "%27%20OR%201=1"] {
        revoke(id).is(404, "Session not found");
    }
    let theirs = world.login(ADMIN);
    revoke(&cases::session_id(&theirs)).is(404, "Session not found");
    profile(&world, &theirs).ok(200);
}

/// TC-PORTAL-007.
#[test]
fn tc_portal_007_features_exact_by_wildcard_and_by_the_flag() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    let check = |jar: &Jar, features: serde_json::Value| world.send(cases::feature_check(features).jar(jar));
    check(&Jar::default(), json!(["a"])).is(401, "Authentication required");
    let asked = json!(["portal.quotes.a.b", "portal.orders", "portal.ordersx", "portal.catalog.view", "portal.catalog", "portal.users.view"]);
    assert_eq!(check(&jar, asked.clone()).json(), json!({"ok": true, "granted": ["portal.quotes.a.b", "portal.orders", "portal.catalog.view"]}));
    assert_eq!(check(&world.login(ADMIN), asked.clone()).json()["granted"], asked);
    for (n, status) in [(0, 400), (1, 200), (100, 200), (101, 400)] {
        let res = check(&jar, json!(vec!["a.b"; n]));
        assert_eq!(res.status, status, "{n}");
        if status == 400 {
            res.is(400, "Invalid request body");
        }
    }
    for bad in [json!("a"), json!([1]), json!([""]), json!(null)] {
        check(&jar, bad).is(400, "Invalid request body");
    }
    post(&world, "/portal/feature-check", &jar, json!({})).is(400, "Invalid request body");
}

#[test]
fn signing_out_everywhere_else_leaves_the_one_that_asked() {
    let world = World::seeded();
    let others = [world.login(BUYER), world.login(BUYER)];
    let stranger = world.login(ADMIN);
    let me = world.login(BUYER);
    let others_out = |jar: &Jar| post(&world, "/portal/sessions/revoke-others", jar, json!({}));
    assert_eq!(others_out(&me).ok(200).json(), json!({"ok": true, "revoked": 2}));
    for jar in &others {
        profile(&world, jar).is(401, "Authentication required");
        super::refresh(&world, jar).is(401, "Invalid or expired session");
    }
    profile(&world, &me).ok(200);
    super::refresh(&world, &me).ok(200);
    profile(&world, &stranger).ok(200);
    let told = world.rows("SELECT payload FROM event_outbox WHERE name = 'customer_accounts.session.ended'");
    let payload: Value = serde_json::from_str(told[0]["payload"].as_str().unwrap()).unwrap();
    assert_eq!((told.len(), &payload["except"], &payload["all"]), (1, &json!(portcullis_tests::cases::session_id(&me)), &json!(true)));
    assert_eq!(world.count("audit_log WHERE action = 'sessions.revoked'"), 1);
    assert_eq!(others_out(&me).ok(200).json()["revoked"], 0, "again is no harm");
    others_out(&Jar::default()).is(401, "Authentication required");
}
