//! An organization has a role its own way: where it is active, for itself, within its editor's ceilings.

use portcullis_tests::{
    Jar, Req, Res, World,
    people::Place,
    staff::{ADMIN, EMPLOYEE, OWNER, SUPERADMIN},
};
use serde_json::{Value, json};

use super::{
    id_of,
    role_acls::feature_check,
    roles::{acl, delete, grant, made, role},
};
use crate::flows::admin_users::{EXPECTED, NOBODY};

fn path(role: &str, place: &Place) -> String {
    format!("/api/auth/roles/{role}/overrides/{}", place.organization)
}

fn put(world: &World, jar: &Jar, role: &str, place: &Place, body: Value) -> Res {
    world.send(Req::put(&path(role, place)).jar(jar).json(body))
}

fn read(world: &World, jar: &Jar, role: &str, place: &Place) -> Value {
    world.send(Req::get(&path(role, place)).jar(jar)).ok(200).json()
}

#[test]
fn an_override_counts_in_its_organization_on_the_next_request_and_costs_no_round_trip() {
    let world = World::seeded();
    let (admin, acme, id) = (world.staff_login(ADMIN), world.acme(), role(&world, "employee"));
    let branch = world.organization(acme.tenant, "branch", Some(acme.organization));
    let employee = world.staff_login(EMPLOYEE);
    let may = |feature: &str| feature_check(&world, &employee, feature);
    put(&world, &admin, &id, &acme, json!({"adds": ["customers.people.*"]})).ok(200);
    assert!(may("customers.people.manage"));
    put(&world, &admin, &id, &branch, json!({"adds": ["auth.roles.list"]})).ok(200);
    assert!(!may("auth.roles.list"), "another organization's business");
    assert_eq!(acl(&world, &admin, &id)["features"], json!([]), "the role itself stays as it is");
    grant(&world, &admin, &id, json!({"features": ["customers.*"]})).ok(200);
    put(&world, &admin, &id, &acme, json!({"removes": ["customers.people.manage"]})).ok(200);
    assert_eq!(
        (may("customers.people.manage"), may("customers.people.view"), may("customers.companies.manage")),
        (false, true, true),
        "a hole in a wildcard"
    );
    put(&world, &admin, &id, &acme, json!({"removes": ["customers.*"]})).ok(200);
    assert!(!may("customers.people.view"));
    let check = world.send(Req::post("/api/auth/feature-check").jar(&employee).json(json!({"features": []})));
    assert_eq!(check.spent().d1, 1);
    // A fresh sign-in says in its token what the organization left.
    put(&world, &admin, &id, &acme, json!({"removes": ["customers.people.*"]})).ok(200);
    let claims = portcullis_tests::cases::claims(world.staff_login(EMPLOYEE).get("auth_token"));
    assert_eq!(claims["resolvedFeatures"], json!(["customers.companies.view", "customers.companies.manage"]));
    world.send(Req::delete(&path(&id, &acme)).jar(&admin)).ok(200);
    world.send(Req::delete(&path(&id, &acme)).jar(&admin)).ok(200);
    assert!(may("customers.people.manage"));
    assert_eq!(world.count("audit_log WHERE action = 'staff_role.override_deleted'"), 1);
    assert_eq!(world.count("audit_log WHERE action = 'staff_role.override_replaced'"), 5);
}

/// Another role that grants the same is not touched.
#[test]
fn what_is_taken_from_one_role_another_still_grants() {
    let world = World::seeded();
    let (admin, acme, id) = (world.staff_login(ADMIN), world.acme(), role(&world, "employee"));
    let second = world.staff_role(Some(acme.tenant), "second", 100, &["customers.people.view"]);
    grant(&world, &admin, &id, json!({"features": ["customers.people.view"]})).ok(200);
    put(&world, &admin, &id, &acme, json!({"removes": ["customers.*"]})).ok(200);
    let employee = world.staff_login(EMPLOYEE);
    assert!(!feature_check(&world, &employee, "customers.people.view"));
    let user = id_of(&world, EMPLOYEE);
    world.arrange(&format!(
        "INSERT INTO staff_memberships (id, user_id, tenant_id, organization_id, role_id, created_at) VALUES ('{user}', '{user}', '{}', '{}', '{second}', 1)",
        acme.tenant, acme.organization
    ));
    assert!(feature_check(&world, &employee, "customers.people.view"));
}

#[test]
fn an_owner_overrides_for_the_own_organization_and_within_their_ceilings() {
    let world = World::seeded();
    let (acme, owner, id) = (world.acme(), world.staff(&world.acme(), "owner", &OWNER), role(&world, "employee"));
    let other = world.organization(acme.tenant, "other", None);
    put(&world, &owner, &id, &acme, json!({"adds": ["customers.people.view"]})).ok(200);
    put(&world, &owner, &id, &other, json!({"adds": ["customers.people.view"]})).is(404, "Organization not found");
    for (body, error) in [
        (json!({"adds": ["*"]}), "Only super administrators can grant global wildcard access."),
        (json!({"adds": ["directory.tenants.view"]}), "Cannot grant feature directory.tenants.view."),
    ] {
        put(&world, &owner, &id, &acme, body).is(403, error);
    }
    put(&world, &owner, &role(&world, "admin"), &acme, json!({"removes": ["auth.*"]})).is(403, "Cannot manage a role at or above your own priority.");
    put(&world, &owner, &role(&world, "owner"), &acme, json!({"removes": ["auth.*"]})).is(403, "Cannot manage a role at or above your own priority.");
    put(&world, &owner, &role(&world, "superadmin"), &acme, json!({"removes": ["auth.*"]})).is(404, "Role not found");
    // What was taken away from above is not given back from below.
    put(&world, &world.staff_login(SUPERADMIN), &id, &acme, json!({"removes": ["directory.tenants.*"]})).ok(200);
    world.send(Req::delete(&path(&id, &acme)).jar(&owner)).is(403, "Cannot grant feature wildcard directory.tenants.*.");
    for bad in [json!({"adds": [""]}), json!({"removes": vec!["x"; 201]}), json!({"adds": "x"})] {
        put(&world, &owner, &id, &acme, bad).is(400, "Invalid input");
    }
}

#[test]
fn another_tenants_override_is_not_found() {
    let world = World::seeded();
    let (acme, admin, rival) = (world.acme(), world.staff_login(ADMIN), world.persona("rival").jar);
    let globex = world.place("globex");
    let (id, theirs) = (role(&world, "employee"), made(&world, &rival, "Theirs", 100));
    put(&world, &admin, &id, &acme, json!({"adds": ["customers.people.view"]})).ok(200);
    for (role, place) in [(id.as_str(), &acme), (id.as_str(), &globex), (NOBODY, &globex)] {
        put(&world, &rival, role, place, json!({"adds": ["customers.people.view"]})).is(404, "Role not found");
        world.send(Req::get(&path(role, place)).jar(&rival)).is(404, "Role not found");
    }
    put(&world, &rival, &theirs, &acme, json!({"adds": ["customers.people.view"]})).is(404, "Organization not found");
    // Not even a super admin mixes tenants.
    put(&world, &world.staff_login(SUPERADMIN), &theirs, &acme, json!({"adds": ["a"]})).is(404, "Organization not found");
    assert_eq!(read(&world, &admin, &id, &acme)["adds"], json!(["customers.people.view"]));
}

#[test]
fn an_override_has_a_version_and_goes_with_its_role() {
    let world = World::seeded();
    let (acme, admin) = (world.acme(), world.staff_login(ADMIN));
    let id = made(&world, &admin, "Agent", 100);
    assert_eq!(read(&world, &admin, &id, &acme)["updatedAt"], Value::Null);
    put(&world, &admin, &id, &acme, json!({"adds": ["customers.*"]})).ok(200);
    let first = read(&world, &admin, &id, &acme)["updatedAt"].as_str().unwrap().to_owned();
    put(&world, &admin, &id, &acme, json!({"adds": ["customers.*"], "removes": ["customers.people.*"]})).ok(200);
    let stale = Req::put(&path(&id, &acme)).json(json!({"adds": []})).header(EXPECTED, &first);
    world.send(stale.jar(&admin)).is(409, "record_modified");
    delete(&world, &admin, &id).ok(200);
    assert_eq!(world.count("staff_role_overrides"), 0);
}

#[test]
fn who_gives_a_role_away_must_hold_what_an_organization_added_to_it_too() {
    let world = World::seeded();
    let (admin, root, acme, id) = (world.staff_login(ADMIN), world.staff_login(SUPERADMIN), world.acme(), role(&world, "employee"));
    let invite = |email: &str| {
        let body = json!({"email": email, "roleId": id, "organizationId": acme.organization});
        world.send(Req::post("/api/auth/memberships/invite").jar(&admin).json(body))
    };
    let create = |email: &str| {
        let body = json!({"email": email, "organizationId": acme.organization, "roles": ["employee"], "sendInviteEmail": true});
        world.send(Req::post("/api/auth/users").jar(&admin).json(body))
    };
    invite("before@staff.example").ok(201);
    create("made@staff.example").ok(201);
    put(&world, &root, &id, &acme, json!({"adds": ["directory.tenants.manage"]})).ok(200);
    for answer in [invite("after@staff.example"), create("after@staff.example")] {
        answer.is(403, "Cannot grant feature directory.tenants.manage.");
    }
}
