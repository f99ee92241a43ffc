//! Roles of staff: TC-AUTH-023, 024, CRUDFORM and LOCK-OSS for roles.

use portcullis_tests::{
    Jar, Req, Res, World,
    staff::{ADMIN, EMPLOYEE, OWNER, SUPERADMIN},
};
use serde_json::{Value, json};

use super::id_of;
use crate::flows::admin_users::{EXPECTED, NOBODY, keys};

pub const ROLES: &str = "/api/auth/roles";
pub const ACL: &str = "/api/auth/roles/acl";

pub fn list(world: &World, jar: &Jar, query: &str) -> Value {
    world.send(Req::get(&format!("{ROLES}{query}")).jar(jar)).ok(200).json()
}

fn names(world: &World, jar: &Jar, query: &str) -> Vec<String> {
    list(world, jar, query)["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

pub fn create(world: &World, jar: &Jar, body: Value) -> Res {
    world.send(Req::post(ROLES).jar(jar).json(body))
}

pub fn made(world: &World, jar: &Jar, name: &str, priority: i64) -> String {
    create(world, jar, json!({"name": name, "priority": priority})).ok(201).json()["id"].as_str().unwrap().to_owned()
}

pub fn update(world: &World, jar: &Jar, body: Value) -> Res {
    world.send(Req::put(ROLES).jar(jar).json(body))
}

pub fn delete(world: &World, jar: &Jar, id: &str) -> Res {
    world.send(Req::delete(&format!("{ROLES}?id={id}")).jar(jar))
}

pub fn acl(world: &World, jar: &Jar, id: &str) -> Value {
    world.send(Req::get(&format!("{ACL}?roleId={id}")).jar(jar)).ok(200).json()
}

pub fn grant(world: &World, jar: &Jar, id: &str, more: Value) -> Res {
    let mut body = json!({"roleId": id});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.send(Req::put(ACL).jar(jar).json(body))
}

pub fn role(world: &World, slug: &str) -> String {
    world.value(&format!("SELECT id FROM staff_roles WHERE slug = '{slug}' AND deleted_at IS NULL")).as_str().unwrap().to_owned()
}

pub fn assign(world: &World, email: &str, role: &str) {
    world.arrange(&format!("UPDATE staff_memberships SET role_id = '{role}' WHERE user_id = '{}'", id_of(world, email)));
}

pub fn events(world: &World, name: &str) -> Vec<Value> {
    let rows = world.rows(&format!("SELECT payload FROM event_outbox WHERE name = '{name}' ORDER BY id"));
    rows.iter().map(|row| serde_json::from_str(row["payload"].as_str().unwrap()).unwrap()).collect()
}

#[test]
fn tc_auth_023_a_role_belongs_to_a_tenant() {
    let world = World::seeded();
    let (admin, globex) = (world.staff_login(ADMIN), world.found("globex"));
    let global = "tenantId cannot be null — global roles are not supported";
    create(&world, &admin, json!({"name": "Nowhere", "tenantId": null})).is(400, global);
    let own = create(&world, &admin, json!({"name": "Here"})).ok(201).json();
    assert_eq!(keys(&own), ["id"]);
    let item = &list(&world, &admin, "?search=here")["items"][0];
    assert_eq!((&item["id"], &item["tenantId"]), (&own["id"], &json!(world.acme().tenant)), "the actor's, where none is named");
    update(&world, &admin, json!({"id": own["id"], "tenantId": null})).is(400, global);
    let foreign = json!({"name": "There", "tenantId": globex.tenant});
    create(&world, &admin, foreign.clone()).is(403, "Not authorized to target this tenant.");
    let platform = world.staff_login(SUPERADMIN);
    let there = create(&world, &platform, foreign).ok(201).json()["id"].as_str().unwrap().to_owned();
    create(&world, &platform, json!({"name": "Lost", "tenantId": NOBODY})).is(404, "Tenant not found");
    assert_eq!(names(&world, &platform, &format!("?tenantId={}&search=there", globex.tenant)), ["There"]);
    // Moved while nobody holds it, and to tenants that are.
    update(&world, &platform, json!({"id": there, "tenantId": NOBODY})).is(404, "Tenant not found");
    update(&world, &platform, json!({"id": there, "tenantId": world.acme().tenant})).ok(200);
    assert_eq!(names(&world, &admin, "?search=there"), ["There"]);
    assign(&world, EMPLOYEE, &there);
    let back = json!({"id": there, "tenantId": globex.tenant});
    update(&world, &platform, back.clone()).is(400, "Role cannot be moved to another tenant while users are assigned");
    update(&world, &admin, back).is(403, "Not authorized to target this tenant.");
}

#[test]
fn tc_auth_024_a_list_shows_the_own_tenants_roles_and_nothing_of_super_admins() {
    let world = World::seeded();
    let globex = world.found("globex");
    let rival = world.staff(&globex, "rival", &OWNER);
    made(&world, &rival, "Theirs", 100);
    let admin = world.staff_login(ADMIN);
    let all = list(&world, &admin, "");
    assert_eq!((keys(&all), &all["total"], &all["isSuperAdmin"]), (vec!["isSuperAdmin", "items", "total", "totalPages"], &json!(4), &json!(false)));
    assert_eq!(names(&world, &admin, ""), ["admin", "owner", "cashier", "employee"], "the highest first");
    let employee = &list(&world, &admin, "?search=EMPL")["items"][0];
    assert_eq!(
        keys(employee),
        ["description", "id", "isSystem", "name", "priority", "slug", "tenantId", "tenantIds", "tenantName", "updatedAt", "usersCount"]
    );
    assert_eq!(
        (&employee["usersCount"], &employee["tenantName"], &employee["tenantIds"], &employee["isSystem"]),
        (&json!(1), &json!("Acme"), &json!([world.acme().tenant]), &json!(true))
    );
    assert_eq!(names(&world, &admin, &format!("?id={}", role(&world, "superadmin"))), [""; 0]);
    assert_eq!(names(&world, &world.staff_login(SUPERADMIN), "").first().unwrap(), "superadmin");
    assign(&world, ADMIN, &role(&world, "operator"));
    assert_eq!(names(&world, &world.staff_login(ADMIN), "")[..2], ["platform_admin", "operator"], "staff of the platform see its roles");
    let admin = world.staff_login(ADMIN);
    for (jar, nonsense) in [(&admin, "?id=x"), (&world.staff_login(SUPERADMIN), "?tenantId=x")] {
        let empty = list(&world, jar, nonsense);
        assert_eq!((&empty["items"], &empty["total"], &empty["totalPages"]), (&json!([]), &json!(0), &json!(1)));
    }
    assert_eq!((names(&world, &admin, "?pageSize=1&page=2"), names(&world, &admin, "?page=abc&search=%25").len()), (vec!["operator".to_owned()], 0));
    let staff = world.staff_login(EMPLOYEE);
    world.send(Req::get(ROLES).jar(&staff)).is(403, "Forbidden");
}

#[test]
fn tc_auth_crudform_every_field_of_a_role_round_trips() {
    let world = World::seeded();
    let admin = world.staff_login(ADMIN);
    let body = json!({"name": "Field Agent", "slug": "field-agent", "description": "Out and about", "priority": 250, "isSystem": true, "isSuperAdmin": true});
    let id = create(&world, &admin, body).ok(201).json()["id"].as_str().unwrap().to_owned();
    let item = |id: &str| list(&world, &admin, &format!("?id={id}"))["items"][0].clone();
    let expect = |fields: Value| fields.as_object().unwrap().iter().for_each(|(name, value)| assert_eq!(item(&id)[name], *value, "{name}"));
    expect(
        json!({"name": "Field Agent", "slug": "field-agent", "description": "Out and about", "priority": 250, "isSystem": false, "updatedAt": null}),
    );
    assert_eq!(acl(&world, &admin, &id), json!({"isSuperAdmin": false, "features": [], "organizations": null, "updatedAt": null}));
    update(&world, &admin, json!({"id": id, "name": "Agent", "slug": "agent", "description": null, "priority": 251})).ok(200);
    expect(json!({"name": "Agent", "slug": "agent", "description": null, "priority": 251, "usersCount": 0}));
    assert!(item(&id)["updatedAt"].is_string());
    update(&world, &admin, json!({"id": id})).ok(200);
    expect(json!({"name": "Agent", "slug": "agent", "priority": 251}));
    // Without a priority: an employee's. Without a slug: one made of the name.
    let plain = create(&world, &admin, json!({"name": "Über Agent 7"})).ok(201).json();
    assert_eq!(
        (&item(plain["id"].as_str().unwrap())["priority"], &item(plain["id"].as_str().unwrap())["slug"]),
        (&json!(300), &json!("ber_agent_7"))
    );
    delete(&world, &admin, &id).ok(200);
    assert_eq!(list(&world, &admin, &format!("?id={id}"))["total"], 0);
    delete(&world, &admin, &id).is(404, "Role not found");
    made(&world, &admin, "Agent", 100);
    for (name, count) in [("created", 3), ("updated", 2), ("deleted", 1)] {
        assert_eq!(events(&world, &format!("auth.role.{name}")).len(), count, "{name}");
        assert_eq!(world.count(&format!("audit_log WHERE action = 'staff_role.{name}'")), count as i64, "{name}");
    }
    assert_eq!(events(&world, "auth.role.updated")[0], json!({"id": id, "name": "Agent", "tenantId": world.acme().tenant, "organizationId": null}));
}

#[test]
fn names_are_checked_reserved_and_taken_once() {
    let world = World::seeded();
    let admin = world.staff_login(ADMIN);
    for bad in [
        json!({}),
        json!({"name": "x"}),
        json!({"name": "x".repeat(101)}),
        json!({"name": "Fine", "slug": "Not Fine"}),
        json!({"name": "Fine", "priority": 0}),
        json!({"name": "Fine", "priority": 1001}),
        json!({"name": "Fine", "priority": 1.5}),
        json!({"name": "Fine", "description": 7}),
    ] {
        create(&world, &admin, bad).is(400, "Invalid input");
    }
    for reserved in ["superadmin", "Admin", "OWNER", "guest", "platform_admin"] {
        create(&world, &admin, json!({"name": reserved})).is(400, "Role name is reserved");
        create(&world, &admin, json!({"name": "Fine", "slug": reserved.to_lowercase()})).is(400, "Role name is reserved");
    }
    let id = made(&world, &admin, "Agent", 100);
    create(&world, &admin, json!({"name": "AGENT", "slug": "other"})).is(409, "A role with this name already exists");
    create(&world, &admin, json!({"name": "Other", "slug": "agent"})).is(409, "A role with this slug already exists");
    let other = made(&world, &admin, "Other", 100);
    update(&world, &admin, json!({"id": other, "name": "agent"})).is(409, "A role with this name already exists");
    update(&world, &admin, json!({"id": other, "name": "Admin"})).is(400, "Role name is reserved");
    assign(&world, EMPLOYEE, &id);
    update(&world, &admin, json!({"id": id, "name": "Spy"})).is(400, "Role name cannot be changed while users are assigned");
    update(&world, &admin, json!({"id": id, "name": "Agent", "description": "Still"})).ok(200);
    delete(&world, &admin, &id).is(400, "Role has assigned users");
    world.send(Req::delete(ROLES).jar(&admin)).is(400, "Role id required");
    // Given to somebody between the look and the write.
    let holder = id_of(&world, EMPLOYEE);
    world.database.before_next_write(&format!("UPDATE staff_memberships SET role_id = '{other}' WHERE user_id = '{holder}'"));
    delete(&world, &admin, &other).is(400, "Role has assigned users");
    world.database.before_next_write(&format!("UPDATE staff_memberships SET role_id = '{id}' WHERE user_id = '{holder}'"));
    update(&world, &admin, json!({"id": id, "name": "Spy"})).is(400, "Role name cannot be changed while users are assigned");
}

#[test]
fn what_the_system_came_with_stays() {
    let world = World::seeded();
    let (admin, platform) = (world.staff_login(ADMIN), world.staff_login(SUPERADMIN));
    for slug in ["superadmin", "platform_admin", "operator", "admin", "owner", "cashier", "employee"] {
        let id = role(&world, slug);
        delete(&world, &platform, &id).is(400, "Cannot delete a system role");
        for change in [json!({"id": id, "name": "Renamed"}), json!({"id": id, "slug": "renamed"}), json!({"id": id, "priority": 5})] {
            update(&world, &platform, change).is(400, "Cannot change name of a system role");
        }
        update(&world, &platform, json!({"id": id, "name": slug, "description": "Known"})).ok(200);
    }
    grant(&world, &platform, &role(&world, "superadmin"), json!({"isSuperAdmin": false})).is(400, "Cannot change the access of this system role");
    grant(&world, &platform, &role(&world, "operator"), json!({"features": []})).ok(200);
    grant(&world, &admin, &role(&world, "owner"), json!({"features": []})).is(403, "Only super administrators can modify this system role.");
    grant(&world, &admin, &role(&world, "cashier"), json!({"features": ["customers.people.view"]})).ok(200);
}

#[test]
fn priority_stands_above_features() {
    let world = World::seeded();
    let admin = world.staff_login(ADMIN);
    const HIGH: &str = "Cannot manage a role at or above your own priority.";
    for (priority, status) in [(699, 201), (700, 403), (701, 403), (1000, 403)] {
        let res = create(&world, &admin, json!({"name": format!("R{priority}"), "priority": priority}));
        assert_eq!((res.status, res.error().as_str()), (status, if status == 403 { HIGH } else { "" }), "{priority}");
    }
    let low = made(&world, &admin, "Low", 100);
    update(&world, &admin, json!({"id": low, "priority": 700})).is(403, HIGH);
    let own = role(&world, "admin");
    update(&world, &admin, json!({"id": own, "description": "x"})).is(403, HIGH);
    delete(&world, &admin, &own).is(403, HIGH);
    grant(&world, &admin, &own, json!({"features": []})).is(403, HIGH);
    // A flag in a low role makes it a super admin's.
    world.arrange(&format!("UPDATE staff_role_acls SET is_super_admin = 1 WHERE role_id = '{low}'"));
    const SUPER: &str = "Only super administrators can modify super administrator roles.";
    update(&world, &admin, json!({"id": low, "description": "x"})).is(403, SUPER);
    delete(&world, &admin, &low).is(403, SUPER);
    grant(&world, &admin, &low, json!({"isSuperAdmin": false})).is(403, SUPER);
    update(&world, &world.staff_login(SUPERADMIN), json!({"id": low, "priority": 1000})).ok(200);
    // The platform's roles are not for a tenant's people, whatever their priority.
    world.arrange(&format!("UPDATE staff_roles SET priority = 999 WHERE id = '{}'", role(&world, "admin")));
    delete(&world, &admin, &role(&world, "operator")).is(404, "Role not found");
    assign(&world, ADMIN, &role(&world, "platform_admin"));
    update(&world, &world.staff_login(ADMIN), json!({"id": role(&world, "operator"), "description": "x"}))
        .is(403, "Only super administrators can modify roles of the platform.");
}

#[test]
fn another_tenants_role_is_not_found() {
    let world = World::seeded();
    let rival = world.staff(&world.found("globex"), "rival", &OWNER);
    let theirs = made(&world, &world.staff_login(ADMIN), "Ours", 100);
    let before = world.dump(|table| table.starts_with("staff_role"));
    for id in [theirs.as_str(), NOBODY] {
        update(&world, &rival, json!({"id": id, "description": "x"})).is(404, "Role not found");
        delete(&world, &rival, id).is(404, "Role not found");
        world.send(Req::get(&format!("{ACL}?roleId={id}")).jar(&rival)).is(404, "Not found");
        grant(&world, &rival, id, json!({"features": ["auth.*"]})).is(404, "Not found");
    }
    assert!(before == world.dump(|table| table.starts_with("staff_role")));
    delete(&world, &rival, "nonsense").is(404, "Role not found");
    world.send(Req::get(&format!("{ACL}?roleId=nonsense")).jar(&rival)).is(400, "Invalid input");
    let platform = world.staff_login(SUPERADMIN);
    grant(&world, &platform, &theirs, json!({"features": [], "tenantId": world.place("globex").tenant})).is(404, "Not found");
}

/// LOCK-OSS-031 and 034: a role and its ACL have a version each.
#[test]
fn tc_lock_oss_031_034_stale_writes_of_roles_and_their_acls_are_refused() {
    let world = World::seeded();
    let admin = world.staff_login(ADMIN);
    let id = made(&world, &admin, "Agent", 100);
    let send = |req: Req, expected: &str| world.send(req.jar(&admin).header(EXPECTED, expected));
    let role = || list(&world, &admin, &format!("?id={id}"))["items"][0]["updatedAt"].clone();
    let grants = || acl(&world, &admin, &id)["updatedAt"].clone();
    let (put, put_acl) = (json!({"id": id, "description": "a"}), json!({"roleId": id, "features": ["customers.*"]}));
    for (path, body, version) in [(ROLES, put, &role as &dyn Fn() -> Value), (ACL, put_acl, &grants)] {
        let change = || Req::put(path).json(&body);
        assert_eq!(version(), Value::Null);
        send(change(), "2020-01-01T00:00:00.000Z").ok(200);
        let first = version().as_str().unwrap().to_owned();
        send(change(), &first).ok(200);
        let second = version().as_str().unwrap().to_owned();
        assert!(second > first);
        let stale = send(change(), &first).is(409, "record_modified").json();
        assert_eq!(
            (&stale["code"], &stale["expectedUpdatedAt"], &stale["currentUpdatedAt"]),
            (&json!("optimistic_lock_conflict"), &json!(first), &json!(second))
        );
        world.send(change().jar(&admin)).ok(200);
    }
    send(Req::delete(&format!("{ROLES}?id={id}")), "2020-01-01T00:00:00.000Z").is(409, "record_modified");
    send(Req::delete(&format!("{ROLES}?id={id}")), role().as_str().unwrap()).ok(200);
}
