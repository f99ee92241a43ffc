//! The main job, start to end, as one person lives it.

use portcullis_tests::{Jar, Req, World, cases};
use serde_json::json;

use super::{CA, get, post, profile, refresh};

const EMAIL: &str = "nina@acme.example";
const PASSWORD: &str = "a fine passphrase";

#[test]
fn from_sign_up_to_log_out() {
    let world = World::seeded();

    let found = world.send(Req::get("/api/directory/organizations/lookup?slug=acme"));
    found.ok(200);
    let organization = found.json()["organization"]["id"].clone();
    let body = json!({"email": "Nina@Acme.Example", "password": PASSWORD, "displayName": "Nina", "organizationId": organization});
    let res = world.send(Req::post(&format!("{CA}/signup")).json(body));
    assert_eq!((res.status, res.text().as_str()), (202, r#"{"ok":true}"#));
    assert_eq!(res.all("set-cookie").count(), 0, "signing up signs nobody in");

    world.try_login(EMAIL, PASSWORD).is(401, "Invalid email or password");
    let mails = world.inbox(EMAIL);
    assert_eq!(mails.len(), 1);
    assert!(mails[0]["links"][0].as_str().unwrap().starts_with("http://127.0.0.1:8787/acme/portal/verify?token="), "{}", mails[0]["links"]);
    let token = world.mailed_token(EMAIL);
    let verified = world.verify(&token);
    assert_eq!((verified.status, verified.text().as_str()), (200, r#"{"ok":true}"#));
    assert_eq!(verified.all("set-cookie").count(), 0);
    world.verify(&token).is(400, "Invalid or expired token");

    let login = world.try_login(EMAIL, PASSWORD);
    login.ok(200);
    let mut jar = Jar::of(&login);
    let user = world.user_id(EMAIL);
    assert_eq!(
        login.json(),
        json!({"ok": true, "user": {"id": user, "email": EMAIL, "displayName": "Nina", "emailVerified": true},
            "resolvedFeatures": ["portal.account.manage", "portal.orders.*", "portal.quotes.*", "portal.invoices.view", "portal.catalog.view"]})
    );

    world.advance_seconds(2);
    let refreshed = refresh(&world, &jar);
    refreshed.ok(200);
    assert_eq!(refreshed.json(), json!({"ok": true, "resolvedFeatures": login.json()["resolvedFeatures"]}));
    jar.absorb(&refreshed);

    assert_eq!(profile(&world, &jar).ok(200).json()["user"]["email"], EMAIL);
    let checked = post(&world, "/portal/feature-check", &jar, json!({"features": ["portal.users.view", "portal.orders.place"]}));
    assert_eq!(checked.json(), json!({"ok": true, "granted": ["portal.orders.place"]}));

    let other = Jar::of(&world.try_login(EMAIL, PASSWORD));
    let listed = get(&world, "/portal/sessions", &jar).json();
    assert_eq!(listed["sessions"].as_array().unwrap().len(), 2);
    let revoked = world.send(Req::delete(&format!("{CA}/portal/sessions/{}", cases::session_id(&other))).jar(&jar));
    assert_eq!((revoked.status, revoked.text().as_str()), (200, r#"{"ok":true}"#));
    profile(&world, &other).is(401, "Authentication required");
    refresh(&world, &other).is(401, "Invalid or expired session");

    let changed = post(&world, "/portal/password-change", &jar, json!({"currentPassword": PASSWORD, "newPassword": "an even finer phrase"}));
    assert_eq!((changed.status, changed.text().as_str()), (200, r#"{"ok":true}"#));
    let before = jar.clone();
    jar.absorb(&changed);
    profile(&world, &before).is(401, "Authentication required");
    refresh(&world, &before).is(401, "Invalid or expired session");
    profile(&world, &jar).ok(200);
    world.try_login(EMAIL, PASSWORD).is(401, "Invalid email or password");

    let out = world.send(Req::post(&format!("{CA}/portal/logout")).jar(&jar));
    assert_eq!((out.status, out.text().as_str()), (200, r#"{"ok":true}"#));
    profile(&world, &jar).is(401, "Authentication required");
    refresh(&world, &jar).is(401, "Invalid or expired session");
    let mut browser = jar.clone();
    browser.absorb(&out);
    assert_eq!(browser.0.keys().collect::<Vec<_>>(), ["customer_device"], "the realm's session cookies are gone, the device stays known");

    let actions: Vec<_> =
        world.rows("SELECT action FROM audit_log ORDER BY seq").iter().map(|row| row["action"].as_str().unwrap().to_owned()).collect();
    assert_eq!(
        actions,
        [
            "development.seeded",
            "user.created",
            "login.failed",
            "email.verified",
            "login.success",
            "login.success",
            "session.revoked",
            "password.changed",
            "login.failed",
            "logout"
        ]
    );
}

#[test]
fn the_trail_is_numbered_without_gaps_per_tenant_and_each_row_carries_its_mac() {
    let world = World::seeded();
    world.persona("stranger");
    for _ in 0..3 {
        world.persona("buyer");
    }
    for tenant in world.rows("SELECT DISTINCT tenant_id FROM audit_log") {
        let tenant = tenant["tenant_id"].as_str().unwrap().to_owned();
        let seqs = world.rows(&format!("SELECT seq, mac FROM audit_log WHERE tenant_id = '{tenant}' ORDER BY seq"));
        for (index, row) in seqs.iter().enumerate() {
            assert_eq!(row["seq"], json!(index + 1));
            assert_eq!(row["mac"].as_str().unwrap().len(), 64);
        }
    }
    let connection = world.database.connection();
    assert!(connection.execute("UPDATE audit_log SET action = 'x'", []).is_err(), "append-only");
    assert!(connection.execute("DELETE FROM audit_log", []).is_err(), "append-only");
}

/// The MAC covers the row as it is stored: whoever reads it back can check it.
#[test]
fn a_stored_row_of_the_trail_verifies_and_a_changed_one_does_not() {
    let world = World::seeded();
    world.persona("buyer");
    world.try_login(portcullis_tests::people::BUYER, "wrong password");
    for row in world.rows("SELECT * FROM audit_log") {
        let detail: serde_json::Value = serde_json::from_str(row["detail"].as_str().unwrap()).unwrap();
        let canonical = |action: &serde_json::Value| {
            json!([
                row["id"],
                row["at"],
                row["realm"],
                row["tenant_id"],
                row["organization_id"],
                row["actor_kind"],
                row["actor_id"],
                action,
                row["outcome"],
                row["target_kind"],
                row["target_id"],
                detail,
                row["ip_address"],
                row["user_agent"],
                row["request_id"]
            ])
            .to_string()
        };
        assert_eq!(row["mac"], json!(world.deployment.keys.audit_mac(&canonical(&row["action"]))));
        assert_ne!(row["mac"], json!(world.deployment.keys.audit_mac(&canonical(&json!("other")))));
    }
}

#[test]
fn every_change_leaves_its_event() {
    let world = World::seeded();
    world.send(world.signup_request(EMAIL, PASSWORD)).ok(202);
    world.verify(&world.mailed_token(EMAIL)).ok(200);
    world.try_login(EMAIL, "wrong password");
    let jar = Jar::of(&world.try_login(EMAIL, PASSWORD));
    world.send(Req::put(&format!("{CA}/portal/profile")).jar(&jar).json(json!({"displayName": "N"}))).ok(200);
    post(&world, "/portal/password-change", &jar, json!({"currentPassword": PASSWORD, "newPassword": "an even finer phrase"})).ok(200);
    let (tenant, organization, id) = (world.acme().tenant, world.acme().organization, world.user_id(EMAIL));
    let events: Vec<_> = world
        .rows("SELECT name, payload FROM event_outbox ORDER BY created_at, id")
        .iter()
        .map(|row| {
            (
                row["name"].as_str().unwrap().replace("customer_accounts.", ""),
                super::admin_users::as_the_wire_has_it(row["payload"].as_str().unwrap()),
            )
        })
        .collect();
    let of = |name: &str| events.iter().find(|(n, _)| n == name).unwrap_or_else(|| panic!("no event {name} in {events:#?}")).1.clone();
    let account = json!({"id": id, "email": EMAIL, "tenantId": tenant, "organizationId": organization});
    assert_eq!(of("user.created"), account);
    assert_eq!(of("email.verified"), json!({"userId": id, "recipientUserId": id, "tenantId": tenant}));
    assert_eq!(of("login.failed"), json!({"email": EMAIL, "reason": "invalid_password", "tenantId": tenant}));
    assert_eq!(of("login.success"), account);
    let mut updated = account.clone();
    updated["recipientUserId"] = json!(id);
    updated["updatedBy"] = json!(id);
    assert_eq!(of("user.updated"), updated);
    let changed = of("password.changed");
    assert_eq!((changed["changedBy"].as_str(), &changed["changedById"], changed["userId"].as_str()), (Some("self"), &json!(null), Some(id.as_str())));
}
