//! Who may do what to whom: TC-AUTH-054, D3, D4.

use portcullis_tests::{
    Req, World, cases,
    people::{ADMIN, BUYER},
    staff::OWNER,
};
use serde_json::{Value, json};

use super::super::CA;
use super::{NOBODY, list, owner, post, put, users};

/// Every route about one account, with a body where it takes one.
fn item_routes(world: &World, id: &str) -> Vec<Req> {
    let path = |rest: &str| users(&format!("/{id}{rest}"));
    vec![
        Req::get(&path("")),
        Req::put(&path("")).json(json!({"displayName": "Taken", "isActive": false})),
        Req::delete(&path("")),
        Req::post(&path("/reset-password")).json(json!({"newPassword": "another fine passphrase"})),
        Req::post(&path("/one-time-password")),
        Req::post(&path("/send-reset-link")),
        Req::post(&path("/verify-email")),
        Req::post(&path("/unlock")),
        Req::post(&path("/force-logout")),
        Req::get(&path("/sessions")),
        Req::delete(&path(&format!("/sessions/{}", cases::session_id(&world.login(BUYER))))),
        Req::get(&path("/acl")),
        Req::put(&path("/acl")).json(json!({"features": []})),
        Req::delete(&path("/acl")),
    ]
}

/// TC-AUTH-054, D3.
#[test]
fn tc_auth_054_another_organizations_account_is_not_found_and_unchanged() {
    let world = World::seeded();
    let rival = world.staff(&world.found("globex"), "rival", &OWNER);
    // The same tenant, another organization.
    let acme = world.acme();
    world.arrange(&format!(
        "INSERT INTO organizations (id, tenant_id, name, slug, created_at) VALUES ('0190f5fe-7c00-7a00-8000-0000000000b0', '{}', 'B', 'b', 1)",
        acme.tenant
    ));
    let sister = world.staff(&world.place("b"), "sister", &OWNER);
    let user = world.user_id(BUYER);
    for jar in [&rival, &sister] {
        for (theirs, nobodys) in item_routes(&world, &user).into_iter().zip(item_routes(&world, NOBODY)) {
            let before = world.dump(|table| table.starts_with("customer_"));
            let what = format!("{} {}", theirs.request.method, theirs.request.path);
            let (mut foreign, mut missing) = (world.send(theirs.jar(jar)), world.send(nobodys.jar(jar)));
            foreign.is(404, "User not found");
            for res in [&mut foreign, &mut missing] {
                let mut body = res.json();
                body["requestId"] = "masked".into();
                res.body = serde_json::to_vec(&body).unwrap();
                res.headers.retain(|(name, _)| !matches!(name.as_str(), "x-request-id" | "x-ratelimit-remaining"));
            }
            assert_eq!((foreign.body, foreign.headers), (missing.body, missing.headers), "{what}");
            assert!(before == world.dump(|table| table.starts_with("customer_")), "{what} changed something");
        }
        assert_eq!(list(&world, jar, "?search=bruno")["total"], 0);
        assert_eq!(list(&world, jar, "")["total"], 0);
    }
    let jar = owner(&world);
    for req in item_routes(&world, &user).into_iter().filter(|req| req.request.method != http::Method::DELETE) {
        let what = req.request.path.clone();
        assert_eq!(world.send(req.jar(&jar)).status, 200, "{what}");
    }
}

#[test]
fn each_feature_opens_its_own_routes() {
    let world = World::seeded();
    let view = world.staff(&world.acme(), "view", &["customer_accounts.view"]);
    let user = world.user_id(BUYER);
    for req in item_routes(&world, &user) {
        let readable = req.request.method == http::Method::GET && !req.request.path.ends_with("/acl");
        let what = format!("{} {}", req.request.method, req.request.path);
        let res = world.send(req.jar(&view));
        assert_eq!(res.status, if readable { 200 } else { 403 }, "{what}");
        if !readable {
            res.is(403, "Insufficient permissions");
        }
    }
    list(&world, &view, "");
    post(&world, &view, &users(""), json!({})).is(403, "Insufficient permissions");
    world.send(Req::get(&users(""))).is(401, "Unauthorized");
    world.send(Req::get(&users("")).jar(&world.login(ADMIN))).is(401, "Unauthorized");
    let staff_at_the_portal = world.send(Req::get(&format!("{CA}/portal/profile")).bearer(view.get("auth_token")));
    staff_at_the_portal.is(401, "Authentication required");
}

/// D4: what is not a field changes nothing.
#[test]
fn no_mass_assignment() {
    let world = World::seeded();
    let jar = owner(&world);
    let extra = json!({"id": NOBODY, "tenantId": world.acme().tenant, "organizationId": NOBODY, "passwordHash": "x", "password": "a fine passphrase", "isPortalAdmin": true,
        "emailVerifiedAt": null, "credentialEpoch": 99, "failedLoginAttempts": 9, "createdAt": "2020-01-01T00:00:00Z", "deletedAt": "2020-01-01T00:00:00Z",
        "search_name": "[]"});
    let row = || world.rows(&format!("SELECT * FROM customer_users WHERE email = '{BUYER}'"))[0].clone();
    let mut before = row();
    put(&world, &jar, BUYER, extra.clone()).ok(200);
    before["updated_at"] = row()["updated_at"].clone();
    assert_eq!(row(), before);
    let mut body = extra;
    body.as_object_mut().unwrap().extend(json!({"email": "made@acme.example", "displayName": "Made"}).as_object().unwrap().clone());
    post(&world, &jar, &users(""), body).ok(201);
    let made = &world.rows("SELECT * FROM customer_users WHERE email = 'made@acme.example'")[0];
    assert_ne!(made["id"], NOBODY);
    assert_eq!(
        (&made["organization_id"], &made["credential_epoch"], &made["deleted_at"]),
        (&json!(world.acme().organization), &json!(0), &Value::Null)
    );
}

/// Who lost a race decides again on what the winner left.
#[test]
fn a_role_that_goes_away_under_an_update_is_noticed() {
    let world = World::seeded();
    let jar = owner(&world);
    let role = cases::portal_role(&world, "viewer");
    world.arrange(&format!(
        "CREATE TRIGGER race AFTER UPDATE ON customer_users BEGIN UPDATE customer_roles SET deleted_at = 1 WHERE id = '{role}'; END"
    ));
    let res = put(&world, &jar, BUYER, json!({"roleIds": [role]}));
    assert_eq!(res.status, 503, "the trigger undoes itself with the batch, so the race never ends: {}", res.text());
    assert_eq!(world.count(&format!("customer_user_roles WHERE role_id = '{role}' AND user_id = '{}'", world.user_id(BUYER))), 0);
}

/// Operators support: they unlock, verify, send links and end sessions, and change nothing else.
#[test]
fn support_opens_support_actions_only() {
    let world = World::seeded();
    let helper = world.staff(&world.acme(), "helper", &["customer_accounts.view", "customer_accounts.support"]);
    let user = world.user_id(BUYER);
    for req in item_routes(&world, &user) {
        let path = req.request.path.clone();
        let support =
            ["/unlock", "/verify-email", "/send-reset-link", "/force-logout"].iter().any(|end| path.ends_with(end)) || path.contains("/sessions");
        let reads = req.request.method == http::Method::GET && !path.ends_with("/acl");
        assert_eq!(world.send(req.jar(&helper)).status != 403, support || reads, "{path}");
    }
}
