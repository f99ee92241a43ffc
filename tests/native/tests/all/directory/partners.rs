//! `/api/directory/partners`.

use portcullis_tests::{
    World,
    staff::{EMPLOYEE, SUPERADMIN},
};
use serde_json::json;

use super::{NOBODY, delete, events, get, made, names, post, put, trail};

#[test]
fn dir_partners_are_made_changed_listed_and_deleted() {
    let world = World::seeded();
    let root = world.staff_login(SUPERADMIN);
    post(&world, &root, "partners", json!({"name": ""})).is(400, "Invalid input");
    let [west, east] = ["West", "East"].map(|name| made(&post(&world, &root, "partners", json!({"name": name}))));
    let tenant = made(&post(&world, &root, "tenants", json!({"name": "Initech", "partnerId": west})));
    put(&world, &root, "partners", json!({"id": west, "name": "Far West"})).ok(200);
    assert_eq!(trail(&world, "partner.updated").1, json!({"name": {"before": "West", "after": "Far West"}}));
    put(&world, &root, "partners", json!({"id": NOBODY, "name": "x"})).is(404, "Partner not found");
    assert_eq!(names(&get(&world, &root, "partners")), ["East", "Far West"]);
    assert_eq!(names(&get(&world, &root, "partners?search=wes")), ["Far West"]);
    assert_eq!(get(&world, &root, "partners?search=far").json()["items"][0]["tenantsCount"], 1);
    assert_eq!(names(&get(&world, &root, &format!("partners?id={east}"))), ["East"]);
    assert!(names(&get(&world, &root, &format!("partners?id={NOBODY}"))).is_empty());
    get(&world, &root, "partners?id=east").is(400, "Invalid query parameters");
    get(&world, &root, "partners?pageSize=0").is(400, "Invalid query parameters");
    assert_eq!(names(&get(&world, &root, &format!("tenants?partnerId={west}"))), ["Initech"]);

    delete(&world, &root, "partners").is(400, "Partner id required");
    delete(&world, &root, &format!("partners?id={west}")).ok(200);
    delete(&world, &root, &format!("partners?id={west}")).is(404, "Partner not found");
    assert_eq!(world.value(&format!("SELECT partner_id FROM tenants WHERE id = '{tenant}'")), json!(null), "its tenants stay");
    assert_eq!(names(&get(&world, &root, "partners")), ["East"]);
    put(&world, &root, "tenants", json!({"id": tenant, "partnerId": west})).is(400, "Partner not found");
    put(&world, &root, "tenants", json!({"id": tenant, "partnerId": east})).ok(200);
    let happened = ["created", "updated", "deleted"].map(|what| events(&world, &format!("directory.partner.{what}")));
    assert_eq!(happened, [2, 1, 1]);
    assert_eq!(world.rows("SELECT n FROM directory_counters WHERE kind = 'partner'"), [json!({"n": 1})]);
}

/// Who works for a partner sees its tenants beside their own, and no others; and changes none.
#[test]
fn dir_staff_of_a_partner_see_its_tenants() {
    let world = World::seeded();
    let root = world.staff_login(SUPERADMIN);
    let west = made(&post(&world, &root, "partners", json!({"name": "West"})));
    made(&post(&world, &root, "tenants", json!({"name": "Initech", "partnerId": west})));
    made(&post(&world, &root, "tenants", json!({"name": "Umbrella"})));
    let scout = world.staff(&world.acme(), "scout", &["directory.tenants.view", "directory.partners.view"]);
    let user = world.value("SELECT id FROM staff_users WHERE email = 'scout@staff.example'").as_str().unwrap().to_owned();
    let seen = || names(&get(&world, &scout, "tenants"));
    assert_eq!(seen(), ["Acme"]);
    put(&world, &root, &format!("partners/{west}/staff/{NOBODY}"), json!({})).is(404, "User not found");
    put(&world, &root, &format!("partners/{NOBODY}/staff/{user}"), json!({})).is(404, "Partner not found");
    for _ in 0..2 {
        put(&world, &root, &format!("partners/{west}/staff/{user}"), json!({})).ok(200);
    }
    assert_eq!(seen(), ["Acme", "Initech"]);
    assert_eq!(get(&world, &root, &format!("partners/{west}/staff")).json()["items"][0]["email"], "scout@staff.example");
    get(&world, &scout, "partners").is(403, "This is for operators of the platform.");
    put(&world, &root, "partners", json!({"id": west, "isActive": false})).ok(200);
    assert_eq!(seen(), ["Acme"], "a partner that is not active");
    put(&world, &root, "partners", json!({"id": west, "isActive": true})).ok(200);
    assert_eq!(seen(), ["Acme", "Initech"]);
    delete(&world, &root, &format!("partners/{west}/staff/{user}")).ok(200);
    delete(&world, &root, &format!("partners/{west}/staff/{user}")).is(404, "User not found");
    assert_eq!(seen(), ["Acme"]);
    let employee = world.staff_login(EMPLOYEE);
    for res in [get(&world, &employee, "partners"), post(&world, &employee, "partners", json!({"name": "Mine"}))] {
        res.is(403, "Forbidden");
    }
}
