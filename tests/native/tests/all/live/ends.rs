//! What ends a stream: whatever ends or changes what its caller may do.

use portcullis_tests::{
    Req, World,
    people::{BUYER, VIEWER},
};
use serde_json::json;

use super::{PORTAL, STAFF, open, stream};

/// Opens a stream for the buyer and one for the viewer, lets something happen, and says which are still open.
fn open_after(happening: impl FnOnce(&World)) -> (bool, bool) {
    let world = World::seeded();
    let (buyer, viewer) = (open(&world, PORTAL, &world.login(BUYER)), open(&world, PORTAL, &world.login(VIEWER)));
    happening(&world);
    (world.channels.is_open(buyer), world.channels.is_open(viewer))
}

fn put(world: &World, body: &serde_json::Value) {
    let id = world.user_id(BUYER);
    world.send(Req::put(&format!("/api/customer_accounts/admin/users/{id}")).jar(&world.persona("owner").jar).json(body)).ok(200);
}

#[test]
fn an_account_that_is_switched_off_or_forced_out_or_has_other_roles_hears_no_more() {
    assert_eq!(open_after(|_| {}), (true, true));
    assert_eq!(open_after(|world| put(world, &json!({"displayName": "Bruno"}))), (true, true), "a name is no access");
    assert_eq!(open_after(|world| put(world, &json!({"isActive": false}))), (false, true));
    assert_eq!(open_after(|world| put(world, &json!({"roleIds": []}))), (false, true));
    let force = |world: &World| {
        let id = world.user_id(BUYER);
        world.send(Req::post(&format!("/api/customer_accounts/admin/users/{id}/force-logout")).jar(&world.persona("owner").jar)).ok(200);
    };
    assert_eq!(open_after(force), (false, true));
    let delete = |world: &World| {
        let id = world.user_id(BUYER);
        world.send(Req::delete(&format!("/api/customer_accounts/admin/users/{id}")).jar(&world.persona("owner").jar)).ok(200);
    };
    assert_eq!(open_after(delete), (false, true));
}

#[test]
fn one_session_that_ends_takes_its_streams_along_and_no_others() {
    let world = World::seeded();
    let (here, there) = (world.login(BUYER), world.login(BUYER));
    let streams = (open(&world, PORTAL, &here), open(&world, PORTAL, &there), open(&world, PORTAL, &here));
    world.send(Req::post("/api/customer_accounts/portal/logout").jar(&here)).ok(200);
    assert_eq!((world.channels.is_open(streams.0), world.channels.is_open(streams.1), world.channels.is_open(streams.2)), (false, true, false));
}

#[test]
fn a_role_that_changes_ends_the_streams_of_its_organization_and_those_who_come_back_hear_of_it() {
    let world = World::seeded();
    let jar = world.login(VIEWER);
    let viewer = open(&world, PORTAL, &jar);
    let role = world.value("SELECT id FROM customer_roles WHERE slug = 'viewer'");
    let acl = json!({"features": ["portal.account.manage"]});
    world
        .send(Req::put(&format!("/api/customer_accounts/admin/roles/{}/acl", role.as_str().unwrap())).jar(&world.persona("owner").jar).json(acl))
        .ok(200);
    assert!(!world.channels.is_open(viewer));
    let last = super::position(&world.channels.text(viewer));
    let again = super::reopen(&world, PORTAL, &jar, &last);
    assert_eq!(super::names(&world, again), ["customer_accounts.role.updated"]);
}

#[test]
fn a_suspended_organization_or_tenant_hears_no_more() {
    let world = World::seeded();
    let buyer = open(&world, PORTAL, &world.login(BUYER));
    let owner = open(&world, STAFF, &world.persona("owner").jar);
    world.arrange(&format!("UPDATE tenants SET is_active = 0 WHERE id = '{}'", world.acme().tenant));
    super::look(&world);
    assert!(!world.channels.is_open(buyer) && !world.channels.is_open(owner));
}

#[test]
fn staff_who_lose_a_membership_hear_no_more() {
    let world = World::seeded();
    let (owner, clerk) = (open(&world, STAFF, &world.persona("owner").jar), open(&world, STAFF, &world.persona("clerk").jar));
    world.arrange("UPDATE staff_memberships SET deleted_at = 1 WHERE user_id = (SELECT id FROM staff_users WHERE email = 'owner@staff.example')");
    super::look(&world);
    assert!(!world.channels.is_open(owner) && world.channels.is_open(clerk));
}

/// A session that moves to another tenant has no business with what happens in the first.
#[test]
fn a_session_that_moves_leaves_its_stream_behind() {
    let world = World::seeded();
    let owner = open(&world, STAFF, &world.persona("owner").jar);
    let away = world.found("elsewhere");
    world.arrange(&format!("UPDATE staff_user_sessions SET tenant_id = '{}', organization_id = '{}'", away.tenant, away.organization));
    super::look(&world);
    assert!(!world.channels.is_open(owner));
}

/// The listener is seated first, and looked at then: what happens between shows.
#[test]
fn a_session_that_ends_while_its_stream_is_opened_gets_none() {
    let between = |sql: &str| {
        let world = World::seeded();
        let jar = world.login(BUYER);
        world.channels.meanwhile.replace(Some(sql.to_owned()));
        let res = stream(&world, PORTAL, &jar);
        (res.status, world.channels.open())
    };
    assert_eq!(between("SELECT 1"), (200, 1));
    assert_eq!(between("UPDATE customer_user_sessions SET deleted_at = 1"), (503, 0));
    assert_eq!(between("UPDATE customer_users SET is_active = 0"), (503, 0));
    assert_eq!(between("UPDATE organizations SET is_active = 0"), (503, 0));
    let world = World::seeded();
    let owner = world.persona("owner").jar;
    world.channels.meanwhile.replace(Some("UPDATE staff_role_acls SET features_json = '[]'".into()));
    assert_eq!((stream(&world, STAFF, &owner).status, world.channels.open()), (503, 0), "what one may hear of has changed");
}
