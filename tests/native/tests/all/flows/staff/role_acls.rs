//! What roles of staff grant: TC-AUTH-049 and 051.

use portcullis_tests::{
    Jar, Req, World,
    staff::{ADMIN, EMPLOYEE, SUPERADMIN},
};
use serde_json::{Value, json};

use super::roles::{acl, assign, delete, events, grant, list, made, update};
use crate::flows::admin_users::NOBODY;

/// Whether somebody holds a feature, as the check route says it.
pub fn feature_check(world: &World, jar: &Jar, feature: &str) -> bool {
    let res = world.send(Req::post("/api/auth/feature-check").jar(jar).json(json!({"features": [feature]})));
    res.ok(200).json()["ok"] == true
}

#[test]
fn tc_auth_051_nobody_grants_a_role_what_they_lack() {
    let world = World::seeded();
    let (admin, platform) = (world.staff_login(ADMIN), world.staff_login(SUPERADMIN));
    let id = made(&world, &admin, "Agent", 100);
    for (body, error) in [
        (json!({"isSuperAdmin": true}), "Only super administrators can grant super admin access."),
        (json!({"features": ["customers.people.view", "*"]}), "Only super administrators can grant global wildcard access."),
        (json!({"features": ["directory.tenants.view"]}), "Cannot grant feature directory.tenants.view."),
        (json!({"features": ["customers.people.view", "directory.*"]}), "Cannot grant feature wildcard directory.*."),
        (json!({"features": ["made.up"]}), "Cannot grant feature made.up."),
    ] {
        grant(&world, &admin, &id, body).is(403, error);
    }
    assert_eq!(acl(&world, &admin, &id)["features"], json!([]));
    let held = json!(["auth.users.list", "customers.*", "auth.users.list"]);
    assert_eq!(grant(&world, &admin, &id, json!({"features": held})).ok(200).json(), json!({"ok": true, "sanitized": false}));
    assert_eq!(acl(&world, &admin, &id)["features"], json!(["auth.users.list", "customers.*"]));
    // What somebody higher has put there stays, and is not given again.
    grant(&world, &platform, &id, json!({"features": ["*", "made.up"]})).ok(200);
    grant(&world, &admin, &id, json!({"features": ["*", "auth.users.list"]})).ok(200);
    grant(&world, &admin, &id, json!({"features": []})).ok(200);
    grant(&world, &admin, &id, json!({"features": ["*"]})).is(403, "Only super administrators can grant global wildcard access.");
    assert_eq!(events(&world, "auth.role_acl.updated").len(), 4);
    for bad in
        [json!({"features": [""]}), json!({"features": ["x".repeat(101)]}), json!({"features": vec!["x"; 201]}), json!({"organizations": ["x"]})]
    {
        grant(&world, &platform, &id, bad).is(400, "Invalid input");
    }
    let many: Vec<String> = (0..200).map(|n| format!("customers.area-{n:03}.manage")).collect();
    assert_eq!(grant(&world, &platform, &id, json!({"features": many})).ok(200).json()["warning"], "features_omitted");
}

#[test]
fn tc_auth_049_a_roles_organizations_round_trip() {
    let world = World::seeded();
    let (admin, acme, globex) = (world.staff_login(ADMIN), world.acme(), world.found("globex"));
    let id = made(&world, &admin, "Agent", 100);
    let put = |jar: &Jar, organizations: Value| grant(&world, jar, &id, json!({"organizations": organizations}));
    put(&admin, json!([acme.organization])).ok(200);
    assert_eq!(acl(&world, &admin, &id)["organizations"], json!([acme.organization]));
    grant(&world, &admin, &id, json!({"features": ["customers.people.view"]})).ok(200);
    assert_eq!(acl(&world, &admin, &id)["organizations"], json!([acme.organization]), "absent stays");
    for foreign in [globex.organization.to_string(), NOBODY.to_owned()] {
        put(&admin, json!([acme.organization, foreign])).is(403, "Cannot grant organization access outside actor scope.");
        put(&world.staff_login(SUPERADMIN), json!([foreign])).is(404, "Organization not found");
    }
    put(&admin, json!([])).ok(200);
    put(&admin, Value::Null).ok(200);
    assert_eq!(acl(&world, &admin, &id)["organizations"], Value::Null);
}

#[test]
fn who_looks_after_one_organization_keeps_to_roles_of_it() {
    let world = World::seeded();
    let (acme, owner) = (world.acme(), world.persona("owner").jar);
    let tenants = made(&world, &world.staff_login(ADMIN), "Everywhere", 100);
    const WIDE: &str = "Cannot grant unrestricted organization access.";
    update(&world, &owner, json!({"id": tenants, "description": "x"})).is(403, WIDE);
    delete(&world, &owner, &tenants).is(403, WIDE);
    grant(&world, &owner, &tenants, json!({"features": []})).is(403, WIDE);
    let own = made(&world, &owner, "Own", 100);
    assert_eq!(acl(&world, &owner, &own)["organizations"], json!([acme.organization]));
    grant(&world, &owner, &own, json!({"features": ["customers.*"]})).ok(200);
    grant(&world, &owner, &own, json!({"organizations": null})).is(403, WIDE);
    let branch = world.id::<portcullis_core::domain::id::Organization>();
    world.write(vec![portcullis_core::store::directory::insert_organization(
        branch,
        acme.tenant,
        "Branch",
        "branch",
        portcullis_core::domain::time::Millis(world.now()),
    )]);
    grant(&world, &owner, &own, json!({"organizations": [branch]})).is(403, "Cannot grant organization access outside actor scope.");
    update(&world, &owner, json!({"id": own, "name": "Mine"})).ok(200);
    let neighbour = world.staff(&portcullis_tests::people::Place { organization: branch, ..acme }, "neighbour", &portcullis_tests::staff::OWNER);
    update(&world, &neighbour, json!({"id": own, "name": "Theirs"})).is(404, "Role not found");
    assert_eq!(list(&world, &neighbour, "?search=mine")["total"], 0);
    delete(&world, &owner, &own).ok(200);
}

/// D7.
#[test]
fn a_changed_role_is_in_force_on_the_next_request() {
    let world = World::seeded();
    let (admin, platform, employee) = (world.staff_login(ADMIN), world.staff_login(SUPERADMIN), world.staff_login(EMPLOYEE));
    let id = made(&world, &admin, "Agent", 100);
    assign(&world, EMPLOYEE, &id);
    let allowed = || world.send(Req::get("/api/customers/people").jar(&employee)).status == 200;
    assert!(!allowed());
    for (change, expected) in [
        (json!({"features": ["customers.people.view"]}), true),
        (json!({"organizations": []}), false),
        (json!({"organizations": [world.acme().organization]}), true),
        (json!({"features": []}), false),
        (json!({"isSuperAdmin": true}), true),
        (json!({"isSuperAdmin": false}), false),
    ] {
        grant(&world, &platform, &id, change.clone()).ok(200);
        assert_eq!(allowed(), expected, "{change}");
    }
}

/// A role read before another write of it is not written over.
#[test]
fn a_role_that_rose_meanwhile_is_out_of_reach() {
    let world = World::seeded();
    let admin = world.staff_login(ADMIN);
    let id = made(&world, &admin, "Agent", 100);
    let rise = format!("UPDATE staff_roles SET priority = 900, updated_at = 7 WHERE id = '{id}'");
    world.database.before_next_write(&rise);
    grant(&world, &admin, &id, json!({"features": ["customers.*"]})).is(403, "Cannot manage a role at or above your own priority.");
    assert_eq!(world.value(&format!("SELECT features_json FROM staff_role_acls WHERE role_id = '{id}'")), "[]");
}
