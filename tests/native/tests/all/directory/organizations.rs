//! `/api/directory/organizations`: views, writes, slugs, and who reaches what.

use portcullis_tests::{
    Jar, Req, World,
    people::{BUYER, PASSWORD},
    staff::{ADMIN, EMPLOYEE, SUPERADMIN},
};
use serde_json::{Value, json};

use super::{NOBODY, delete, events, get, made, names, post, put, trail, with_version};

fn found(world: &World, jar: &Jar, name: &str, parent: Option<&str>) -> String {
    made(&post(world, jar, "organizations", json!({"name": name, "parentId": parent})))
}

fn managed(world: &World, jar: &Jar, id: &str) -> Value {
    get(world, jar, &format!("organizations?view=manage&ids={id}")).ok(200).json()["items"][0].clone()
}

fn slug(world: &World, id: &str) -> String {
    world.value(&format!("SELECT slug FROM organizations WHERE id = '{id}'")).as_str().unwrap().to_owned()
}

/// F.3: CRUD statuses, the three views, and what an organization starts with.
#[test]
fn dir_organizations_are_made_changed_listed_and_deleted() {
    let world = World::seeded();
    let admin = world.staff_login(ADMIN);
    let acme = world.acme().organization.to_string();
    let west = found(&world, &admin, "West", Some(&acme));
    let coast = found(&world, &admin, "Coast", Some(&west));
    let roles = world.rows(&format!("SELECT slug FROM customer_roles WHERE organization_id = '{west}' AND is_default = 1"));
    assert_eq!(roles, [json!({"slug": "buyer"})]);
    assert_eq!((events(&world, "directory.organization.created"), trail(&world, "organization.created").0), (2, coast.clone()));

    let options = get(&world, &admin, "organizations").json();
    assert_eq!(names(&get(&world, &admin, "organizations")), ["Acme", "Coast", "West"]);
    assert_eq!((&options["items"][1]["depth"], &options["items"][1]["treePath"]), (&json!(2), &json!(format!("{acme}/{west}/{coast}"))));
    let tree = get(&world, &admin, "organizations?view=tree").json();
    assert_eq!(tree["items"].as_array().unwrap().len(), 1);
    assert_eq!(tree["items"][0]["children"][0]["children"][0]["pathLabel"], "Acme / West / Coast");
    assert_eq!(tree["items"][0]["descendantIds"], json!([west, coast]));
    let row = managed(&world, &admin, &coast);
    assert_eq!(
        (&row["parentName"], &row["tenantName"], &row["rootId"], &row["slug"]),
        (&json!("West"), &json!("Acme"), &json!(acme), &json!("coast"))
    );
    let page = get(&world, &admin, "organizations?view=manage&search=acme%20/%20w&pageSize=1&page=2").json();
    assert_eq!((&page["total"], &page["items"][0]["name"], &page["isSuperAdmin"]), (&json!(2), &json!("Coast"), &json!(false)));
    for bad in ["view=map", "page=x", "ids=1,2", "status=gone", "tenantId=x"] {
        let refused = get(&world, &admin, &format!("organizations?{bad}"));
        assert!(refused.status == 400 || (bad == "tenantId=x" && refused.status == 403), "{bad}");
        assert!(refused.status == 403 || refused.json()["items"] == json!([]), "{bad}");
    }

    put(&world, &admin, "organizations", json!({"id": west, "name": "Far West", "logoUrl": "https://cdn.example/w.svg"})).ok(200);
    let row = managed(&world, &admin, &west);
    assert_eq!((&row["parentId"], &row["childIds"], &row["slug"]), (&json!(acme), &json!([coast]), &json!("west")), "what is absent stays");
    assert_eq!(trail(&world, "organization.updated").1["name"], json!({"before": "West", "after": "Far West"}));
    for (body, field) in [
        (json!({"id": west, "name": ""}), "name"),
        (json!({"id": west, "logoUrl": "javascript:alert(1)"}), "logoUrl"),
        (json!({"id": west, "slug": "far west"}), "slug"),
        (json!({"id": west, "slug": "far/west"}), "slug"),
        (json!({"id": west, "childIds": "x"}), "childIds"),
    ] {
        let refused = put(&world, &admin, "organizations", body);
        refused.is(400, "Invalid input");
        assert!(refused.json()["details"][field].is_array(), "{field}");
    }

    delete(&world, &admin, "organizations").is(400, "Organization id required");
    delete(&world, &admin, &format!("organizations?id={west}")).ok(200);
    assert_eq!(managed(&world, &admin, &coast)["parentId"], json!(acme), "children move to the grandparent");
    delete(&world, &admin, &format!("organizations?id={west}")).is(404, "Not found");
    put(&world, &admin, "organizations", json!({"id": west, "name": "x"})).is(404, "Not found");
    assert_eq!(events(&world, "directory.organization.deleted"), 1);
}

/// F.3: slugs. Unique in the deployment, with a suffix where taken or reserved, and nobody's after somebody.
#[test]
fn dir_slugs_are_lowered_suffixed_and_never_given_to_another() {
    let world = World::seeded();
    let root = world.staff_login(SUPERADMIN);
    let globex = world.found("globex");
    let make = |body: Value| slug(&world, &made(&post(&world, &root, "organizations", body)));
    assert_eq!(make(json!({"name": "A", "slug": " ACME "})), "acme-1");
    assert_eq!(make(json!({"name": "Acme"})), "acme-2");
    assert_eq!(make(json!({"name": "Acme", "tenantId": globex.tenant})), "acme-3", "across tenants as well");
    for word in ["admin", "api", "portal", "login", "backend", "cdn-cgi"] {
        assert_eq!(make(json!({"name": "x", "slug": word})), format!("{word}-1"));
    }
    assert_eq!(make(json!({"name": "株式会社", "slug": null})), "organization");
    for bad in ["a b", "a!", ".well-known", "é"] {
        post(&world, &root, "organizations", json!({"name": "x", "slug": bad})).is(400, "Invalid input");
    }
    // After a rename and after the end.
    let old = made(&post(&world, &root, "organizations", json!({"name": "Old"})));
    put(&world, &root, "organizations", json!({"id": old, "slug": "new"})).ok(200);
    assert_eq!((slug(&world, &old), make(json!({"name": "Old"}))), ("new".into(), "old-1".into()));
    put(&world, &root, "organizations", json!({"id": old, "slug": "old"})).ok(200);
    assert_eq!(slug(&world, &old), "old", "one's own comes back");
    put(&world, &root, "organizations", json!({"id": old, "slug": "OLD", "name": "x"})).ok(200);
    assert_eq!(slug(&world, &old), "old", "the same is no other");
    delete(&world, &root, &format!("organizations?id={old}")).ok(200);
    assert_eq!((make(json!({"name": "Old"})), make(json!({"name": "New"}))), ("old-2".into(), "new-1".into()));
    // Somebody takes it between the look and the commit.
    world.database.before_next_write(&format!(
        "INSERT INTO organizations (id, tenant_id, name, slug, created_at) VALUES ('{NOBODY}', '{}', 'Q', 'quick', 1)",
        globex.tenant
    ));
    assert_eq!(make(json!({"name": "Quick"})), "quick-1");
}

/// F.3: reparenting is one change, and leaves a tree.
#[test]
fn dir_moves_are_atomic_and_leave_a_tree() {
    let world = World::seeded();
    let admin = world.staff_login(ADMIN);
    let [a, b, c] = ["A", "B", "C"].map(|name| found(&world, &admin, name, None));
    let d = made(&post(&world, &admin, "organizations", json!({"name": "D", "parentId": a, "childIds": [b, c]})));
    assert_eq!(managed(&world, &admin, &a)["descendantIds"], json!([d, b, c]));
    for (body, error) in [
        (json!({"id": a, "parentId": a}), "Organization cannot be its own parent"),
        (json!({"id": a, "parentId": NOBODY}), "Parent not found"),
        (json!({"id": a, "parentId": c}), "Cannot assign descendant as parent"),
        (json!({"id": d, "childIds": [d]}), "Invalid child assignment"),
        (json!({"id": d, "childIds": [NOBODY]}), "Invalid child assignment"),
        (json!({"id": c, "childIds": [a]}), "Cannot assign ancestor as child"),
        (json!({"id": c, "childIds": [d]}), "Child cannot equal parent"),
        (json!({"id": d, "name": "changed", "childIds": [b, NOBODY]}), "Invalid child assignment"),
    ] {
        put(&world, &admin, "organizations", body).is(400, error);
    }
    post(&world, &admin, "organizations", json!({"name": "E", "parentId": b, "childIds": [b]})).is(400, "Child cannot equal parent");
    post(&world, &admin, "organizations", json!({"name": "E", "parentId": b, "childIds": [a]})).is(400, "Invalid child assignment");
    assert_eq!(managed(&world, &admin, &d)["name"], "D", "nothing of a refused change");
    put(&world, &admin, "organizations", json!({"id": d, "parentId": null, "childIds": [c]})).ok(200);
    let row = managed(&world, &admin, &d);
    assert_eq!((&row["parentId"], &row["childIds"]), (&json!(null), &json!([c])));
    assert_eq!(managed(&world, &admin, &b)["parentId"], json!(null), "released");
    let deep = (0..11).fold(a, |parent, n| found(&world, &admin, &format!("L{n}"), Some(&parent)));
    let refused = post(&world, &admin, "organizations", json!({"name": "L10", "parentId": deep}));
    refused.is(400, "Organizations can be nested 12 levels at most");
}

fn has_cycle(world: &World) -> bool {
    world.count(
        "organization_paths p JOIN organization_paths q ON q.ancestor_id = p.descendant_id AND q.descendant_id = p.ancestor_id WHERE p.depth > 0",
    ) > 0
}

/// Two moves that each looked first: A under B while B goes under A. True: the one that came second went through.
fn both_move(twin: &str, lax: bool) -> (World, u16) {
    let world = World::seeded_with(&[("TWIN", twin)]);
    let admin = world.staff_login(ADMIN);
    let [a, b] = ["A", "B"].map(|name| found(&world, &admin, name, None));
    if lax {
        // Without the primary key's say as well.
        let trigger = world.value("SELECT sql FROM sqlite_schema WHERE name = 'organization_paths_after_move'").as_str().unwrap().to_owned();
        world.arrange(&format!("DROP TRIGGER organization_paths_after_move; {}", trigger.replace("INSERT INTO", "INSERT OR IGNORE INTO")));
    }
    world.database.before_next_write(&format!("UPDATE organizations SET parent_id = '{b}' WHERE id = '{a}'"));
    let res = put(&world, &admin, "organizations", json!({"id": b, "parentId": a}));
    if res.status != 200 {
        res.is(400, "Cannot assign descendant as parent");
    }
    (world, res.status)
}

/// One of two moves that would close a circle wins; the other one is told why not. The batch sees to it, and were it to
/// forget, the table's key would.
#[test]
fn dir_two_moves_never_close_a_circle() {
    let (world, status) = both_move("", true);
    assert_eq!((status, has_cycle(&world)), (400, false), "the batch by itself");
    let (world, status) = both_move("move-unchecked", false);
    assert_eq!((status, has_cycle(&world)), (400, false), "the key by itself");
    let (world, status) = both_move("move-unchecked", true);
    assert_eq!((status, has_cycle(&world)), (200, true), "without either, the check above catches it");
}

/// A parent that goes away between the look and the commit gets no children.
#[test]
fn dir_nothing_is_put_under_what_is_gone() {
    let world = World::seeded();
    let admin = world.staff_login(ADMIN);
    let [a, b] = ["A", "B"].map(|name| found(&world, &admin, name, None));
    let gone = |id: &str| format!("UPDATE organizations SET deleted_at = 1, is_active = 0 WHERE id = '{id}'");
    world.database.before_next_write(&gone(&a));
    put(&world, &admin, "organizations", json!({"id": b, "parentId": a})).is(400, "Parent not found");
    let c = found(&world, &admin, "C", None);
    world.database.before_next_write(&gone(&c));
    post(&world, &admin, "organizations", json!({"name": "D", "parentId": c})).is(400, "Parent not found");
    assert_eq!(world.count("organizations WHERE name = 'D'"), 0);
}

/// F.3: an employee writes nothing; another tenant's organization is none; an owner reaches what lies under theirs.
#[test]
fn dir_everybody_reaches_as_far_as_their_scope() {
    let world = World::seeded();
    let (root, admin, employee) = (world.staff_login(SUPERADMIN), world.staff_login(ADMIN), world.staff_login(EMPLOYEE));
    let (acme, globex) = (world.acme(), world.found("globex"));
    let here = acme.organization;
    for res in [
        post(&world, &employee, "organizations", json!({"name": "x"})),
        put(&world, &employee, "organizations", json!({"id": here, "name": "x"})),
        delete(&world, &employee, &format!("organizations?id={here}")),
        post(&world, &employee, &format!("organizations/{here}/suspend"), json!({})),
        put(&world, &employee, "organization-branding", json!({"logoUrl": null})),
        post(&world, &employee, "merchants", json!({"name": "x"})),
    ] {
        res.is(403, "Forbidden");
    }
    let foreign = globex.organization;
    put(&world, &admin, "organizations", json!({"id": foreign, "name": "Mine"})).is(404, "Not found");
    delete(&world, &admin, &format!("organizations?id={foreign}")).is(404, "Not found");
    post(&world, &admin, &format!("organizations/{foreign}/suspend"), json!({})).is(404, "Not found");
    post(&world, &admin, "organizations", json!({"name": "x", "parentId": foreign})).is(400, "Parent not found");
    post(&world, &admin, "organizations", json!({"name": "x", "childIds": [foreign]})).is(400, "Invalid child assignment");
    post(&world, &admin, "organizations", json!({"name": "x", "tenantId": globex.tenant})).is(403, "Not authorized to target this tenant.");
    assert_eq!(names(&get(&world, &admin, "organizations?view=manage")), ["Acme"]);
    assert_eq!(names(&get(&world, &root, "organizations?view=manage")), ["Acme", "globex"], "all tenants");
    assert_eq!(names(&get(&world, &root, &format!("organizations?tenantId={}", globex.tenant))), ["globex"]);

    // An owner of one organization, beside another.
    let east = found(&world, &admin, "East", Some(&here.to_string()));
    let owner = world.staff(
        &portcullis_tests::people::Place { tenant: acme.tenant, organization: portcullis_core::domain::id::Id::parse(&east).unwrap() },
        "olga",
        &["directory.*"],
    );
    assert_eq!(names(&get(&world, &owner, "organizations")), ["East"]);
    put(&world, &owner, "organizations", json!({"id": here, "name": "Mine"})).is(404, "Not found");
    put(&world, &owner, "organizations", json!({"id": east, "parentId": null})).is(403, "The place of this organization is not yours to change");
    let shop = found(&world, &owner, "Shop", Some(&east));
    assert_eq!(managed(&world, &owner, &shop)["parentName"], "East");
    let isle = found(&world, &owner, "Isle", None);
    let member =
        world.rows(&format!("SELECT u.email FROM staff_memberships m JOIN staff_users u ON u.id = m.user_id WHERE m.organization_id = '{isle}'"));
    assert_eq!(member, [json!({"email": "olga@staff.example"})], "who makes one becomes its owner");
    post(&world, &owner, &format!("organizations/{east}/suspend"), json!({})).is(409, "This is the organization you are working in");
    delete(&world, &owner, &format!("organizations?id={east}")).is(409, "This is the organization you are working in");
    put(&world, &owner, "organizations", json!({"id": east, "isActive": false})).is(409, "This is the organization you are working in");
}

/// F.3: stale edits are refused.
#[test]
fn dir_a_stale_edit_of_an_organization_is_refused() {
    let world = World::seeded();
    let admin = world.staff_login(ADMIN);
    let id = found(&world, &admin, "West", None);
    put(&world, &admin, "organizations", json!({"id": id, "name": "Far West"})).ok(200);
    let stale = || Req::put("/api/directory/organizations").jar(&admin).json(json!({"id": id, "name": "x"}));
    let refused = world.send(with_version(stale(), "2020-01-01T00:00:00Z"));
    refused.is(409, "record_modified");
    let current = refused.json()["currentUpdatedAt"].as_str().unwrap().to_owned();
    world.send(with_version(stale(), &current)).ok(200);
    world.send(with_version(Req::delete(&format!("/api/directory/organizations?id={id}")).jar(&admin), &current)).is(409, "record_modified");
}

/// In force with the next request, whatever KV holds.
#[test]
fn dir_a_suspended_organization_lets_nobody_in_until_it_is_resumed() {
    let world = World::seeded();
    let root = world.staff_login(SUPERADMIN);
    let (acme, customer) = (world.acme().organization, world.login(BUYER));
    let login = || {
        let body = json!({"email": BUYER, "password": PASSWORD, "organizationId": acme});
        world.send(Req::post("/api/customer_accounts/login").json(body))
    };
    let profile = || world.send(Req::get("/api/customer_accounts/portal/profile").jar(&customer)).status;
    let refresh = || world.send(Req::post("/api/customer_accounts/portal/sessions-refresh").jar(&customer)).status;
    let lookup = || world.send(Req::get("/api/directory/organizations/lookup?slug=acme")).status;
    assert_eq!((lookup(), lookup(), login().status), (200, 200, 200), "and copied to KV");
    let suspend = || post(&world, &root, &format!("organizations/{acme}/suspend"), json!({}));
    suspend().ok(200);
    suspend().ok(200);
    assert_eq!((login().status, login().json()["code"].as_str()), (403, Some("tenant_suspended")));
    assert_eq!((profile(), refresh(), lookup()), (403, 401, 404));
    assert_eq!((events(&world, "directory.organization.suspended"), trail(&world, "organization.suspended").0), (1, acme.to_string()));
    post(&world, &root, &format!("organizations/{acme}/resume"), json!({})).ok(200);
    assert_eq!((login().status, profile(), refresh(), lookup()), (200, 200, 200, 200));
    delete(&world, &root, &format!("organizations?id={acme}")).ok(200);
    assert_eq!((login().status, profile(), refresh(), lookup()), (400, 401, 401, 404));
}
