//! `/api/directory/tenants`.

use portcullis_tests::{
    Req, World,
    people::{PASSWORD, Place},
    staff::{EMPLOYEE, OWNER, SUPERADMIN},
};
use serde_json::json;

use super::{NOBODY, delete, events, get, made, names, post, put, trail, with_version};

const NOT_OPERATORS: &str = "This is for operators of the platform.";

/// F.3: CRUD statuses; a tenant's name holds 1 to 200 characters; a tenant starts with the roles of its pack.
#[test]
fn dir_tenants_are_made_changed_listed_and_deleted() {
    let world = World::seeded();
    let root = world.staff_login(SUPERADMIN);
    for name in ["", &"x".repeat(201)] {
        let refused = post(&world, &root, "tenants", json!({"name": name}));
        refused.is(400, "Invalid input");
        assert!(refused.json()["details"]["name"].is_array());
    }
    post(&world, &root, "tenants", json!({"name": "T", "policy": "lax"})).is(400, "Invalid input");
    post(&world, &root, "tenants", json!({"name": "T", "partnerId": NOBODY})).is(400, "Partner not found");
    made(&post(&world, &root, "tenants", json!({"name": "x".repeat(200)})));
    let id = made(&post(&world, &root, "tenants", json!({"name": "Initech", "policy": "strict", "deletedAt": 1, "createdAt": 1})));
    assert_eq!(trail(&world, "tenant.created").0, id);
    assert_eq!(events(&world, "directory.tenant.created"), 2);
    let roles = world.rows(&format!("SELECT slug FROM staff_roles WHERE tenant_id = '{id}' ORDER BY priority DESC, slug"));
    assert_eq!(roles.iter().map(|row| row["slug"].as_str().unwrap()).collect::<Vec<_>>(), ["admin", "owner", "cashier", "employee"]);

    let listed = get(&world, &root, &format!("tenants?id={id}")).ok(200).json();
    assert_eq!((listed["total"].as_i64(), listed["pageSize"].as_i64(), listed["totalPages"].as_i64()), (Some(1), Some(50), Some(1)));
    let item = &listed["items"][0];
    assert_eq!((item["name"].as_str(), item["policy"].as_str(), item["isActive"].as_bool()), (Some("Initech"), Some("strict"), Some(true)));
    assert_eq!((&item["updatedAt"], item["usersCount"].as_i64(), item["organizationsCount"].as_i64()), (&json!(null), Some(0), Some(0)));

    put(&world, &root, "tenants", json!({"id": id, "name": "Initech Ltd"})).ok(200);
    assert_eq!(trail(&world, "tenant.updated").1, json!({"name": {"before": "Initech", "after": "Initech Ltd"}}));
    assert_eq!(world.value(&format!("SELECT policy FROM tenants WHERE id = '{id}'")), "strict", "what is absent stays");
    for body in [json!({"id": NOBODY, "name": "x"}), json!({"id": NOBODY})] {
        put(&world, &root, "tenants", body).is(404, "Tenant not found");
    }
    put(&world, &root, "tenants", json!({"name": "x"})).is(400, "Invalid input");

    delete(&world, &root, "tenants").is(400, "Tenant id required");
    delete(&world, &root, "tenants?id=x").is(404, "Tenant not found");
    let by_body = world.send(Req::delete("/api/directory/tenants").jar(&root).json(json!({"id": id})));
    by_body.ok(200);
    delete(&world, &root, &format!("tenants?id={id}")).is(404, "Tenant not found");
    assert_eq!((events(&world, "directory.tenant.updated"), events(&world, "directory.tenant.deleted")), (1, 1));
    assert!(names(&get(&world, &root, &format!("tenants?id={id}"))).is_empty());
    assert_eq!(world.count(&format!("tenants WHERE id = '{id}' AND is_active = 0")), 1, "the row stays");
}

#[test]
fn dir_the_list_of_tenants_sorts_filters_searches_and_pages() {
    let world = World::seeded();
    let root = world.staff_login(SUPERADMIN);
    for name in ["beta", "Alpha", "Gamma"] {
        world.advance_seconds(1);
        made(&post(&world, &root, "tenants", json!({"name": name, "isActive": name != "Gamma"})));
    }
    let list = |query: &str| names(&get(&world, &root, &format!("tenants?{query}")));
    assert_eq!(list(""), ["Acme", "Alpha", "beta", "Gamma"]);
    assert_eq!(list("sortDir=desc"), ["Gamma", "beta", "Alpha", "Acme"]);
    assert_eq!(list("sortField=createdAt&sortDir=desc"), ["Gamma", "Alpha", "beta", "Acme"]);
    assert_eq!(list("isActive=false"), ["Gamma"]);
    assert_eq!(list("search=%20AL"), ["Alpha"]);
    assert_eq!(list("search=a&sortField=createdAt"), ["Acme", "beta", "Alpha", "Gamma"]);
    assert_eq!(list("search=%25"), [""; 0]);
    let second = get(&world, &root, "tenants?page=2&pageSize=3").json();
    assert_eq!((second["items"][0]["name"].as_str(), second["total"].as_i64(), second["totalPages"].as_i64()), (Some("Gamma"), Some(4), Some(2)));
    for (query, field) in [
        ("sortField=color", "sortField"),
        ("sortDir=up", "sortDir"),
        ("isActive=maybe", "isActive"),
        ("page=abc", "page"),
        ("page=0", "page"),
        ("pageSize=101", "pageSize"),
        ("id=x", "id"),
    ] {
        let refused = get(&world, &root, &format!("tenants?{query}"));
        refused.is(400, "Invalid query parameters");
        assert!(refused.json()["details"][field].is_array(), "{query}");
    }
}

/// Everybody but the platform's staff sees their own tenant and changes none.
#[test]
fn dir_others_see_their_own_tenant_and_change_none() {
    let world = World::seeded();
    let globex = world.found("globex");
    let acme = world.staff(&world.acme(), "viewer", &["directory.tenants.*"]);
    assert_eq!(names(&get(&world, &acme, "tenants")), ["Acme"]);
    assert_eq!(names(&get(&world, &acme, "tenants?search=globex")), [""; 0]);
    assert_eq!(names(&get(&world, &acme, &format!("tenants?id={}", globex.tenant))), [""; 0]);
    get(&world, &acme, &format!("tenants?tenantId={}", globex.tenant)).is(403, "Not authorized to target this tenant.");
    for tenant in [globex.tenant, world.acme().tenant] {
        put(&world, &acme, "tenants", json!({"id": tenant, "name": "Mine"})).is(403, NOT_OPERATORS);
        delete(&world, &acme, &format!("tenants?id={tenant}")).is(403, NOT_OPERATORS);
        post(&world, &acme, &format!("tenants/{tenant}/suspend"), json!({})).is(403, NOT_OPERATORS);
        post(&world, &acme, &format!("tenants/{tenant}/resume"), json!({})).is(403, NOT_OPERATORS);
    }
    post(&world, &acme, "tenants", json!({"name": "Mine"})).is(403, NOT_OPERATORS);
    let employee = world.staff_login(EMPLOYEE);
    let unseen = get(&world, &employee, "tenants");
    unseen.is(403, "Forbidden");
    assert_eq!(unseen.json()["requiredFeatures"], json!(["directory.tenants.view"]));
    post(&world, &employee, "tenants", json!({"name": "Mine"})).is(403, "Forbidden");
    assert_eq!(world.count("tenants WHERE name IN ('Acme', 'globex')"), 2);
}

/// F.3: stale edits are refused.
#[test]
fn dir_a_stale_edit_of_a_tenant_is_refused() {
    let world = World::seeded();
    let (root, id) = (world.staff_login(SUPERADMIN), world.found("globex").tenant);
    let edit = |name: &str, version: &str| {
        let req = Req::put("/api/directory/tenants").jar(&root).json(json!({"id": id, "name": name}));
        world.send(with_version(req, version))
    };
    edit("One", "2020-01-01T00:00:00Z").ok(200);
    let stale = edit("Two", "2020-01-01T00:00:00Z");
    stale.is(409, "record_modified");
    assert_eq!(stale.json()["code"], "optimistic_lock_conflict");
    let current = stale.json()["currentUpdatedAt"].as_str().unwrap().to_owned();
    edit("Three", &current).ok(200);
    for req in [Req::delete(&format!("/api/directory/tenants?id={id}")), Req::post(&format!("/api/directory/tenants/{id}/suspend"))] {
        world.send(with_version(req.jar(&root), &current)).is(409, "record_modified");
    }
    // Two edits at once: the second reads again and keeps what the first one did.
    world.database.before_next_write(&format!("UPDATE tenants SET policy = 'strict', updated_at = updated_at + 5 WHERE id = '{id}'"));
    put(&world, &root, "tenants", json!({"id": id, "name": "Four"})).ok(200);
    assert_eq!(world.rows(&format!("SELECT name, policy FROM tenants WHERE id = '{id}'"))[0], json!({"name": "Four", "policy": "strict"}));
}

fn lookups(world: &World, place: &Place) -> [u16; 2] {
    let paths = [format!("tenants/lookup?tenantId={}", place.tenant), "organizations/lookup?slug=globex".to_owned()];
    paths.map(|path| world.send(Req::get(&format!("/api/directory/{path}"))).status)
}

/// Suspension is in force with the next request, whatever KV holds, and so is the end of it.
#[test]
fn dir_a_suspended_tenant_lets_nobody_in_until_it_is_resumed() {
    let world = World::seeded();
    let (root, globex) = (world.staff_login(SUPERADMIN), world.found("globex"));
    world.add_user(&globex, "gina@globex.example", "buyer");
    let login = || {
        let body = json!({"email": "gina@globex.example", "password": PASSWORD, "organizationId": globex.organization});
        world.send(Req::post("/api/customer_accounts/login").json(body))
    };
    let (customer, staff) = (world.login("gina@globex.example"), world.staff(&globex, "gus", &OWNER));
    let profile = || world.send(Req::get("/api/customer_accounts/portal/profile").jar(&customer));
    let refresh = || world.send(Req::post("/api/customer_accounts/portal/sessions-refresh").jar(&customer));
    let at_work = || world.send(Req::get("/api/auth/profile").jar(&staff));
    assert_eq!((lookups(&world, &globex), lookups(&world, &globex)), ([200, 200], [200, 200]), "and copied to KV");
    let tenant = format!("tenants/{}", globex.tenant);

    post(&world, &root, &format!("{tenant}/suspend"), json!({})).ok(200);
    let refused = profile();
    assert_eq!((refused.status, refused.json()["code"].as_str()), (403, Some("tenant_suspended")));
    assert_eq!((login().status, login().json()["code"].as_str()), (403, Some("tenant_suspended")));
    assert_eq!((refresh().status, at_work().status, lookups(&world, &globex)), (401, 403, [404, 404]));
    post(&world, &root, &format!("{tenant}/suspend"), json!({})).ok(200);
    assert_eq!(events(&world, "directory.tenant.suspended"), 1, "twice is once");
    assert_eq!(trail(&world, "tenant.suspended").1, json!({"isActive": {"before": true, "after": false}}));

    post(&world, &root, &format!("{tenant}/resume"), json!({})).ok(200);
    assert_eq!((profile().status, login().status, refresh().status, at_work().status, lookups(&world, &globex)), (200, 200, 200, 200, [200, 200]));

    put(&world, &root, "tenants", json!({"id": globex.tenant, "isActive": false})).ok(200);
    assert_eq!((profile().status, lookups(&world, &globex)), (403, [404, 404]), "the same by an edit");
    delete(&world, &root, &format!("tenants?id={}", globex.tenant)).ok(200);
    assert_eq!((profile().status, login().status, refresh().status, at_work().status, lookups(&world, &globex)), (401, 401, 401, 401, [404, 404]));
    post(&world, &root, &format!("{tenant}/resume"), json!({})).is(404, "Tenant not found");
}

/// The platform does not lose its administrators with a tenant: neither the home of one, nor the place of the last.
#[test]
fn dir_a_tenant_that_is_home_to_staff_of_the_platform_stays() {
    let world = World::seeded();
    let root = world.staff_login(SUPERADMIN);
    let acme = world.acme().tenant;
    delete(&world, &root, &format!("tenants?id={acme}")).is(409, "Staff of the platform have their home in this tenant");
    // The last super admin lives elsewhere and holds the role here.
    let globex = world.found("globex");
    world.arrange(&format!("UPDATE staff_users SET tenant_id = '{}' WHERE email = '{SUPERADMIN}'", globex.tenant));
    let root = world.staff_login(SUPERADMIN);
    delete(&world, &root, &format!("tenants?id={acme}")).is(409, "The last super administrator cannot be removed.");
    assert_eq!(world.count("tenants WHERE deleted_at IS NOT NULL"), 0);
}
