//! 18, 19: staff of one organization, and the organization a request names.

use portcullis_tests::{
    Jar, Req, World,
    staff::{ADMIN, OWNER},
};
use serde_json::{Value, json};

use super::{PASSPHRASE, owner, role_in, sign_up_at};
use crate::flows::CA;

/// 18: a request that means an organization its sender is no member of is refused, and changes nothing in this one.
#[test]
fn a_request_that_names_another_organization_is_refused() {
    let world = World::seeded();
    let jar = owner(&world);
    let here = world.acme();
    let there = world.second_organization();
    let create = |organization: &str| {
        let body =
            json!({"email": "made@acme.example", "password": PASSPHRASE, "displayName": "Made", "roleIds": [role_in(&world, &here, "viewer")]});
        world.send(Req::post(&format!("{CA}/admin/users")).jar(&jar).header("x-organization-id", organization).json(body))
    };
    let list = |organization: &str| world.send(Req::get(&format!("{CA}/admin/users")).jar(&jar).header("x-organization-id", organization)).status;
    world.does_later_work.set(false);
    let before = world.dump(|_| true);
    for other in [there.organization.to_string(), "0190f5fe-7c00-7a00-8000-000000000001".to_owned()] {
        assert_eq!((create(&other).status, list(&other)), (403, 403), "{other}");
    }
    for malformed in ["acme", "%", "0190f5fe-7c00-7a00-8000", "null"] {
        assert_eq!((create(malformed).status, list(malformed)), (400, 400), "{malformed}");
    }
    assert!(before == world.dump(|_| true), "nothing was written");
    let own = here.organization.to_string();
    assert_eq!(list(&own), 200);
    create(&own.to_uppercase()).ok(201);
}

fn seen(world: &World, jar: &Jar, query: &str) -> Vec<Value> {
    let listed = world.send(Req::get(&format!("/api/audit/logs?limit=200{query}")).jar(jar)).ok(200).json();
    listed["items"].as_array().unwrap().iter().map(|item| item["organizationId"].clone()).collect()
}

/// 19: an administrator of one organization reads that organization's trail, however high the role.
#[test]
fn an_admin_of_one_organization_reads_its_rows_only() {
    let world = World::seeded();
    let (here, there) = (world.acme(), world.second_organization());
    sign_up_at(&world, &here, "here@acme.example", PASSPHRASE).ok(202);
    sign_up_at(&world, &there, "there@acme.example", PASSPHRASE).ok(202);
    let (own, other) = (json!(here.organization), json!(there.organization));
    let all = seen(&world, &world.staff_login(ADMIN), "");
    assert!(all.contains(&own) && all.contains(&other), "of the whole tenant: {all:?}");

    world.arrange(&format!(
        "UPDATE staff_memberships SET organization_id = '{}' WHERE user_id = (SELECT id FROM staff_users WHERE email = '{ADMIN}')",
        here.organization
    ));
    let jar = world.staff_login(ADMIN);
    let elsewhere = seen(&world, &jar, &format!("&organizationId={}", there.organization));
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
    for query in ["", "&action=user.created"] {
        let rows = seen(&world, &jar, query);
        assert!(!rows.is_empty() && rows.iter().all(|organization| *organization == own), "{query}: {rows:?}");
    }
    assert!(seen(&world, &world.staff(&there, "bella", &OWNER), "").iter().all(|organization| *organization == other));
}
