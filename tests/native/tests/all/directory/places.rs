//! The switcher, branding, and merchants.

use portcullis_tests::{
    Req, World,
    people::Place,
    staff::{ADMIN, EMPLOYEE, SUPERADMIN},
};
use serde_json::json;

use super::{NOBODY, delete, events, get, made, names, post, put, trail, with_version};

/// F.3: the switcher's fields, and that it shows what is there now.
#[test]
fn dir_the_switcher_offers_the_places_one_may_go_to() {
    let world = World::seeded();
    let (root, admin, employee) = (world.staff_login(SUPERADMIN), world.staff_login(ADMIN), world.staff_login(EMPLOYEE));
    let acme = world.acme();
    let seen = get(&world, &admin, "organization-switcher").ok(200).json();
    let item = json!({"id": acme.organization, "name": "Acme", "depth": 0, "selectable": true, "children": []});
    assert_eq!((&seen["items"], &seen["selectedId"], &seen["tenantId"]), (&json!([item]), &json!(acme.organization), &json!(acme.tenant)));
    assert_eq!((&seen["canManage"], &seen["canViewAllOrganizations"], &seen["isSuperAdmin"]), (&json!(true), &json!(true), &json!(false)));
    assert!(seen.get("tenants").is_none());
    let west = made(&post(&world, &admin, "organizations", json!({"name": "West", "parentId": acme.organization})));
    let seen = get(&world, &admin, "organization-switcher").json();
    assert_eq!((&seen["items"][0]["children"][0]["id"], &seen["items"][0]["children"][0]["depth"]), (&json!(west), &json!(1)), "at once");
    post(&world, &admin, &format!("organizations/{west}/suspend"), json!({})).ok(200);
    assert_eq!(get(&world, &admin, "organization-switcher").json()["items"][0]["children"][0]["selectable"], false);
    let seen = get(&world, &employee, "organization-switcher").json();
    assert_eq!((&seen["canManage"], &seen["canViewAllOrganizations"]), (&json!(false), &json!(false)));
    let globex = world.found("globex");
    let seen = get(&world, &root, &format!("organization-switcher?tenantId={}", globex.tenant)).json();
    assert_eq!((&seen["items"][0]["name"], &seen["isSuperAdmin"]), (&json!("globex"), &json!(true)));
    assert_eq!(seen["tenants"].as_array().unwrap().len(), 2);
}

/// F.3: branding comes back as it was set; what lies in the tree stays where it lies.
#[test]
fn dir_branding_makes_a_round_trip() {
    let world = World::seeded();
    let admin = world.staff_login(ADMIN);
    let acme = world.acme();
    let west = made(&post(&world, &admin, "organizations", json!({"name": "West", "parentId": acme.organization})));
    let set = |body: serde_json::Value| put(&world, &admin, "organization-branding", body);
    let wanted = json!({"logoUrl": "https://cdn.example/a.svg", "accent": "#AABBCC", "mailAccent": "#112233"});
    let answer = set(wanted).ok(200).json();
    assert_eq!(answer, get(&world, &admin, "organization-branding").ok(200).json());
    assert_eq!(
        (&answer["logoUrl"], &answer["accent"], &answer["mailAccent"]),
        (&json!("https://cdn.example/a.svg"), &json!("#aabbcc"), &json!("#112233"))
    );
    assert_eq!(
        (&answer["organizationId"], &answer["organizationName"], &answer["tenantId"]),
        (&json!(acme.organization), &json!("Acme"), &json!(acme.tenant))
    );
    assert_eq!(world.value(&format!("SELECT parent_id FROM organizations WHERE id = '{west}'")), json!(acme.organization));
    let kept = set(json!({"logoUrl": null, "mailAccent": null})).ok(200).json();
    assert_eq!((&kept["logoUrl"], &kept["accent"], &kept["mailAccent"]), (&json!(null), &json!("#aabbcc"), &json!(null)));
    for bad in [json!({}), json!({"logoUrl": ""}), json!({"logoUrl": "a.svg"}), json!({"logoUrl": "javascript:alert(1)"})] {
        let refused = set(bad);
        refused.is(422, "Enter a valid image URL.");
        assert_eq!(refused.json()["issues"][0]["path"], json!(["logoUrl"]));
    }
    set(json!({"logoUrl": null, "accent": "red;x:y"})).is(422, "Enter a colour as #rrggbb.");
    let stale = Req::put("/api/directory/organization-branding").jar(&admin).json(json!({"logoUrl": null}));
    world.send(with_version(stale, "2020-01-01T00:00:00Z")).is(409, "record_modified");
    assert_eq!(trail(&world, "organization.updated").1["logoUrl"]["after"], json!(null));
}

/// Mails wear the organization's colour.
#[test]
fn dir_mails_take_the_accent() {
    let world = World::seeded();
    let admin = world.staff_login(ADMIN);
    let mail = |address: &str| {
        world.send(world.signup_request(address, "a fine passphrase")).ok(202);
        world.rows(&format!("SELECT html FROM development_inbox WHERE recipient = '{address}'"))[0]["html"].as_str().unwrap().to_owned()
    };
    assert!(mail("one@acme.example").contains("#1d4ed8"));
    put(&world, &admin, "organization-branding", json!({"logoUrl": null, "accent": "#aa0000"})).ok(200);
    assert!(mail("two@acme.example").contains("#aa0000"));
    put(&world, &admin, "organization-branding", json!({"logoUrl": null, "mailAccent": "#00bb00"})).ok(200);
    assert!(mail("three@acme.example").contains("#00bb00"));
}

#[test]
fn dir_merchants_are_made_changed_listed_and_deleted() {
    let world = World::seeded();
    let (root, admin) = (world.staff_login(SUPERADMIN), world.staff_login(ADMIN));
    let (acme, globex) = (world.acme(), world.found("globex"));
    let slug = |id: &str| world.value(&format!("SELECT slug FROM merchants WHERE id = '{id}'"));
    let corner = made(&post(&world, &admin, "merchants", json!({"name": "Corner Shop"})));
    let second = made(&post(&world, &admin, "merchants", json!({"name": "corner shop east", "slug": "Corner-Shop", "isActive": false})));
    assert_eq!((slug(&corner), slug(&second)), (json!("corner-shop"), json!("corner-shop-1")));
    let abroad = made(&post(&world, &root, "merchants", json!({"name": "Corner Shop", "organizationId": globex.organization})));
    assert_eq!(slug(&abroad), "corner-shop", "unique in its organization");
    for bad in [json!({"name": ""}), json!({"name": "x", "slug": "a b"}), json!({"name": "x", "organizationId": "x"})] {
        post(&world, &admin, "merchants", bad).is(400, "Invalid input");
    }
    for foreign in [globex.organization.to_string(), NOBODY.to_owned()] {
        post(&world, &admin, "merchants", json!({"name": "x", "organizationId": foreign})).is(404, "Organization not found");
        assert_eq!(names(&get(&world, &admin, &format!("merchants?organizationId={foreign}"))), [""; 0]);
    }
    assert_eq!(names(&get(&world, &admin, "merchants")), ["Corner Shop", "corner shop east"]);
    assert_eq!(names(&get(&world, &admin, "merchants?isActive=false")), ["corner shop east"]);
    assert_eq!(names(&get(&world, &admin, "merchants?search=RNER%20s&pageSize=1&page=2")), ["corner shop east"]);
    get(&world, &admin, "merchants?isActive=maybe").is(400, "Invalid query parameters");
    put(&world, &admin, "merchants", json!({"id": corner, "name": "Mall"})).ok(200);
    assert_eq!(
        (slug(&corner), trail(&world, "merchant.updated").1),
        (json!("corner-shop"), json!({"name": {"before": "Corner Shop", "after": "Mall"}}))
    );
    put(&world, &admin, "merchants", json!({"id": corner, "slug": "mall"})).ok(200);
    for id in [abroad.as_str(), NOBODY] {
        put(&world, &admin, "merchants", json!({"id": id, "name": "Mine"})).is(404, "Merchant not found");
        delete(&world, &admin, &format!("merchants?id={id}")).is(404, "Merchant not found");
    }
    delete(&world, &admin, "merchants").is(400, "Merchant id required");
    delete(&world, &admin, &format!("merchants?id={corner}")).ok(200);
    delete(&world, &admin, &format!("merchants?id={corner}")).is(404, "Merchant not found");
    assert_eq!(slug(&made(&post(&world, &admin, "merchants", json!({"name": "Mall"})))), "mall", "free again");
    assert_eq!(world.value(&format!("SELECT n FROM directory_counters WHERE parent_id = '{}' AND kind = 'merchant'", acme.organization)), 2);
    let happened = ["created", "updated", "deleted"].map(|what| events(&world, &format!("directory.merchant.{what}")));
    assert_eq!(happened, [4, 2, 1]);
}

/// Who is assigned to a merchant sees that one.
#[test]
fn dir_merchants_are_seen_as_far_as_a_scope_reaches() {
    let world = World::seeded();
    let admin = world.staff_login(ADMIN);
    let acme = world.acme();
    let [mine, _] = ["Mine", "Other"].map(|name| made(&post(&world, &admin, "merchants", json!({"name": name}))));
    let clerk = world.staff(&Place { tenant: acme.tenant, organization: acme.organization }, "carl", &["directory.merchants.*"]);
    assert_eq!(names(&get(&world, &clerk, "merchants")), ["Mine", "Other"]);
    world.arrange(&format!(
        "INSERT INTO staff_membership_merchants (membership_id, merchant_id, created_at) SELECT m.id, '{mine}', 1 FROM staff_memberships m \
         JOIN staff_users u ON u.id = m.user_id WHERE u.email = 'carl@staff.example'"
    ));
    assert_eq!(names(&get(&world, &clerk, "merchants")), ["Mine"]);
    let other = world.value("SELECT id FROM merchants WHERE name = 'Other'").as_str().unwrap().to_owned();
    put(&world, &clerk, "merchants", json!({"id": other, "name": "x"})).is(404, "Merchant not found");
    // The assignment outlives the merchant, or it would grow into the whole organization.
    delete(&world, &admin, &format!("merchants?id={mine}")).ok(200);
    assert_eq!(names(&get(&world, &clerk, "merchants")), [""; 0]);
}
