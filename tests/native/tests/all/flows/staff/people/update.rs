//! Changing and deleting accounts of staff.

use portcullis_tests::{
    Req, World,
    people::PASSWORD,
    staff::{ADMIN, EMPLOYEE, OWNER, SUPERADMIN, login_request},
};
use serde_json::{Value, json};

use super::{MISSING, USERS, created, delete, employee, item, send, update};
use crate::flows::staff::profile;

/// CRUDFORM-002: every field reads back; what is not named stays.
#[test]
fn crudform_002_fields_round_trip() {
    let world = World::seeded();
    let jar = world.staff_login(ADMIN);
    let id = created(&world, &jar, "nina@acme.com", json!({"name": "Nina", "roles": ["employee"]}));
    update(&world, &jar, &id, json!({"name": "Nina Renamed"})).ok(200);
    let shown = item(&world, &jar, &id);
    assert_eq!((&shown["name"], &shown["email"], &shown["roles"]), (&json!("Nina Renamed"), &json!("nina@acme.com"), &json!(["employee"])));
    assert!(shown["updatedAt"].is_string());
    update(&world, &jar, &id, json!({"email": "Else@Acme.com", "roles": ["cashier", "employee"], "isSuperAdmin": true, "isActive": false})).ok(200);
    let shown = item(&world, &jar, &id);
    assert_eq!((&shown["email"], &shown["roles"], &shown["isActive"]), (&json!("else@acme.com"), &json!(["cashier", "employee"]), &json!(true)));
    update(&world, &jar, &id, json!({"name": null, "roles": []})).ok(200);
    let shown = item(&world, &jar, &id);
    assert_eq!((&shown["name"], &shown["roles"], &shown["organizationName"]), (&Value::Null, &json!([]), &json!("Acme")));
    world
        .send(login_request("else@acme.com", PASSWORD))
        .is(403, "You do not have permission to access this area. Please contact your administrator.");
    update(&world, &jar, &id, json!({"email": EMPLOYEE})).is(400, "Email already in use");
    update(&world, &jar, &id, json!({"email": "no"})).is(400, "Invalid input");
    update(&world, &jar, super::NOBODY, json!({"name": "x"})).is(404, MISSING);
    let trail = world.rows("SELECT detail FROM audit_log WHERE action = 'user.updated' ORDER BY seq");
    assert_eq!(trail.len(), 3);
    assert!(trail.iter().all(|row| !row["detail"].as_str().unwrap().contains("else@")), "{trail:?}");
}

#[test]
fn a_role_given_and_taken_is_told_and_in_force_at_once() {
    let world = World::seeded();
    let (jar, theirs, id) = (world.staff_login(ADMIN), world.staff_login(EMPLOYEE), employee(&world));
    send(&world, &theirs, Req::get(USERS)).ok(403);
    update(&world, &jar, &id, json!({"roles": ["owner"]})).ok(200);
    send(&world, &theirs, Req::get(USERS)).ok(200);
    let told = send(&world, &theirs, Req::get("/api/auth/notifications")).json();
    let mut kinds: Vec<&str> = told["items"].as_array().unwrap().iter().map(|notice| notice["type"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["auth.role.assigned", "auth.role.revoked"]);
    update(&world, &jar, &id, json!({"roles": ["employee"]})).ok(409);
    world.staff(&world.acme(), "another", &OWNER);
    world.arrange(
        "UPDATE staff_memberships SET role_id = (SELECT id FROM staff_roles WHERE slug = 'owner') \
         WHERE user_id = (SELECT id FROM staff_users WHERE email = 'another@staff.example')",
    );
    update(&world, &jar, &id, json!({"roles": ["employee"]})).ok(200);
    send(&world, &theirs, Req::get(USERS)).ok(403);
}

#[test]
fn a_password_that_is_set_ends_every_session() {
    let world = World::seeded();
    let (jar, theirs, id) = (world.staff_login(ADMIN), world.staff_login(EMPLOYEE), employee(&world));
    assert_eq!(update(&world, &jar, &id, json!({"password": "short"})).is(400, "Invalid input").json()["details"][0]["path"], json!(["password"]));
    update(&world, &jar, &id, json!({"password": "a new and fine passphrase"})).ok(200);
    profile(&world, &theirs).ok(401);
    world.send(login_request(EMPLOYEE, PASSWORD)).ok(401);
    world.send(login_request(EMPLOYEE, "a new and fine passphrase")).ok(200);
    assert_eq!(world.count("event_outbox WHERE name = 'auth.password.changed'"), 1);
}

#[test]
fn moving_takes_the_roles_along() {
    let world = World::seeded();
    let (jar, id) = (world.staff_login(ADMIN), employee(&world));
    let other = "0190f5fe-7c00-7a00-8000-0000000000c1";
    world.arrange(&format!(
        "INSERT INTO organizations (id, tenant_id, name, slug, created_at) VALUES ('{other}', '{}', 'Other', 'other', 1)",
        world.acme().tenant
    ));
    let globex = world.found("globex");
    update(&world, &jar, &id, json!({"organizationId": globex.organization})).is(404, "Organization not found");
    update(&world, &world.staff_login(SUPERADMIN), &id, json!({"organizationId": globex.organization})).is(404, "Organization not found");
    update(&world, &jar, &id, json!({"organizationId": other})).ok(200);
    let shown = item(&world, &jar, &id);
    assert_eq!((&shown["organizationId"], &shown["roles"]), (&json!(other), &json!(["employee"])));
    let live = format!("staff_memberships WHERE user_id = '{id}' AND deleted_at IS NULL");
    assert_eq!((world.count(&live), world.count(&format!("{live} AND organization_id = '{other}'"))), (1, 1));
    // An owner of the one does not move people into the other.
    let owner = world.staff(&world.acme(), "owner", &OWNER);
    let mine = created(&world, &owner, "mine@acme.com", json!({"roles": ["employee"]}));
    update(&world, &owner, &mine, json!({"organizationId": other})).is(404, "Organization not found");
}

/// LOCK-OSS-031, 032, 034: a stale form changes nothing, a fresh one does.
#[test]
fn lock_oss_031_stale_writes_are_refused() {
    const HEADER: &str = "x-om-ext-optimistic-lock-expected-updated-at";
    let world = World::seeded();
    let (jar, id) = (world.staff_login(ADMIN), employee(&world));
    update(&world, &jar, &id, json!({"name": "One"})).ok(200);
    let first = item(&world, &jar, &id)["updatedAt"].as_str().unwrap().to_owned();
    world.advance_seconds(1);
    let put = |version: &str, name: &str| send(&world, &jar, Req::put(USERS).json(json!({"id": id, "name": name})).header(HEADER, version));
    put(&first, "Two").ok(200);
    let second = item(&world, &jar, &id)["updatedAt"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    let stale = put(&first, "Three").ok(409).json();
    assert_eq!(
        (&stale["code"], &stale["expectedUpdatedAt"], &stale["currentUpdatedAt"]),
        (&json!("optimistic_lock_conflict"), &json!(first), &json!(second))
    );
    let remove = |version: &str| send(&world, &jar, Req::delete(&format!("{USERS}?id={id}")).header(HEADER, version));
    remove(&first).ok(409);
    let suspend = Req::post(&format!("{USERS}/{id}/suspend")).header(HEADER, &first);
    send(&world, &jar, suspend).ok(409);
    assert_eq!(item(&world, &jar, &id)["name"], "Two");
    remove(&second).ok(200);
    let off = World::seeded_with(&[("OM_OPTIMISTIC_LOCK", "customer_accounts.user")]);
    let (jar, id) = (off.staff_login(ADMIN), employee(&off));
    update(&off, &jar, &id, json!({"name": "One"})).ok(200);
    send(&off, &jar, Req::put(USERS).json(json!({"id": id, "name": "Two"})).header(HEADER, "2020-01-01T00:00:00.000Z")).ok(200);
}

/// TC-AUTH-042, without undo: the account and what it holds go at once, the roles stay, the address is free.
#[test]
fn tc_auth_042_delete_takes_everything_but_the_roles() {
    let world = World::seeded();
    let (jar, theirs, id) = (world.staff_login(ADMIN), world.staff_login(EMPLOYEE), employee(&world));
    world.arrange(&format!(
        "INSERT INTO staff_user_acls (id, user_id, tenant_id, features_json, created_at) VALUES ('acl', '{id}', '{}', '[\"auth.users.list\"]', 1)",
        world.acme().tenant
    ));
    let roles = world.count("staff_roles");
    send(&world, &jar, Req::delete(USERS)).is(400, "User id required");
    send(&world, &jar, Req::delete(&format!("{USERS}?id={}", super::NOBODY))).is(404, MISSING);
    send(&world, &jar, Req::delete(USERS).json(json!({"id": id}))).ok(200);
    profile(&world, &theirs).ok(401);
    world.send(login_request(EMPLOYEE, PASSWORD)).ok(401);
    delete(&world, &jar, &id).is(404, MISSING);
    for table in ["staff_memberships", "staff_user_acls", "staff_user_sessions"] {
        assert_eq!(world.count(&format!("{table} WHERE user_id = '{id}' AND deleted_at IS NULL")), 0, "{table}");
    }
    assert_eq!(world.count("staff_roles"), roles);
    assert_eq!(world.count("event_outbox WHERE name = 'auth.user.deleted'"), 1);
    created(&world, &jar, EMPLOYEE, json!({}));
}

/// What goes wrong at any call changes nothing: faults.rs says so for every route. Here: two people at one record.
#[test]
fn of_two_changes_neither_is_lost() {
    let world = World::seeded();
    let (jar, id) = (world.staff_login(ADMIN), employee(&world));
    world.database.before_next_write(&format!("UPDATE staff_users SET display_name = 'Theirs', updated_at = 7 WHERE id = '{id}'"));
    update(&world, &jar, &id, json!({"roles": ["cashier"]})).ok(200);
    let shown = item(&world, &jar, &id);
    assert_eq!((&shown["name"], &shown["roles"]), (&json!("Theirs"), &json!(["cashier"])));
}
