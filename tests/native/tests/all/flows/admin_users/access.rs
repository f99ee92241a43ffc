//! Ending what an account has open: TC-AUTH-023, 024, 025.

use portcullis_tests::{
    Req, World, cases,
    people::{BUYER, PASSWORD, VIEWER},
};
use serde_json::{Value, json};

use super::super::{CA, profile, refresh};
use super::{events, keys, list, of, owner, post, put};

/// TC-AUTH-023 and 024.
#[test]
fn tc_auth_023_024_a_reset_ends_session_and_token() {
    let world = World::seeded();
    let jar = owner(&world);
    let buyer = world.login(BUYER);
    let check = |token: &str| world.send(cases::feature_check(json!(["portal.orders.view"])).bearer(token));
    check(buyer.get("customer_auth_token")).ok(200);
    world.advance_seconds(2);
    let reset = |body: Value| post(&world, &jar, &of(&world, BUYER, "/reset-password"), body);
    reset(json!({"newPassword": "short"})).is(400, "Validation failed");
    reset(json!({"newPassword": "password1"})).is(400, "Validation failed");
    reset(json!({})).is(400, "Validation failed");
    assert_eq!(reset(json!({"newPassword": "another fine passphrase"})).ok(200).json(), json!({"ok": true}));
    refresh(&world, &buyer).is(401, "Invalid or expired session");
    check(buyer.get("customer_auth_token")).is(401, "Authentication required");
    world.try_login(BUYER, PASSWORD).is(401, "Invalid email or password");
    world.try_login(BUYER, "another fine passphrase").ok(200);

    let (user, staff) = (world.user_id(BUYER), world.value("SELECT id FROM staff_users WHERE email = 'owner@staff.example'"));
    let place = world.acme();
    assert_eq!(
        events(&world, "password.reset"),
        [
            json!({"id": user, "recipientUserId": user, "email": BUYER, "tenantId": place.tenant, "organizationId": place.organization, "resetBy": staff})
        ]
    );
    assert_eq!(
        events(&world, "password.changed"),
        [json!({"userId": user, "tenantId": place.tenant, "organizationId": place.organization, "changedBy": "admin", "changedById": staff,
            "at": "2026-11-21T04:47:44.123Z"})]
    );
    let mails = world.inbox(BUYER);
    assert_eq!(mails.len(), 1);
    assert!(!mails[0].to_string().contains("another fine passphrase"));
}

/// A6: what was pending is void as well.
#[test]
fn a_reset_and_a_deactivation_void_pending_links() {
    for path in ["reset", "disable", "delete"] {
        let world = World::seeded();
        let jar = owner(&world);
        let ask = json!({"email": BUYER, "tenantId": world.acme().tenant});
        world.send(Req::post(&format!("{CA}/magic-link/request")).json(&ask)).ok(200);
        let link = world.mailed_token(BUYER);
        world.advance_seconds(1);
        world.send(Req::post(&format!("{CA}/password/reset-request")).json(&ask)).ok(200);
        let reset = world.mailed_token(BUYER);
        match path {
            "reset" => post(&world, &jar, &of(&world, BUYER, "/reset-password"), json!({"newPassword": "another fine passphrase"})),
            "disable" => put(&world, &jar, BUYER, json!({"isActive": false})),
            _ => world.send(Req::delete(&of(&world, BUYER, "")).jar(&jar)),
        }
        .ok(200);
        world.send(Req::post(&format!("{CA}/magic-link/verify")).json(json!({"token": link}))).is(400, "Invalid or expired token");
        let confirm = json!({"token": reset, "password": "a third fine passphrase"});
        world.send(Req::post(&format!("{CA}/password/reset-confirm")).json(confirm)).is(400, "Invalid or expired token");
    }
}

/// TC-AUTH-025.
#[test]
fn tc_auth_025_deletion_ends_session_and_token() {
    let world = World::seeded();
    let jar = owner(&world);
    let buyer = world.login(BUYER);
    let path = of(&world, BUYER, "");
    world.send(Req::delete(&path).jar(&jar)).ok(200);
    refresh(&world, &buyer).is(401, "Invalid or expired session");
    profile(&world, &buyer.only("customer_auth_token")).is(401, "Authentication required");
    world.send(Req::delete(&path).jar(&jar)).is(404, "User not found");
    world.send(Req::get(&path).jar(&jar)).is(404, "User not found");
    assert_eq!(list(&world, &jar, "")["total"], 2);
    assert_eq!(keys(&events(&world, "user.deleted")[0]), ["deletedBy", "email", "id", "organizationId", "tenantId"]);
}

#[test]
fn a_deactivated_account_is_out_at_once_and_comes_back_when_activated() {
    let world = World::seeded();
    let jar = owner(&world);
    let buyer = world.login(BUYER);
    put(&world, &jar, BUYER, json!({"isActive": false})).ok(200);
    profile(&world, &buyer).is(401, "Authentication required");
    world.try_login(BUYER, PASSWORD).is(401, "Invalid email or password");
    put(&world, &jar, BUYER, json!({"isActive": true})).ok(200);
    profile(&world, &buyer).is(401, "Authentication required");
    world.try_login(BUYER, PASSWORD).ok(200);
}

#[test]
fn locking_and_unlocking_are_announced_and_unlocking_forgets_failures() {
    let world = World::seeded();
    let jar = owner(&world);
    let until = "2026-11-22T00:00:00.000Z";
    put(&world, &jar, BUYER, json!({"lockedUntil": until})).ok(200);
    world.try_login(BUYER, PASSWORD).is(401, "Invalid email or password");
    put(&world, &jar, BUYER, json!({"lockedUntil": "2026-11-23T00:00:00Z"})).ok(200);
    assert_eq!((events(&world, "user.locked").len(), events(&world, "user.unlocked").len()), (1, 0), "it was locked already");
    put(&world, &jar, BUYER, json!({"lockedUntil": null})).ok(200);
    assert_eq!(events(&world, "user.unlocked").len(), 1);
    world.try_login(BUYER, PASSWORD).ok(200);

    let device = world.login(VIEWER).only("customer_device");
    for _ in 0..5 {
        world.send(world.login_request(VIEWER, "wrong password")).is(401, "Invalid email or password");
        world.send(world.login_request(VIEWER, "wrong password").jar(&device)).is(401, "Invalid email or password");
    }
    world.advance_seconds(70);
    world.try_login(VIEWER, PASSWORD).is(401, "Invalid email or password");
    post(&world, &jar, &of(&world, VIEWER, "/unlock"), json!({})).ok(200);
    world.send(world.login_request(VIEWER, PASSWORD).jar(&device)).ok(200);
    world.try_login(VIEWER, PASSWORD).ok(200);
    assert_eq!(world.value(&format!("SELECT failed_login_attempts FROM customer_users WHERE email = '{VIEWER}'")), 0);
    assert_eq!((events(&world, "user.unlocked").len(), world.count("customer_device_failures")), (2, 0));
}

#[test]
fn sessions_are_listed_and_ended_one_by_one_or_all() {
    let world = World::seeded();
    let jar = owner(&world);
    let (first, second) = (world.login(BUYER), world.login(BUYER));
    let listed = world.send(Req::get(&of(&world, BUYER, "/sessions")).jar(&jar)).ok(200).json();
    assert_eq!(listed["sessions"].as_array().unwrap().len(), 2);
    let end = |id: &str, of_whom: &str| world.send(Req::delete(&of(&world, of_whom, &format!("/sessions/{id}"))).jar(&jar));
    end(&cases::session_id(&first), VIEWER).is(404, "Session not found");
    end(&cases::session_id(&first), BUYER).ok(200);
    end(&cases::session_id(&first), BUYER).is(404, "Session not found");
    end("nonsense", BUYER).is(404, "Session not found");
    profile(&world, &first).is(401, "Authentication required");
    profile(&world, &second).ok(200);
    post(&world, &jar, &of(&world, BUYER, "/force-logout"), json!({})).ok(200);
    profile(&world, &second).is(401, "Authentication required");
    world.try_login(BUYER, PASSWORD).ok(200);
}
