//! Customer roles and what they grant: TC-AUTH-032, TC-CACC-CRUDFORM-001, TC-LOCK-OSS-014 and 033.

use portcullis_tests::{Jar, Req, Res, World, cases, people::BUYER, staff::OWNER};
use serde_json::{Value, json};

use super::{
    CA,
    admin_users::{EXPECTED, NOBODY, events, keys, owner, post, put},
};

fn roles(rest: &str) -> String {
    format!("{CA}/admin/roles{rest}")
}

fn create(world: &World, jar: &Jar, slug: &str) -> String {
    let res = post(world, jar, &roles(""), json!({"name": "Auditor", "slug": slug}));
    res.ok(201).json()["role"]["id"].as_str().unwrap().to_owned()
}

fn read(world: &World, jar: &Jar, id: &str) -> Value {
    world.send(Req::get(&roles(&format!("/{id}"))).jar(jar)).ok(200).json()
}

fn update(world: &World, jar: &Jar, id: &str, body: Value) -> Res {
    world.send(Req::put(&roles(&format!("/{id}"))).jar(jar).json(body))
}

fn grant(world: &World, jar: &Jar, id: &str, body: Value) -> Res {
    world.send(Req::put(&roles(&format!("/{id}/acl"))).jar(jar).json(body))
}

fn delete(world: &World, jar: &Jar, id: &str) -> Res {
    world.send(Req::delete(&roles(&format!("/{id}"))).jar(jar))
}

/// TC-AUTH-032, first half.
#[test]
fn roles_are_listed_oldest_first_and_found_by_any_part_of_name_or_slug() {
    let world = World::seeded();
    let jar = owner(&world);
    world.advance_seconds(1);
    create(&world, &jar, "auditor_50");
    let list = |query: &str| world.send(Req::get(&roles(query)).jar(&jar)).ok(200).json();
    let slugs = |query: &str| -> Vec<String> {
        list(query)["items"].as_array().unwrap().iter().map(|item| item["slug"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(slugs("").last().unwrap(), "auditor_50");
    let all = list("");
    assert_eq!((keys(&all), &all["total"], &all["totalPages"]), (vec!["items", "ok", "page", "total", "totalPages"], &json!(4), &json!(1)));
    assert_eq!(
        keys(&all["items"][0]),
        ["createdAt", "customerAssignable", "description", "id", "isDefault", "isSystem", "name", "slug", "updatedAt"]
    );
    assert_eq!(
        (slugs("?search=UYE"), slugs("?search=r_5"), slugs("?search=%25")),
        (vec!["buyer".into()], vec!["auditor_50".into()], Vec::<String>::new())
    );
    assert_eq!(slugs("?pageSize=1&page=2").len(), 1);
    assert_eq!(list("?page=abc&pageSize=1000")["page"], 1);
}

/// TC-CACC-CRUDFORM-001.
#[test]
fn tc_cacc_crudform_001_every_field_round_trips() {
    let world = World::seeded();
    let jar = owner(&world);
    let body = json!({"name": "Auditor", "slug": "auditor", "description": "Looks", "isDefault": true, "customerAssignable": true});
    let made = post(&world, &jar, &roles(""), body).ok(201).json();
    let id = made["role"]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        made,
        json!({"ok": true, "role": {"id": id, "name": "Auditor", "slug": "auditor", "description": "Looks", "isDefault": true, "isSystem": false,
            "customerAssignable": true, "createdAt": "2026-11-21T04:47:42.123Z"}})
    );
    let fresh = read(&world, &jar, &id);
    assert_eq!((&fresh["features"], &fresh["updatedAt"], fresh.get("isPortalAdmin")), (&json!([]), &Value::Null, None));
    let change =
        json!({"name": "Inspector", "slug": "inspector", "description": "", "isDefault": false, "customerAssignable": false, "isSystem": true});
    update(&world, &jar, &id, change).ok(200);
    let features = json!(["made.up.feature", "portal.orders.*", "*"]);
    let granted = grant(&world, &jar, &id, json!({"features": features})).ok(200).json();
    let after = read(&world, &jar, &id);
    assert_eq!(granted, json!({"ok": true, "updatedAt": after["updatedAt"]}));
    for (name, value) in [
        ("name", json!("Inspector")),
        ("slug", json!("auditor")),
        ("description", json!("")),
        ("isDefault", json!(false)),
        ("isSystem", json!(false)),
        ("customerAssignable", json!(false)),
        ("features", features),
    ] {
        assert_eq!(after[name], value, "{name}");
    }
    let place = world.acme();
    let named = |name: &str| json!({"id": id, "name": name, "tenantId": place.tenant, "organizationId": place.organization});
    assert_eq!(events(&world, "role.updated"), [named("Inspector"), named("Inspector")], "the ACL is part of the role");
    assert_eq!(keys(&events(&world, "role.created")[0]), ["id", "name", "organizationId", "slug", "tenantId"]);
    assert_eq!(world.count("audit_log WHERE action IN ('role.created', 'role.updated', 'role.acl_replaced')"), 3);
}

/// D7.
#[test]
fn a_changed_acl_is_in_force_on_the_next_request() {
    let world = World::seeded();
    let jar = owner(&world);
    let buyer = world.login(BUYER);
    let check = || world.send(cases::feature_check(json!(["portal.orders.view", "portal.users.view"])).jar(&buyer)).ok(200).json()["granted"].clone();
    let role = cases::portal_role(&world, "buyer");
    assert_eq!(check(), json!(["portal.orders.view"]));
    grant(&world, &jar, &role, json!({"features": ["portal.users.*"]})).ok(200);
    assert_eq!(check(), json!(["portal.users.view"]));
    grant(&world, &jar, &role, json!({"features": [], "isPortalAdmin": true})).ok(200);
    assert_eq!(check(), json!(["portal.orders.view", "portal.users.view"]));
    grant(&world, &jar, &role, json!({"features": []})).ok(200);
    assert_eq!(check(), json!(["portal.orders.view", "portal.users.view"]), "the flag stays until it is said otherwise");
    grant(&world, &jar, &role, json!({"features": [], "isPortalAdmin": false})).ok(200);
    assert_eq!(check(), json!([]));
    put(&world, &jar, BUYER, json!({"roleIds": []})).ok(200);
    grant(&world, &jar, &role, json!({"features": ["portal.orders.view"]})).ok(200);
    assert_eq!(check(), json!([]), "who does not hold the role any more has nothing of it");
}

#[test]
fn grants_are_bounded_and_too_many_for_a_token_are_pointed_out() {
    let world = World::seeded();
    let jar = owner(&world);
    let role = cases::portal_role(&world, "buyer");
    for bad in [
        json!({}),
        json!({"features": "a"}),
        json!({"features": [""]}),
        json!({"features": ["x".repeat(101)]}),
        json!({"features": vec!["x"; 201]}),
        json!({"features": [], "isPortalAdmin": "yes"}),
    ] {
        grant(&world, &jar, &role, bad).is(400, "Validation failed");
    }
    let many: Vec<String> = (0..200).map(|n| format!("portal.area-{n:03}.manage")).collect();
    assert_eq!(grant(&world, &jar, &role, json!({"features": many})).ok(200).json()["warning"], "features_omitted");
    assert_eq!(read(&world, &jar, &role)["warning"], "features_omitted", "whoever opens the role later sees it too");
    assert_eq!(grant(&world, &jar, &role, json!({"features": ["a"]})).ok(200).json().get("warning"), None);
    assert_eq!(read(&world, &jar, &role).get("warning"), None);
    // The browser flow works all the same: tokens leave the features out, routes ask the database.
    grant(&world, &jar, &role, json!({"features": many})).ok(200);
    let buyer = world.login(BUYER);
    assert!(buyer.get("customer_auth_token").len() < 3 * 1024);
    assert_eq!(cases::claims(buyer.get("customer_auth_token"))["featuresOmitted"], true);
    let checked = world.send(cases::feature_check(json!(["portal.area-199.manage"])).jar(&buyer)).ok(200).json();
    assert_eq!(checked["granted"], json!(["portal.area-199.manage"]));
}

#[test]
fn a_slug_is_taken_once_in_an_organization_and_free_again_after_deletion() {
    let world = World::seeded();
    let jar = owner(&world);
    let again = |slug: &str| post(&world, &jar, &roles(""), json!({"name": "Another", "slug": slug}));
    again("buyer").is(409, "A role with this slug already exists");
    let id = create(&world, &jar, "auditor");
    again("auditor").is(409, "A role with this slug already exists");
    delete(&world, &jar, &id).ok(200);
    again("auditor").ok(201);
    for bad in ["", "Buyer", "a b", "ü", &"x".repeat(256)] {
        again(bad).is(400, "Validation failed");
    }
    let rival = world.staff(&world.found("globex"), "rival", &OWNER);
    post(&world, &rival, &roles(""), json!({"name": "Theirs", "slug": "auditor"})).ok(201);
}

#[test]
fn what_may_not_be_deleted_or_renamed_stays() {
    let world = World::seeded();
    let jar = owner(&world);
    let role = |slug: &str| cases::portal_role(&world, slug);
    delete(&world, &jar, &role("buyer")).is(400, "Cannot delete the default role. Set another role as default first.");
    delete(&world, &jar, &role("portal_admin")).is(400, "Cannot delete a system role");
    update(&world, &jar, &role("viewer"), json!({"name": "Looker"})).is(400, "Cannot change name of a system role");
    update(&world, &jar, &role("viewer"), json!({"name": "Viewer", "description": "Looks"})).ok(200);

    let id = create(&world, &jar, "auditor");
    let user = world.user_id(BUYER);
    put(&world, &jar, BUYER, json!({"roleIds": [id]})).ok(200);
    delete(&world, &jar, &id).is(400, "Cannot delete role with 1 assigned user(s). Reassign users first.");
    update(&world, &jar, &id, json!({"isDefault": true})).ok(200);
    delete(&world, &jar, &id).is(400, "Cannot delete the default role. Set another role as default first.");
    update(&world, &jar, &id, json!({"isDefault": false})).ok(200);
    world.send(Req::delete(&format!("{CA}/admin/users/{user}")).jar(&jar)).ok(200);
    delete(&world, &jar, &id).ok(200);
    assert_eq!(world.count(&format!("customer_user_roles WHERE role_id = '{id}'")), 0);
    delete(&world, &jar, &id).is(404, "Role not found");
    grant(&world, &jar, &id, json!({"features": []})).is(404, "Role not found");
    assert_eq!(keys(&events(&world, "role.deleted")[0]), ["id", "name", "organizationId", "slug", "tenantId"]);
}

/// TC-LOCK-OSS-014 and 033.
#[test]
fn tc_lock_oss_014_033_stale_writes_are_refused_and_the_acl_shares_the_roles_version() {
    let world = World::seeded();
    let jar = owner(&world);
    let id = create(&world, &jar, "auditor");
    let send = |req: Req, expected: &str| world.send(req.jar(&jar).header(EXPECTED, expected));
    let path = roles(&format!("/{id}"));
    let version = |res: &Res| res.ok(200).json()["updatedAt"].as_str().unwrap().to_owned();
    let first = version(&send(Req::put(&path).json(json!({"description": "a"})), "2020-01-01T00:00:00.000Z"));
    let second = version(&send(Req::put(&roles(&format!("/{id}/acl"))).json(json!({"features": ["a"]})), &first));
    assert!(second > first);
    for req in
        [Req::put(&path).json(json!({"description": "b"})), Req::put(&roles(&format!("/{id}/acl"))).json(json!({"features": []})), Req::delete(&path)]
    {
        let body = send(req, &first).is(409, "record_modified").json();
        assert_eq!(
            (&body["code"], &body["expectedUpdatedAt"], &body["currentUpdatedAt"]),
            (&json!("optimistic_lock_conflict"), &json!(first), &json!(second))
        );
    }
    assert_eq!(read(&world, &jar, &id)["features"], json!(["a"]));
    send(Req::delete(&path), &second).ok(200);
}

/// D3.
#[test]
fn another_organizations_role_is_not_found() {
    let world = World::seeded();
    let rival = world.staff(&world.found("globex"), "rival", &OWNER);
    let role = cases::portal_role(&world, "viewer");
    let before = world.dump(|table| table.starts_with("customer_role"));
    for id in [role.as_str(), NOBODY] {
        world.send(Req::get(&roles(&format!("/{id}"))).jar(&rival)).is(404, "Role not found");
        update(&world, &rival, id, json!({"description": "x"})).is(404, "Role not found");
        grant(&world, &rival, id, json!({"features": []})).is(404, "Role not found");
        delete(&world, &rival, id).is(404, "Role not found");
    }
    assert!(before == world.dump(|table| table.starts_with("customer_role")));
    let jar = owner(&world);
    world.send(Req::get(&roles("/nonsense")).jar(&jar)).is(400, "Invalid role ID");
    update(&world, &jar, "nonsense", json!({})).is(404, "Role not found");
    delete(&world, &jar, "nonsense").is(404, "Role not found");
    let viewer = world.staff(&world.acme(), "view", &["customer_accounts.view", "customer_accounts.manage"]);
    read(&world, &viewer, &role);
    grant(&world, &viewer, &role, json!({"features": []})).is(403, "Insufficient permissions");
    delete(&world, &viewer, &role).is(403, "Insufficient permissions");
}

#[test]
fn the_editor_is_told_what_a_customer_can_be_granted() {
    let world = World::seeded();
    let body = world.send(Req::get(&format!("{CA}/admin/features")).jar(&owner(&world))).ok(200).json();
    let items = body["items"].as_array().unwrap();
    assert!(items.iter().all(|item| item["id"].as_str().unwrap().starts_with("portal.")), "nothing of staff");
    assert!(items.windows(2).all(|pair| pair[0]["id"].as_str() < pair[1]["id"].as_str()));
    let manage = items.iter().find(|item| item["id"] == "portal.users.manage").unwrap();
    assert_eq!(
        *manage,
        json!({"id": "portal.users.manage", "title": "Invite and remove the company's users", "module": "portal", "dependsOn": ["portal.users.view"]})
    );
    assert_eq!(body["modules"], json!([{"id": "portal", "title": "Customer portal"}]));
}
