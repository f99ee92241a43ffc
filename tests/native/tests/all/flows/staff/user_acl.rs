//! What one person holds more, or less, than their roles: TC-AUTH-043, 051, LOCK-OSS for `auth.user_acl`.

use portcullis_tests::{
    Jar, Req, Res, World,
    staff::{ADMIN, EMPLOYEE, SUPERADMIN},
};
use serde_json::{Value, json};

use super::{id_of, role_acls::feature_check};
use crate::flows::admin_users::{EXPECTED, NOBODY};

const ACL: &str = "/api/auth/users/acl";

pub fn read(world: &World, jar: &Jar, user: &str) -> Res {
    world.send(Req::get(&format!("{ACL}?userId={user}")).jar(jar))
}

pub fn put_request(user: &str, more: Value) -> Req {
    let mut body = json!({"userId": user});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Req::put(ACL).json(body)
}

pub fn put(world: &World, jar: &Jar, user: &str, more: Value) -> Res {
    world.send(put_request(user, more).jar(jar))
}

#[test]
fn tc_auth_043_a_grant_of_ones_own_is_in_force_on_the_next_request() {
    let world = World::seeded();
    let (admin, employee, user) = (world.staff_login(ADMIN), world.staff_login(EMPLOYEE), id_of(&world, EMPLOYEE));
    let list = || world.send(Req::get("/api/customers/people").jar(&employee)).status;
    let check = || feature_check(&world, &employee, "customers.people.view");
    assert_eq!((check(), list()), (false, 403));
    let empty = json!({"hasCustomAcl": false, "isSuperAdmin": false, "features": [], "denied": [], "organizations": null, "updatedAt": null});
    assert_eq!(read(&world, &admin, &user).ok(200).json(), empty);
    assert_eq!(put(&world, &admin, &user, json!({"features": ["customers.people.*"]})).ok(200).json(), json!({"ok": true, "sanitized": false}));
    assert_eq!((check(), list()), (true, 200));
    put(&world, &admin, &user, json!({"features": ["customers.*", "customers.*"], "denied": ["customers.people.view"]})).ok(200);
    assert_eq!((check(), list()), (false, 403), "a denial wins over every grant");
    let stored = read(&world, &admin, &user).json();
    assert_eq!(
        (&stored["hasCustomAcl"], &stored["features"], &stored["denied"]),
        (&json!(true), &json!(["customers.*"]), &json!(["customers.people.view"]))
    );
    put(&world, &admin, &user, json!({"features": ["customers.*"], "organizations": []})).ok(200);
    assert_eq!(list(), 403, "in none of the organizations");
    put(&world, &admin, &user, json!({"features": ["customers.*"], "organizations": [world.acme().organization]})).ok(200);
    assert_eq!(list(), 200);
    put(&world, &admin, &user, json!({})).ok(200);
    assert_eq!(read(&world, &admin, &user).json(), empty, "an ACL that says nothing is none");
    put(&world, &admin, &user, json!({"features": ["customers.*"]})).ok(200);
    world.send(Req::delete(&format!("{ACL}?userId={user}")).jar(&admin)).ok(200);
    world.send(Req::delete(&format!("{ACL}?userId={user}")).jar(&admin)).ok(200);
    assert_eq!((list(), world.count("audit_log WHERE action = 'staff_user.acl_deleted'")), (403, 2));
    assert_eq!(world.count("event_outbox WHERE name = 'auth.user_acl.updated'"), 7);
}

#[test]
fn tc_auth_051_nobody_grants_a_person_what_they_lack() {
    let world = World::seeded();
    let (admin, user) = (world.staff_login(ADMIN), id_of(&world, EMPLOYEE));
    for (body, error) in [
        (json!({"isSuperAdmin": true}), "Only super administrators can grant super admin access."),
        (json!({"features": ["*"]}), "Only super administrators can grant global wildcard access."),
        (json!({"features": ["directory.tenants.view"]}), "Cannot grant feature directory.tenants.view."),
        (json!({"features": ["directory.*"]}), "Cannot grant feature wildcard directory.*."),
        (json!({"organizations": [NOBODY]}), "Cannot grant organization access outside actor scope."),
    ] {
        put(&world, &admin, &user, body).is(403, error);
    }
    put(&world, &admin, &user, json!({"features": ["auth.users.list"]})).ok(200);
    // What is denied from above is not handed back from below.
    put(&world, &world.staff_login(SUPERADMIN), &user, json!({"denied": ["directory.tenants.view"]})).ok(200);
    put(&world, &admin, &user, json!({"denied": []})).is(403, "Cannot grant feature directory.tenants.view.");
    for bad in [json!({"features": [""]}), json!({"denied": ["x".repeat(101)]}), json!({"features": vec!["x"; 201]}), json!({"organizations": "x"})] {
        put(&world, &admin, &user, bad).is(400, "Invalid input");
    }
}

#[test]
fn authority_over_people_goes_by_priority_and_reach() {
    let world = World::seeded();
    let (admin, platform) = (world.staff_login(ADMIN), world.staff_login(SUPERADMIN));
    const SUPER: &str = "Only super administrators can modify super administrator accounts.";
    put(&world, &admin, &id_of(&world, SUPERADMIN), json!({"denied": ["a"]})).is(403, SUPER);
    read(&world, &admin, &id_of(&world, SUPERADMIN)).is(403, SUPER);
    for (jar, email) in [(&admin, ADMIN), (&platform, SUPERADMIN)] {
        put(&world, jar, &id_of(&world, email), json!({"denied": ["a"]})).is(400, "Cannot change your own access");
        read(&world, jar, &id_of(&world, email)).ok(200);
    }
    let peer = world.colleague(world.acme().tenant, "peer@acme.example").to_string();
    world.arrange(&format!(
        "INSERT INTO staff_memberships (id, user_id, tenant_id, role_id, created_at) SELECT '{peer}', '{peer}', tenant_id, id, 1 FROM staff_roles WHERE slug = 'admin'"
    ));
    put(&world, &admin, &peer, json!({"denied": ["a"]})).is(403, "Cannot manage a user at or above your own priority.");
    put(&world, &platform, &peer, json!({"denied": ["a"]})).ok(200);
    let rival = world.persona("rival").jar;
    let before = world.dump(|table| table == "staff_user_acls");
    for user in [peer.as_str(), NOBODY] {
        read(&world, &rival, user).is(404, "User not found");
        put(&world, &rival, user, json!({"denied": ["b"]})).is(404, "User not found");
        world.send(Req::delete(&format!("{ACL}?userId={user}")).jar(&rival)).is(404, "User not found");
    }
    assert!(before == world.dump(|table| table == "staff_user_acls"));
    read(&world, &admin, "nonsense").is(400, "Invalid input");
}

/// The ACL holds in the whole tenant, so that an owner of one organization leaves those alone who work in another too.
#[test]
fn an_owner_changes_the_acl_of_those_who_work_nowhere_else() {
    let world = World::seeded();
    let (acme, user) = (world.acme(), id_of(&world, EMPLOYEE));
    let owner = world.staff(&acme, "owner", &portcullis_tests::staff::OWNER);
    put(&world, &owner, &user, json!({"denied": ["customers.*"]})).ok(200);
    let other = world.organization(acme.tenant, "other", None);
    world.arrange(&format!(
        "INSERT INTO staff_memberships (id, user_id, tenant_id, organization_id, role_id, created_at) \
         SELECT '{user}', '{user}', tenant_id, '{}', id, 1 FROM staff_roles WHERE slug = 'cashier'",
        other.organization
    ));
    put(&world, &owner, &user, json!({})).is(403, "Not authorized to access this user.");
    put(&world, &world.staff_login(ADMIN), &user, json!({})).ok(200);
}

/// A person who rose between the look and the write is decided upon again.
#[test]
fn a_person_who_rose_meanwhile_is_out_of_reach() {
    let world = World::seeded();
    let (admin, user) = (world.staff_login(ADMIN), id_of(&world, EMPLOYEE));
    world.database.before_next_write(&format!(
        "UPDATE staff_memberships SET role_id = (SELECT id FROM staff_roles WHERE slug = 'admin') WHERE user_id = '{user}'"
    ));
    put(&world, &admin, &user, json!({"denied": ["customers.*"]})).is(403, "Cannot manage a user at or above your own priority.");
    assert_eq!(world.count("staff_user_acls"), 0);
}

/// LOCK-OSS-032.
#[test]
fn tc_lock_oss_032_stale_writes_of_a_persons_acl_are_refused() {
    let world = World::seeded();
    let (admin, user) = (world.staff_login(ADMIN), id_of(&world, EMPLOYEE));
    let send = |req: Req, expected: &str| world.send(req.jar(&admin).header(EXPECTED, expected));
    let change = || put_request(&user, json!({"denied": ["customers.*"]}));
    let version = || read(&world, &admin, &user).json()["updatedAt"].as_str().unwrap().to_owned();
    send(change(), "2020-01-01T00:00:00.000Z").ok(200);
    let first = version();
    send(change(), &first).ok(200);
    let second = version();
    assert!(second > first);
    let drop = || Req::delete(&format!("{ACL}?userId={user}"));
    for req in [change(), drop()] {
        let stale = send(req, &first).is(409, "record_modified").json();
        assert_eq!(
            (&stale["code"], &stale["expectedUpdatedAt"], &stale["currentUpdatedAt"]),
            (&json!("optimistic_lock_conflict"), &json!(first), &json!(second))
        );
    }
    send(drop(), &second).ok(200);
}

#[test]
fn the_last_super_admin_keeps_the_flag() {
    let world = World::seeded();
    let platform = world.staff_login(SUPERADMIN);
    let second = world.colleague(world.acme().tenant, "second@acme.example").to_string();
    put(&world, &platform, &second, json!({"isSuperAdmin": true})).ok(200);
    put(&world, &platform, &second, json!({})).ok(200);
    put(&world, &platform, &second, json!({"isSuperAdmin": true})).ok(200);
    // The other one goes between the look and the write.
    world.database.before_next_write(&format!("UPDATE staff_users SET is_active = 0 WHERE id = '{}'", id_of(&world, SUPERADMIN)));
    put(&world, &platform, &second, json!({})).is(409, "The last super administrator cannot be removed.");
    assert_eq!(world.value(&format!("SELECT is_super_admin FROM staff_user_acls WHERE user_id = '{second}' AND deleted_at IS NULL")), 1);
}
