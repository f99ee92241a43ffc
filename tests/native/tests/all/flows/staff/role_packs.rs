//! Packs of roles, and the default one given back: TC-AUTH-033.

use portcullis_tests::{
    Jar, Req, Res, World,
    staff::{ADMIN, EMPLOYEE, SUPERADMIN},
};
use serde_json::{Value, json};

use super::roles::{acl, assign, create, delete, grant, list, role, update};
use crate::flows::admin_users::NOBODY;

fn apply(world: &World, jar: &Jar, pack: &str, body: Value) -> Res {
    world.send(Req::post(&format!("/api/auth/role-packs/{pack}/apply")).jar(jar).json(body))
}

fn sync(world: &World, jar: &Jar, body: Value) -> Res {
    world.send(Req::post("/api/auth/roles/acl/sync").jar(jar).json(body))
}

const NOTHING: fn() -> Value = || json!({"ok": true, "created": [], "updated": []});

#[test]
fn tc_auth_033_a_sync_restores_defaults_and_changes_nothing_the_second_time() {
    let world = World::seeded();
    let platform = world.staff_login(SUPERADMIN);
    assert_eq!(sync(&world, &platform, json!({})).ok(200).json(), NOTHING());
    let (owner, operator) = (role(&world, "owner"), role(&world, "operator"));
    let before = (acl(&world, &platform, &owner)["features"].clone(), acl(&world, &platform, &operator)["features"].clone());
    grant(&world, &platform, &owner, json!({"features": ["made.up"]})).ok(200);
    grant(&world, &platform, &operator, json!({"features": []})).ok(200);
    assert_eq!(sync(&world, &platform, json!({})).ok(200).json(), json!({"ok": true, "created": [], "updated": ["operator", "owner"]}));
    let features = acl(&world, &platform, &owner)["features"].as_array().unwrap().clone();
    assert_eq!((features[0].clone(), Value::from(features[1..].to_vec())), (json!("made.up"), before.0), "what was there stays");
    assert_eq!(acl(&world, &platform, &operator)["features"], before.1);
    assert_eq!(sync(&world, &platform, json!({})).ok(200).json(), NOTHING());
    sync(&world, &platform, json!({"tenantId": NOBODY})).is(404, "Tenant not found");
    sync(&world, &platform, json!({"tenantId": "x"})).is(400, "Invalid input");
    sync(&world, &world.staff_login(ADMIN), json!({"tenantId": world.found("globex").tenant})).is(403, "Not authorized to target this tenant.");
    // Another tenant has none of them yet.
    let made = sync(&world, &platform, json!({"tenantId": world.place("globex").tenant})).ok(200).json();
    assert_eq!(made["created"], json!(["admin", "owner", "cashier", "employee"]));
    assert_eq!(world.count("audit_log WHERE action = 'staff_role.acls_synced'"), 2, "nothing is recorded where nothing changed");
}

#[test]
fn a_sync_gives_nobody_what_was_taken_from_above() {
    let world = World::seeded();
    let (platform, admin) = (world.staff_login(SUPERADMIN), world.staff_login(ADMIN));
    grant(&world, &platform, &role(&world, "admin"), json!({"features": ["auth.*", "customers.*"]})).ok(200);
    sync(&world, &admin, json!({})).is(403, "Cannot manage a role at or above your own priority.");
    sync(&world, &platform, json!({})).ok(200);
    let owners = acl(&world, &admin, &role(&world, "owner"))["features"].clone();
    grant(&world, &platform, &role(&world, "owner"), json!({"features": []})).ok(200);
    sync(&world, &admin, json!({})).ok(200);
    assert_eq!(acl(&world, &admin, &role(&world, "owner"))["features"], owners);
}

#[test]
fn a_pack_is_merged_into_a_tenant() {
    let world = World::seeded();
    let admin = world.staff_login(ADMIN);
    let packs = world.send(Req::get("/api/auth/role-packs").jar(&admin)).ok(200).json();
    let ids: Vec<&Value> = packs["items"].as_array().unwrap().iter().map(|pack| &pack["id"]).collect();
    assert_eq!(ids, [&json!("default"), &json!("crm")]);
    // One of its slugs is taken by a role that grants something else.
    let director =
        create(&world, &admin, json!({"name": "The Director", "slug": "director", "priority": 10})).ok(201).json()["id"].as_str().unwrap().to_owned();
    grant(&world, &admin, &director, json!({"features": ["auth.roles.list"]})).ok(200);
    let first = apply(&world, &admin, "crm", json!({})).ok(200).json();
    assert_eq!(first, json!({"ok": true, "created": ["super_admin", "sales_manager", "sales_agent", "viewer"], "updated": ["director"]}));
    let item = list(&world, &admin, &format!("?id={director}"))["items"][0].clone();
    assert_eq!((&item["name"], &item["priority"]), (&json!("The Director"), &json!(10)));
    let features = acl(&world, &admin, &director)["features"].as_array().unwrap().clone();
    assert!(features.len() == 5 && features[0] == "auth.roles.list", "{features:?}");
    assert_eq!(apply(&world, &admin, "crm", json!({})).ok(200).json(), NOTHING());
    // They are the tenant's own: renamed and deleted at will, and made again by the next application.
    update(&world, &admin, json!({"id": role(&world, "viewer"), "name": "Onlooker"})).ok(200);
    delete(&world, &admin, &role(&world, "sales_agent")).ok(200);
    assert_eq!(apply(&world, &admin, "crm", json!({})).ok(200).json()["created"], json!(["sales_agent"]));
    apply(&world, &admin, "none", json!({})).is(404, "Role pack not found");
    create(&world, &admin, json!({"name": "Sales Agent 2", "priority": 10})).ok(201);
    assert_eq!(world.count("event_outbox WHERE name = 'auth.role.created'"), 7);
}

#[test]
fn a_pack_obeys_the_ceilings_of_who_applies_it() {
    let world = World::seeded();
    let owner = world.persona("owner").jar;
    apply(&world, &owner, "crm", json!({})).is(403, "Cannot manage a role at or above your own priority.");
    // High enough, with the whole tenant, and holding next to nothing.
    let high = world.staff_role(Some(world.acme().tenant), "high", 750, &["auth.roles.manage"]);
    assign(&world, EMPLOYEE, &high.to_string());
    world.arrange("UPDATE staff_memberships SET organization_id = NULL");
    let before = world.count("staff_roles");
    apply(&world, &world.staff_login(EMPLOYEE), "crm", json!({})).is(403, "Cannot grant feature wildcard customers.*.");
    assert_eq!(world.count("staff_roles"), before);
}
