//! A membership reaches its organization and everything under it, a partner's person the partner's tenants.

use portcullis_core::domain::membership::Seat;
use portcullis_tests::{World, cases::claims, people::PASSWORD, staff::login_request};

use super::{check, may};

#[test]
fn a_membership_reaches_everything_under_its_organization_and_nothing_above_or_beside() {
    let world = World::seeded();
    let acme = world.acme();
    let under = world.organization(acme.tenant, "acme-north", Some(acme.organization));
    let deep = world.organization(acme.tenant, "acme-north-depot", Some(under.organization));
    let beside = world.organization(acme.tenant, "acme-south", Some(acme.organization));
    let user = world.colleague(acme.tenant, "north@acme.com");
    world.join(user, under.seat(), world.staff_role(Some(acme.tenant), "north", 600, &["a.b"]));
    let reaches = |world: &World| [&acme, &under, &deep, &beside].map(|place| may(world, user, place.seat(), "a.b"));
    assert_eq!(reaches(&world), [false, true, true, false]);
    // On the next request after a move.
    world.arrange(&format!("UPDATE organizations SET parent_id = '{}' WHERE id = '{}'", beside.organization, deep.organization));
    assert_eq!(reaches(&world), [false, true, false, false]);
    world.arrange(&format!("UPDATE organizations SET parent_id = '{}' WHERE id = '{}'", under.organization, beside.organization));
    assert_eq!(reaches(&world), [false, true, true, true]);
    assert!(!may(&world, user, acme.whole_tenant(), "a.b"));
    // Still one round trip.
    let res = check(&world, &world.staff_session(user, deep.seat()), "a.b");
    assert_eq!((res.ok(200).spent().d1, res.json()["ok"].clone()), (1, true.into()));
}

#[test]
fn lists_of_organizations_reach_what_is_under_them_too() {
    let world = World::seeded();
    let acme = world.acme();
    let under = world.organization(acme.tenant, "acme-north", Some(acme.organization));
    let user = world.colleague(acme.tenant, "north@acme.com");
    world.join(user, acme.whole_tenant(), world.staff_role(Some(acme.tenant), "north", 600, &["a.b"]));
    world.arrange(&format!("UPDATE staff_role_acls SET organizations_json = '[\"{}\"]'", acme.organization));
    assert_eq!([&acme, &under].map(|place| may(&world, user, place.seat(), "a.b")), [true, true]);
    world.arrange(&format!("UPDATE staff_role_acls SET organizations_json = '[\"{}\"]'", under.organization));
    assert_eq!([&acme, &under].map(|place| may(&world, user, place.seat(), "a.b")), [false, true]);
}

/// Two memberships in one branch: a sign-in sits in the lower one with what both grant.
#[test]
fn a_sign_in_holds_what_is_granted_above_its_seat() {
    let world = World::seeded();
    let acme = world.acme();
    let under = world.organization(acme.tenant, "acme-north", Some(acme.organization));
    let user = world.colleague(acme.tenant, "north@acme.com");
    world.join(user, under.seat(), world.staff_role(Some(acme.tenant), "high", 650, &["a.b"]));
    world.join(user, acme.seat(), world.staff_role(Some(acme.tenant), "low", 400, &["c.d"]));
    let token = world.send(login_request("north@acme.com", PASSWORD)).ok(200).json()["token"].as_str().unwrap().to_owned();
    let claims = claims(&token);
    assert_eq!((&claims["orgId"], &claims["resolvedFeatures"]), (&serde_json::json!(under.organization), &serde_json::json!(["a.b", "c.d"])));
}

#[test]
fn a_partners_person_reaches_the_partners_tenants_and_no_other() {
    let world = World::seeded();
    let (acme, globex, hush) = (world.acme(), world.found("globex"), world.found("hush"));
    let partner = world.partner("Reseller", &[acme.tenant, globex.tenant]);
    let user = world.colleague(acme.tenant, "partner@acme.com");
    world.join(user, acme.whole_tenant(), world.staff_role(Some(acme.tenant), "reseller", 750, &["a.b"]));
    let in_one = world.colleague(acme.tenant, "local@acme.com");
    world.join(in_one, acme.seat(), world.staff_role(Some(acme.tenant), "local", 750, &["a.b"]));
    let reaches = |user| [&acme, &globex, &hush].map(|place| may(&world, user, place.seat(), "a.b"));
    assert_eq!(reaches(user), [true, false, false], "a member of the tenant, not of the partner");
    for user in [user, in_one] {
        world.arrange(&format!("INSERT INTO partner_staff (user_id, partner_id, created_at) VALUES ('{user}', '{partner}', 1)"));
    }
    assert_eq!(reaches(user), [true, true, false]);
    assert_eq!(reaches(in_one), [true, false, false], "whoever looks after one organization does not look after tenants");
    assert!(may(&world, user, Seat { tenant: globex.tenant, organization: None }, "a.b"));
    world.arrange("UPDATE partners SET is_active = 0");
    assert_eq!(reaches(user), [true, false, false]);
    world.arrange(&format!("UPDATE partners SET is_active = 1; UPDATE tenants SET partner_id = NULL WHERE id = '{}'", globex.tenant));
    assert_eq!(reaches(user), [true, false, false]);
}
