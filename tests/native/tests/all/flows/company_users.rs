//! The people of a company among themselves: TC-PORTAL-003, 004, 005.

use portcullis_tests::{
    Req, World,
    people::{ADMIN, BUYER},
};
use serde_json::{Value, json};

use super::CA;

const COMPANY: &str = "0190f5fe-7c00-7a00-8000-00000000c0de";

/// The seeded people and `more` others in one company, and the portal admin signed in.
fn company(more: usize) -> (World, portcullis_tests::Jar) {
    let world = World::seeded();
    let acme = world.acme();
    for n in 0..more {
        world.add_user(&acme, &format!("peer{n}@acme.example"), "viewer");
        world.advance_seconds(1);
    }
    world.arrange(&format!("UPDATE customer_users SET customer_entity_id = '{COMPANY}'"));
    let jar = world.login(ADMIN);
    (world, jar)
}

fn users(world: &World, jar: &portcullis_tests::Jar, query: &str) -> Value {
    world.send(Req::get(&format!("{CA}/portal/users{query}")).jar(jar)).ok(200).json()
}

/// The named roles of acme.
fn role(world: &World, slug: &str) -> Value {
    world.value(&format!("SELECT id FROM customer_roles WHERE slug = '{slug}' AND organization_id = '{}'", world.acme().organization))
}

#[test]
fn tc_portal_003_the_list_is_the_companys_in_pages_newest_first() {
    let (world, jar) = company(30);
    world.add_user(&world.acme(), "stranger@acme.example", "viewer");
    let first = users(&world, &jar, "");
    assert_eq!((&first["page"], &first["pageSize"], &first["total"], &first["totalPages"]), (&json!(1), &json!(25), &json!(33), &json!(2)));
    let emails = |page: &Value| page["users"].as_array().unwrap().iter().map(|u| u["email"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let second = users(&world, &jar, "?page=2");
    let (one, two) = (emails(&first), emails(&second));
    assert_eq!((one.len(), two.len()), (25, 8));
    assert!(two.iter().all(|email| !one.contains(email)), "pages do not overlap");
    assert!(!one.contains(&"stranger@acme.example".to_owned()) && !two.contains(&"stranger@acme.example".to_owned()));
    assert_eq!(one[0], "peer29@acme.example");
    let clamped = users(&world, &jar, "?page=0&pageSize=500");
    assert_eq!((&clamped["page"], &clamped["pageSize"]), (&json!(1), &json!(100)));
    world.arrange(&format!("UPDATE customer_users SET customer_entity_id = NULL WHERE email = '{ADMIN}'"));
    world.send(Req::get(&format!("{CA}/portal/users")).jar(&jar)).is(403, "No company association");
}

#[test]
fn tc_portal_004_a_peer_is_removed_with_all_sessions_and_oneself_never() {
    let (world, jar) = company(0);
    let me = world.user_id(ADMIN);
    world.send(Req::delete(&format!("{CA}/portal/users/{me}")).jar(&jar)).is(400, "Cannot delete your own account");
    world.send(Req::get(&format!("{CA}/portal/profile")).jar(&jar)).ok(200);

    let peer = world.login(BUYER);
    let id = world.user_id(BUYER);
    world.send(Req::delete(&format!("{CA}/portal/users/{id}")).jar(&peer)).is(403, "Insufficient permissions");
    world.send(Req::delete(&format!("{CA}/portal/users/0190f5fe-7c00-7a00-8000-000000000bad")).jar(&peer)).is(403, "Insufficient permissions");
    world.send(Req::delete(&format!("{CA}/portal/users/{id}")).jar(&jar)).ok(200);
    world.send(Req::get(&format!("{CA}/portal/profile")).jar(&peer)).is(401, "Authentication required");
    assert_eq!(world.count(&format!("customer_user_sessions WHERE user_id = '{id}' AND deleted_at IS NULL")), 0);
    world.send(Req::delete(&format!("{CA}/portal/users/{id}")).jar(&jar)).is(404, "User not found");
}

#[test]
fn tc_portal_005_roles_are_replaced_and_only_assignable_ones_are_given() {
    let (world, jar) = company(0);
    let path = format!("{CA}/portal/users/{}/roles", world.user_id(BUYER));
    let put = |roles: Value| world.send(Req::put(&path).json(json!({"roleIds": roles})).jar(&jar));
    put(json!([role(&world, "portal_admin")])).is(400, "Role not found or not assignable");
    put(json!(["0190f5fe-7c00-7a00-8000-000000000bad"])).is(400, "Role not found or not assignable");
    put(json!([])).is(400, "Validation failed");
    put(json!([role(&world, "viewer"), role(&world, "viewer")])).ok(200);
    let list = users(&world, &jar, "");
    let buyer = list["users"].as_array().unwrap().iter().find(|u| u["email"] == BUYER).unwrap();
    assert_eq!(buyer["roles"].as_array().unwrap().iter().map(|r| r["slug"].clone()).collect::<Vec<_>>(), ["viewer"]);
    let peer = world.login(BUYER);
    world.send(Req::put(&path).json(json!({"roleIds": [role(&world, "viewer")]})).jar(&peer)).is(403, "Insufficient permissions");
    let told = world.send(Req::get(&format!("{CA}/portal/notifications")).jar(&peer)).ok(200).json();
    assert_eq!(told["items"][0]["type"], "customer_accounts.roles.changed");
}

#[test]
fn tc_auth_024_an_access_token_alone_dies_with_an_administrators_reset() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    let token = jar.get("customer_auth_token").to_owned();
    let check = || world.send(Req::post(&format!("{CA}/portal/feature-check")).json(json!({"features": ["portal.orders.view"]})).bearer(&token));
    check().ok(200);
    let owner = world.persona("owner");
    world.advance_seconds(2);
    let path = format!("{CA}/admin/users/{}/reset-password", world.user_id(BUYER));
    world.send(Req::post(&path).json(json!({"newPassword": "another fine passphrase"})).jar(&owner.jar)).ok(200);
    check().is(401, "Authentication required");
}

#[test]
fn tc_auth_031_a_magic_link_is_promised_to_everybody() {
    let world = World::seeded();
    for email in [BUYER, "nobody@acme.example"] {
        let body = json!({"email": email, "tenantId": world.acme().tenant});
        let answer = world.send(Req::post(&format!("{CA}/magic-link/request")).json(body)).ok(200).json();
        assert_eq!(answer, json!({"ok": true}));
    }
    assert_eq!((world.inbox(BUYER).len(), world.inbox("nobody@acme.example").len()), (1, 0));
}

/// Product rule 5: managing users is less than being their admin.
#[test]
fn a_manager_neither_removes_nor_demotes_a_portal_admin() {
    let (world, _) = company(0);
    world.arrange(&format!(
        "INSERT INTO customer_user_acls (id, user_id, tenant_id, features_json, created_at) VALUES ('acl', '{}', '{}', '[\"portal.users.*\"]', 1)",
        world.user_id(BUYER),
        world.acme().tenant
    ));
    let manager = world.login(BUYER);
    let admin = format!("{CA}/portal/users/{}", world.user_id(ADMIN));
    world.send(Req::delete(&admin).jar(&manager)).is(403, "Insufficient permissions");
    let body = json!({"roleIds": [role(&world, "viewer")]});
    world.send(Req::put(&format!("{admin}/roles")).json(body).jar(&manager)).is(403, "Insufficient permissions");
    world.login(ADMIN);
    world.send(Req::delete(&format!("{CA}/portal/users/{}", world.user_id("viewer@portal.acme.com"))).jar(&manager)).ok(200);
}
