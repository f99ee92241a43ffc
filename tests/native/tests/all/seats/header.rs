//! `X-Organization-Id`: for one request, another organization the person is a member of.

use portcullis_core::domain::membership::Seat;
use portcullis_tests::{
    Jar, Req, Res, World,
    people::Place,
    staff::{ADMIN, EMPLOYEE, SUPERADMIN},
};
use serde_json::json;

const FOREIGN: &str = "Not authorized to target this organization.";
const NOBODYS: &str = "0190f5fe-7c00-7a00-8000-000000000001";

fn companies(world: &World, jar: &Jar, organization: impl ToString) -> Res {
    world.send(Req::get("/api/customers/companies").jar(jar).header("x-organization-id", &organization.to_string()))
}

fn names(res: &Res) -> Vec<String> {
    let listed = res.ok(200).json();
    listed["items"].as_array().unwrap().iter().map(|item| item["displayName"].as_str().unwrap().to_owned()).collect()
}

fn company(world: &World, jar: &Jar, place: &Place, name: &str) {
    let req = Req::post("/api/customers/companies").jar(jar).header("x-organization-id", &place.organization.to_string());
    world.send(req.json(json!({"displayName": name}))).ok(201);
}

/// Somebody who administers Globex and works for Acme, signed in at Acme.
fn commuter(world: &World, globex: &Place) -> Jar {
    let acme = world.acme();
    let user = world.colleague(acme.tenant, "commuter@acme.com");
    world.join(user, acme.seat(), world.staff_role(Some(acme.tenant), "reader", 400, &["customers.*"]));
    world.join(user, globex.seat(), world.staff_role(Some(globex.tenant), "reader", 400, &["customers.*"]));
    world.staff_session(user, acme.seat())
}

#[test]
fn a_request_acts_in_the_organization_it_names_in_this_tenant_or_another() {
    let world = World::seeded();
    let (acme, globex) = (world.acme(), world.found("globex"));
    let jar = commuter(&world, &globex);
    company(&world, &jar, &acme, "Acme's");
    company(&world, &jar, &globex, "Globex's");
    assert_eq!(names(&companies(&world, &jar, acme.organization)), ["Acme's"]);
    assert_eq!(names(&companies(&world, &jar, globex.organization)), ["Globex's"]);
    let plain = world.send(Req::get("/api/customers/companies").jar(&jar));
    assert_eq!(names(&plain), ["Acme's"], "the session has not moved");
    let made = world.rows("SELECT tenant_id, organization_id FROM audit_log WHERE action = 'company.created' ORDER BY at, id");
    let place = |place: &Place| json!({"tenant_id": place.tenant, "organization_id": place.organization});
    assert!(made.contains(&place(&acme)) && made.contains(&place(&globex)), "the trail says where: {made:?}");
    // No more round trips than without it.
    assert_eq!(companies(&world, &jar, globex.organization).spent().d1, plain.spent().d1);
}

#[test]
fn without_a_membership_it_is_refused_like_an_organization_that_is_not_there() {
    let world = World::seeded();
    let globex = world.found("globex");
    let admin = world.staff_login(ADMIN);
    let gone = world.found("gone");
    world.arrange(&format!("UPDATE organizations SET deleted_at = 1 WHERE id = '{}'", gone.organization));
    let hidden = world.found("hidden");
    world.arrange(&format!("UPDATE tenants SET deleted_at = 1 WHERE id = '{}'", hidden.tenant));
    let suspended = world.found("suspended-one");
    world.arrange(&format!("UPDATE tenants SET is_active = 0 WHERE id = '{}'", suspended.tenant));
    let mut answers = [
        globex.organization.to_string(),
        NOBODYS.into(),
        gone.organization.to_string(),
        hidden.organization.to_string(),
        suspended.organization.to_string(),
    ]
    .map(|named| {
        let res = companies(&world, &admin, &named);
        res.is(403, FOREIGN);
        let mut body = res.json();
        body["requestId"] = json!("masked");
        body
    });
    answers.sort_by_key(ToString::to_string);
    assert_eq!(answers[0], answers[4]);
    for malformed in ["acme", "", "null", &format!("{NOBODYS},{NOBODYS}")] {
        companies(&world, &admin, malformed).is(400, "X-Organization-Id must be a UUID");
    }
    // Nobody is told more than that they are nobody.
    companies(&world, &Jar::default(), "acme").is(401, "Unauthorized");
    // A membership of one organization is none of the one beside it.
    let beside = world.organization(world.acme().tenant, "acme-south", None);
    companies(&world, &world.staff_login(EMPLOYEE), beside.organization).is(403, FOREIGN);
    assert_eq!(names(&companies(&world, &admin, beside.organization)), [""; 0]);
}

/// The trail knows who knocked, and knocking spends the window like everything else.
#[test]
fn knocking_at_other_doors_is_audited_and_limited() {
    let world = World::seeded();
    let globex = world.found("globex");
    let admin = world.staff_login(ADMIN);
    companies(&world, &admin, globex.organization).is(403, FOREIGN);
    assert_eq!(world.count(&format!("audit_log WHERE action = 'access.denied' AND tenant_id = '{}'", world.acme().tenant)), 1);
    assert_eq!(world.count(&format!("audit_log WHERE tenant_id = '{}'", globex.tenant)), 0, "not in theirs");
    for _ in 0..119 {
        companies(&world, &admin, globex.organization).ok(403);
    }
    companies(&world, &admin, globex.organization).ok(429);
}

#[test]
fn super_admins_and_staff_of_the_platform_may_name_any() {
    let world = World::seeded();
    let globex = world.found("globex");
    assert_eq!(names(&companies(&world, &world.staff_login(SUPERADMIN), globex.organization)), [""; 0]);
    let operator = world.colleague(world.acme().tenant, "operator@acme.com");
    world.join(operator, world.acme().whole_tenant(), world.seeded_role("operator"));
    let jar = world.staff_session(operator, world.acme().seat());
    assert_eq!(names(&companies(&world, &jar, globex.organization)), [""; 0]);
    companies(&world, &jar, NOBODYS).is(403, FOREIGN);
    world.arrange(&format!("UPDATE tenants SET is_active = 0 WHERE id = '{}'", globex.tenant));
    companies(&world, &jar, globex.organization).ok(200);
}

#[test]
fn what_belongs_to_an_organization_needs_one() {
    let world = World::seeded();
    let acme = world.acme();
    let user = world.colleague(acme.tenant, "roamer@acme.com");
    world.join(user, acme.whole_tenant(), world.staff_role(Some(acme.tenant), "roamer", 750, &["customers.*"]));
    let jar = world.staff_session(user, Seat { organization: None, ..acme.seat() });
    let create = || Req::post("/api/customers/companies").jar(&jar).json(json!({"displayName": "Somewhere"}));
    world.send(create()).is(400, "An organization has to be chosen first");
    world.send(create().header("x-organization-id", &acme.organization.to_string())).ok(201);
}

/// A suspended place is told from a foreign one to its members only.
#[test]
fn a_member_is_told_that_the_place_is_suspended() {
    let world = World::seeded();
    let globex = world.found("globex");
    let jar = commuter(&world, &globex);
    world.arrange(&format!("UPDATE tenants SET is_active = 0 WHERE id = '{}'", globex.tenant));
    assert_eq!(companies(&world, &jar, globex.organization).ok(403).json()["code"], "tenant_suspended");
    companies(&world, &jar, world.acme().organization).ok(200);
}

/// Customers have one organization: the header is none of theirs.
#[test]
fn customers_cannot_name_one() {
    let world = World::seeded();
    let globex = world.found("globex");
    let buyer = world.login(portcullis_tests::people::BUYER);
    let nav = world.send(Req::get("/api/customer_accounts/portal/nav").jar(&buyer).header("x-organization-id", &globex.organization.to_string()));
    assert_eq!(nav.ok(200).json()["orgSlug"], "acme");
}
