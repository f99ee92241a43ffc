//! What members of staff may do, and where.

use portcullis_tests::{
    Jar, Req, Res, World,
    cases::claims,
    people::{BUYER, PASSWORD},
    staff::{ADMIN, EMPLOYEE, SUPERADMIN, login_request},
};
use serde_json::{Value, json};

use super::{NO_ACCESS, REFUSED, id_of, profile, refresh};
use crate::flows::{self, CA};

/// TC-AUTH-015, 045: an employee administers nothing.
#[test]
fn an_employee_reaches_no_administration() {
    let world = World::seeded();
    let employee = world.staff_login(EMPLOYEE);
    profile(&world, &employee).ok(200);
    world.send(Req::get(&format!("{CA}/admin/users")).jar(&employee)).is(403, "Insufficient permissions");
    let trail = world.send(Req::get("/api/audit/logs").jar(&employee));
    trail.is(403, "Forbidden");
    assert_eq!(trail.json()["requiredFeatures"], json!(["auth.audit.view"]));
    for (email, status) in [(ADMIN, 200), (SUPERADMIN, 200)] {
        world.send(Req::get(&format!("{CA}/admin/users")).jar(&world.staff_login(email))).ok(status);
    }
}

fn check(world: &World, jar: &Jar, features: Value) -> Res {
    world.send(Req::post("/api/auth/feature-check").jar(jar).json(json!({"features": features})))
}

#[test]
fn feature_checks_answer_from_the_database() {
    let world = World::seeded();
    let admin = world.staff_login(ADMIN);
    let user = id_of(&world, ADMIN);
    let asked = json!(["auth.users.list", "directory.tenants.view", "customer_accounts.view"]);
    let granted = json!(["auth.users.list", "customer_accounts.view"]);
    assert_eq!(check(&world, &admin, asked.clone()).ok(200).json(), json!({"ok": false, "granted": granted, "userId": user}));
    assert_eq!(check(&world, &admin, json!([])).ok(200).json(), json!({"ok": true, "granted": [], "userId": user}));
    assert_eq!(check(&world, &world.staff_login(SUPERADMIN), asked.clone()).json()["granted"], asked);
    for wrong in [json!("x"), json!(vec!["a"; 51]), json!(["x".repeat(129)]), Value::Null] {
        check(&world, &admin, wrong).is(400, "Invalid request");
    }
    // In force at once: what is added, what is denied, and what a role loses.
    world.arrange(&format!(
        "INSERT INTO staff_user_acls (id, user_id, tenant_id, features_json, denied_json, created_at) \
         VALUES ('0190f5fe-7c00-7a00-8000-0000000000c1', '{user}', '{}', '[\"directory.tenants.view\"]', '[\"auth.users.*\"]', 1)",
        world.acme().tenant
    ));
    assert_eq!(check(&world, &admin, asked.clone()).json()["granted"], json!(["directory.tenants.view", "customer_accounts.view"]));
    let claims = claims(world.staff_login(ADMIN).get("auth_token"));
    assert_eq!((&claims["featuresOmitted"], claims.get("resolvedFeatures")), (&json!(true), None), "a list cannot say what is denied");
    world.arrange("UPDATE staff_role_acls SET features_json = '[]'");
    assert_eq!(check(&world, &admin, asked).json()["granted"], json!(["directory.tenants.view"]));
}

#[test]
fn a_request_that_names_another_tenant_is_refused() {
    let world = World::seeded();
    let (admin, platform, globex) = (world.staff_login(ADMIN), world.staff_login(SUPERADMIN), world.found("globex"));
    let list = |jar: &Jar, query: &str| world.send(Req::get(&format!("{CA}/admin/users?{query}")).jar(jar));
    let (own, foreign) = (format!("tenantId={}", world.acme().tenant), format!("tenantId={}", globex.tenant));
    list(&admin, &own).ok(200);
    for query in [foreign.clone(), format!("{own}&{foreign}"), "tenantId=null".into()] {
        list(&admin, &query).is(403, "Not authorized to target this tenant.");
    }
    list(&platform, &foreign).ok(200);
    let named = world.send(Req::post("/api/auth/feature-check").jar(&admin).json(json!({"features": [], "tenantId": globex.tenant})));
    named.is(403, "Not authorized to target this tenant.");
}

/// E: the two realms share neither tokens nor cookies nor people.
#[test]
fn the_realms_do_not_know_each_other() {
    let world = World::seeded();
    let (staff, customer) = (world.staff_login(ADMIN), world.login(BUYER));
    for (path, token, error) in [
        ("/api/auth/profile", customer.get("customer_auth_token"), "Unauthorized"),
        ("/api/customer_accounts/admin/users", customer.get("customer_auth_token"), "Unauthorized"),
        ("/api/customer_accounts/portal/profile", staff.get("auth_token"), "Authentication required"),
    ] {
        world.send(Req::get(path).bearer(token)).is(401, error);
    }
    // Neither under the other realm's cookie names.
    let swapped = |pairs: [(&str, &str); 2]| Jar(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    let as_staff = swapped([("auth_token", customer.get("customer_auth_token")), ("session_token", customer.get("customer_session_token"))]);
    profile(&world, &as_staff).is(401, "Unauthorized");
    refresh(&world, customer.get("customer_session_token")).is(401, "Invalid or expired refresh token");
    let as_customer = swapped([("customer_auth_token", staff.get("auth_token")), ("customer_session_token", staff.get("session_token"))]);
    flows::profile(&world, &as_customer).is(401, "Authentication required");
    flows::refresh(&world, &as_customer).is(401, "Invalid or expired session");
    // And no password works at the other door.
    world.send(login_request(BUYER, PASSWORD)).is(401, REFUSED);
    world.try_login(ADMIN, PASSWORD).is(401, REFUSED);
}

#[test]
fn a_super_admin_of_an_empty_platform_signs_in_without_an_organization() {
    let world = World::seeded();
    world.arrange("UPDATE organizations SET deleted_at = 1");
    let jar = world.staff_login(SUPERADMIN);
    assert_eq!(claims(jar.get("auth_token"))["orgId"], Value::Null);
    profile(&world, &jar).ok(200);
    refresh(&world, jar.get("session_token")).ok(200);
    assert_eq!(world.send(Req::get(&format!("{CA}/admin/users")).jar(&jar)).ok(200).json()["total"], 0);
    world.send(login_request(EMPLOYEE, PASSWORD)).is(403, NO_ACCESS);
}

/// The seed of an older build had no staff; this one adds what is missing, and nothing twice.
#[test]
fn a_database_seeded_before_gets_what_came_since() {
    let world = World::seeded();
    let employee = id_of(&world, EMPLOYEE);
    world.arrange(&format!("DELETE FROM staff_memberships WHERE user_id = '{employee}'; DELETE FROM staff_users WHERE id = '{employee}'"));
    for lose in ["", "DELETE FROM staff_memberships; DELETE FROM staff_users; DELETE FROM staff_role_acls; DELETE FROM staff_roles"] {
        world.arrange(lose);
        assert_eq!(world.send(Req::post("/dev/seed")).ok(200).json()["created"], true);
        assert_eq!((world.count("staff_users"), world.count("staff_roles"), world.count("organizations")), (3, 7, 1));
        for email in [SUPERADMIN, ADMIN, EMPLOYEE] {
            world.send(login_request(email, PASSWORD)).ok(200);
        }
        assert_eq!(world.send(Req::post("/dev/seed")).ok(200).json()["created"], false);
        world.arrange("DELETE FROM staff_user_sessions");
    }
}
