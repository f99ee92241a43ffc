//! Giving and taking places, and leaving one's own.

use portcullis_core::domain::id::{Id, Record, User};
use portcullis_tests::{
    Jar, Req, Res, World,
    people::Place,
    staff::{ADMIN, OWNER, SUPERADMIN},
};
use serde_json::{Value, json};

const NOBODYS: &str = "0190f5fe-7c00-7a00-8000-000000000001";

fn path(user: Id<User>, membership: &str) -> String {
    format!("/api/auth/users/{user}/memberships{}{membership}", if membership.is_empty() { "" } else { "/" })
}

fn create(world: &World, jar: &Jar, user: Id<User>, body: Value) -> Res {
    world.send(Req::post(&path(user, "")).jar(jar).json(body))
}

fn list(world: &World, jar: &Jar, user: Id<User>) -> Vec<Value> {
    let res = world.send(Req::get(&path(user, "")).jar(jar));
    res.ok(200).json()["items"].as_array().unwrap().clone()
}

/// An owner of one organization, under Acme's.
fn owner(world: &World) -> (Place, Id<User>, Jar) {
    let north = world.organization(world.acme().tenant, "acme-north", Some(world.acme().organization));
    let user = world.colleague(north.tenant, "north@acme.com");
    world.join(user, north.seat(), world.seeded_role("owner"));
    let jar = world.staff_session(user, north.seat());
    (north, user, jar)
}

#[test]
fn a_membership_is_given_read_changed_and_taken() {
    let world = World::seeded();
    let admin = world.staff_login(ADMIN);
    let acme = world.acme();
    let shop = world.merchant(&acme, "shop");
    let user = world.colleague(acme.tenant, "teller@acme.com");
    let (employee, cashier) = (world.seeded_role("employee"), world.seeded_role("cashier"));
    let made = create(&world, &admin, user, json!({"roleId": employee, "organizationId": acme.organization, "merchantIds": [shop]}));
    let id = made.ok(201).json()["id"].as_str().unwrap().to_owned();
    create(&world, &admin, user, json!({"roleId": employee, "organizationId": acme.organization}))
        .is(409, "This person holds the role there already");
    let listed = list(&world, &admin, user);
    assert_eq!((&listed[0]["id"], &listed[0]["merchantIds"], &listed[0]["role"]["slug"]), (&json!(id), &json!([shop]), &json!("employee")));

    let put = |body: Value| world.send(Req::put(&path(user, &id)).jar(&admin).json(body));
    put(json!({"roleId": cashier})).ok(200);
    assert_eq!((&list(&world, &admin, user)[0]["merchantIds"], &list(&world, &admin, user)[0]["role"]["slug"]), (&json!([shop]), &json!("cashier")));
    put(json!({"merchantIds": []})).ok(200);
    assert_eq!(list(&world, &admin, user)[0]["merchantIds"], json!([]));
    world.send(Req::delete(&path(user, &id)).jar(&admin)).ok(200);
    world.send(Req::delete(&path(user, &id)).jar(&admin)).is(404, "Membership not found");
    assert_eq!(list(&world, &admin, user), [Value::Null; 0]);
    for (action, rows) in [("membership.created", 1), ("membership.updated", 2), ("membership.deleted", 1)] {
        assert_eq!(world.count(&format!("audit_log WHERE action = '{action}' AND target_id = '{id}'")), rows, "{action}");
    }
    assert_eq!(world.count("event_outbox WHERE name = 'auth.user.updated'"), 4);
}

#[test]
fn what_is_not_there_or_not_the_callers_to_give_is_refused() {
    let world = World::seeded();
    let (admin, acme, globex) = (world.staff_login(ADMIN), world.acme(), world.found("globex"));
    let theirs = world.staff_role(Some(globex.tenant), "theirs", 100, &[]);
    let (foreign_shop, user) = (world.merchant(&globex, "shop"), world.colleague(acme.tenant, "teller@acme.com"));
    let employee = world.seeded_role("employee");
    let keeper = world.staff_role(Some(acme.tenant), "keeper", 500, &["directory.tenants.manage"]);
    for (body, status, error) in [
        (json!({"organizationId": acme.organization}), 400, "Validation failed".to_owned()),
        (json!({"roleId": NOBODYS, "organizationId": acme.organization}), 400, format!("Role {NOBODYS} not found")),
        (json!({"roleId": theirs, "organizationId": acme.organization}), 400, format!("Role {theirs} not found")),
        (json!({"roleId": employee, "organizationId": NOBODYS}), 404, "Organization not found".into()),
        (json!({"roleId": employee, "organizationId": globex.organization}), 404, "Organization not found".into()),
        (
            json!({"roleId": employee, "organizationId": acme.organization, "tenantId": globex.tenant}),
            403,
            "Not authorized to target this tenant.".into(),
        ),
        (
            json!({"roleId": employee, "organizationId": acme.organization, "merchantIds": [foreign_shop]}),
            400,
            format!("Merchant {foreign_shop} not found"),
        ),
        (json!({"roleId": employee, "merchantIds": [foreign_shop]}), 400, "Validation failed".into()),
        (json!({"roleId": world.seeded_role("admin")}), 403, "Cannot grant a role at or above your own priority.".into()),
        (json!({"roleId": world.seeded_role("superadmin")}), 403, "Only super administrators can grant super admin access.".into()),
        (json!({"roleId": world.seeded_role("operator")}), 403, "Cannot grant a role outside the target tenant.".into()),
        (json!({"roleId": keeper}), 403, "Cannot grant feature directory.tenants.manage.".into()),
    ] {
        create(&world, &admin, user, body.clone()).is(status, &error);
    }
    assert_eq!(world.count(&format!("staff_memberships WHERE user_id = '{user}'")), 0);
    let stranger = world.colleague(globex.tenant, "stranger@globex.com");
    for user in [stranger, Id::parse(NOBODYS).unwrap()] {
        create(&world, &admin, user, json!({"roleId": employee, "organizationId": acme.organization})).is(404, "User not found");
    }
    // The platform may, anywhere.
    let platform = world.staff_login(SUPERADMIN);
    create(&world, &platform, stranger, json!({"roleId": theirs, "organizationId": globex.organization, "tenantId": globex.tenant})).ok(201);
}

#[test]
fn an_owner_gives_and_takes_places_under_their_own_organization_only() {
    let world = World::seeded();
    let (north, me, jar) = owner(&world);
    let (acme, employee) = (world.acme(), world.seeded_role("employee"));
    let deep = world.organization(north.tenant, "acme-depot", Some(north.organization));
    let user = world.colleague(north.tenant, "teller@acme.com");
    create(&world, &jar, user, json!({"roleId": employee, "organizationId": north.organization})).is(404, "User not found");
    let elsewhere = world.join(user, acme.seat(), employee);
    create(&world, &jar, user, json!({"roleId": employee, "organizationId": north.organization})).is(404, "User not found");
    world.join(user, deep.seat(), employee);
    create(&world, &jar, user, json!({"roleId": employee, "organizationId": north.organization})).ok(201);
    create(&world, &jar, user, json!({"roleId": employee, "organizationId": acme.organization})).is(404, "Organization not found");
    create(&world, &jar, user, json!({"roleId": employee})).is(403, "Cannot grant unrestricted organization access.");
    create(&world, &jar, user, json!({"roleId": world.seeded_role("owner"), "organizationId": north.organization}))
        .is(403, "Cannot grant a role at or above your own priority.");
    assert_eq!(list(&world, &jar, user).len(), 2, "not the one of Acme itself");
    world.send(Req::delete(&path(user, &elsewhere.to_string())).jar(&jar)).is(404, "Membership not found");
    // Not above oneself, not oneself.
    let boss = world.colleague(north.tenant, "boss@acme.com");
    let theirs = world.join(boss, north.seat(), world.seeded_role("owner"));
    world.send(Req::delete(&path(boss, &theirs.to_string())).jar(&jar)).is(403, "Cannot manage a user at or above your own priority.");
    let own = world.value(&format!("SELECT id FROM staff_memberships WHERE user_id = '{me}'"));
    world.send(Req::delete(&path(me, own.as_str().unwrap())).jar(&jar)).is(400, "Cannot change your own access");
    world.send(Req::put(&path(me, own.as_str().unwrap())).jar(&jar).json(json!({"roleId": employee}))).is(400, "Cannot change your own access");
}

fn leave(world: &World, jar: &Jar, id: Id<Record>) -> Res {
    world.send(Req::delete(&format!("/api/auth/memberships/{id}")).jar(jar))
}

#[test]
fn anybody_leaves_but_the_last_owner_and_the_last_super_admin() {
    let world = World::seeded();
    let (north, me, jar) = owner(&world);
    let own: Id<Record> = Id::parse(world.value(&format!("SELECT id FROM staff_memberships WHERE user_id = '{me}'")).as_str().unwrap()).unwrap();
    leave(&world, &jar, own).is(409, "The last owner of an organization cannot be removed.");
    let heir = world.colleague(north.tenant, "heir@acme.com");
    let theirs = world.join(heir, north.seat(), world.seeded_role("owner"));
    leave(&world, &jar, theirs).is(404, "Membership not found");
    leave(&world, &jar, own).ok(200);
    assert_eq!(world.send(Req::get("/api/auth/profile").jar(&jar)).ok(403).json()["code"], "NO_ACCESS");
    leave(&world, &jar, own).is(404, "Membership not found");

    let platform = world.staff_login(SUPERADMIN);
    let last = world.value(&format!("SELECT id FROM staff_memberships WHERE user_id = (SELECT id FROM staff_users WHERE email = '{SUPERADMIN}')"));
    leave(&world, &platform, Id::parse(last.as_str().unwrap()).unwrap()).is(409, "The last super administrator cannot be removed.");
}

/// Two owners at once, each seeing the other: the batch of the second finds nobody else left.
#[test]
fn an_owner_who_leaves_while_the_other_is_removed_stays() {
    let world = World::seeded();
    let (north, me, jar) = owner(&world);
    let own: Id<Record> = Id::parse(world.value(&format!("SELECT id FROM staff_memberships WHERE user_id = '{me}'")).as_str().unwrap()).unwrap();
    let other = world.colleague(north.tenant, "other@acme.com");
    let theirs = world.join(other, north.seat(), world.seeded_role("owner"));
    world.database.before_next_write(&format!("UPDATE staff_memberships SET deleted_at = 1 WHERE id = '{theirs}'"));
    leave(&world, &jar, own).ok(409);
    assert_eq!(world.count(&format!("staff_memberships WHERE organization_id = '{}' AND deleted_at IS NULL", north.organization)), 1);
}

/// What is read between the look and the batch may change: a role that rose is not given.
#[test]
fn a_role_that_rises_meanwhile_is_not_given() {
    let world = World::seeded();
    let (admin, acme) = (world.staff_login(ADMIN), world.acme());
    let user = world.colleague(acme.tenant, "teller@acme.com");
    let role = world.staff_role(Some(acme.tenant), "rising", 300, &[]);
    for change in [
        format!("UPDATE staff_roles SET priority = 900 WHERE id = '{role}'"),
        format!("UPDATE staff_roles SET priority = 300, deleted_at = 1 WHERE id = '{role}'"),
    ] {
        world.database.before_next_write(&change);
        create(&world, &admin, user, json!({"roleId": role, "organizationId": acme.organization})).ok(409);
        world.arrange(&format!("UPDATE staff_roles SET priority = 300, deleted_at = NULL WHERE id = '{role}'"));
    }
    assert_eq!(world.count(&format!("staff_memberships WHERE user_id = '{user}'")), 0);
}

/// Unknown and privileged fields change nothing.
#[test]
fn fields_nobody_asked_for_are_ignored() {
    let world = World::seeded();
    let admin = world.staff_login(ADMIN);
    let user = world.colleague(world.acme().tenant, "teller@acme.com");
    let body = json!({"roleId": world.seeded_role("employee"), "organizationId": world.acme().organization, "userId": NOBODYS, "isSuperAdmin": true, "priority": 1000});
    create(&world, &admin, user, body).ok(201);
    assert_eq!(
        world.count("staff_memberships WHERE deleted_at IS NULL AND role_id IN (SELECT role_id FROM staff_role_acls WHERE is_super_admin = 1)"),
        1
    );
    let owned = world.staff(&world.acme(), "owner", &OWNER);
    assert!(world.send(Req::get(&path(user, "")).jar(&owned)).status == 200);
}
