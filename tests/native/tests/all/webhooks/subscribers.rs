//! Subscribers inside: staff told of sign-ups and locks, customers told of what concerns them, accounts linked to the
//! registry. Each is part of the change's own batch: with it or not at all, and once, however often somebody tries.

use portcullis_tests::{
    Fault, Req, World,
    people::{BUYER, PASSWORD},
    staff::SUPERADMIN,
};
use serde_json::json;

/// What is told or linked after `act` went wrong in each way at each of its calls, and was then repeated until it went well.
fn after_trouble(prepare: &dyn Fn(&World), act: &dyn Fn(&World) -> u16, done: &dyn Fn(u16) -> bool, found: &dyn Fn(&World) -> i64, wanted: i64) {
    let quiet = || {
        let world = World::seeded();
        prepare(&world);
        world.does_later_work.set(false);
        world.database.take_calls();
        world
    };
    let world = quiet();
    assert!(done(act(&world)));
    let calls = world.database.take_calls().len();
    assert_eq!(found(&world), wanted, "undisturbed");
    for n in 1..=calls {
        for fault in [Fault::Fails, Fault::Hangs, Fault::LosesReply] {
            let world = quiet();
            let before = found(&world);
            world.database.fault(n, fault);
            assert_eq!(act(&world), 503, "call {n}: {fault:?}");
            let now = found(&world);
            assert!(now == before || (fault == Fault::LosesReply && now == wanted), "call {n}: {fault:?} left {now} of {wanted}");
            act(&world);
            assert_eq!(found(&world), wanted, "call {n}: {fault:?}, and once more");
        }
    }
}

#[test]
fn staff_hear_of_a_sign_up_once_with_the_proof_of_its_address() {
    let prepare = |world: &World| {
        world.staff(&world.acme(), "looker", &["customer_accounts.view"]);
        world.send(world.signup_request("nina@acme.example", "a fine passphrase")).ok(202);
    };
    let world = World::seeded();
    prepare(&world);
    assert_eq!(world.count("staff_notifications WHERE type = 'customer_accounts.user.signup'"), 0, "nobody is told of an address nobody has proven");
    let found = |world: &World| {
        let looker = "recipient_user_id = (SELECT id FROM staff_users WHERE email = 'looker@staff.example')";
        world.count(&format!("staff_notifications WHERE type = 'customer_accounts.user.signup' AND {looker}"))
            + world.count("customer_users WHERE email = 'nina@acme.example' AND email_verified_at IS NOT NULL")
    };
    for (fault, both) in [(Fault::Fails, 0), (Fault::Hangs, 0), (Fault::LosesReply, 2)] {
        let world = World::seeded();
        prepare(&world);
        // The read, then the commit.
        world.database.take_calls();
        world.database.fault(2, fault);
        assert_eq!(world.verify(&token_of(&world)).status, 503);
        assert_eq!(found(&world), both, "{fault:?}: both or neither");
        world.verify(&token_of(&world));
        assert_eq!(found(&world), 2, "{fault:?}, and once more");
    }
}

fn token_of(world: &World) -> String {
    // Derived, not mailed again: reading the inbox would be a call.
    let row = world.value("SELECT id FROM customer_user_email_verifications ORDER BY created_at DESC LIMIT 1");
    let id = portcullis_core::domain::id::Id::parse(row.as_str().unwrap()).unwrap();
    world.deployment.keys.mailed_token(portcullis_core::domain::keys::Purpose::EmailVerification, id).reveal().to_owned()
}

#[test]
fn a_lock_is_told_to_its_owner_and_to_staff_in_the_batch_that_locks() {
    let prepare = |world: &World| {
        world.staff(&world.acme(), "looker", &["customer_accounts.view"]);
        for _ in 0..4 {
            world.try_login(BUYER, "wrong password").ok(401);
            world.advance_seconds(61);
        }
    };
    let act = |world: &World| world.try_login(BUYER, "wrong password").status;
    let found = |world: &World| {
        let looker = "recipient_user_id = (SELECT id FROM staff_users WHERE email = 'looker@staff.example')";
        world.count(&format!("staff_notifications WHERE type = 'customer_accounts.user.locked' AND {looker}"))
            + world.count("customer_notifications WHERE type = 'customer_accounts.account.locked'")
            + world.count(&format!("customer_users WHERE email = '{BUYER}' AND locked_until IS NOT NULL"))
            + world.count("event_outbox WHERE name = 'customer_accounts.user.locked'")
    };
    after_trouble(&prepare, &act, &|status| status == 401, &found, 4);
}

#[test]
fn an_account_is_linked_to_the_registry_in_the_batch_that_makes_it() {
    let prepare = |world: &World| {
        let jar = world.staff_login(SUPERADMIN);
        let company =
            world.send(Req::post("/api/customers/companies").jar(&jar).json(json!({"displayName": "Trading"}))).ok(201).json()["id"].clone();
        let person = json!({"displayName": "Nina", "primaryEmail": "nina@acme.example", "companyId": company});
        world.send(Req::post("/api/customers/people").jar(&jar).json(person)).ok(201);
    };
    let act = |world: &World| world.send(world.signup_request("nina@acme.example", "a fine passphrase")).status;
    let found = |world: &World| {
        world.count("customer_users WHERE email = 'nina@acme.example'")
            + world.count("customer_users WHERE email = 'nina@acme.example' AND person_entity_id IS NOT NULL")
    };
    after_trouble(&prepare, &act, &|status| status == 202, &found, 2);
}

#[test]
fn a_customer_hears_of_a_new_password_in_the_batch_that_sets_it() {
    let prepare = |world: &World| drop(world.login(BUYER));
    let found = |world: &World| {
        world.count("customer_notifications WHERE type = 'customer_accounts.password.changed'")
            + world.count("audit_log WHERE action = 'password.changed'")
    };
    let world = World::seeded();
    prepare(&world);
    let jar = world.login(BUYER);
    for n in 1..=3 {
        world.database.fault(n, Fault::Fails);
        let res = world.send(portcullis_tests::cases::change_password(PASSWORD).jar(&jar));
        assert_eq!((res.status, found(&world)), (503, 0), "call {n}");
    }
    world.send(portcullis_tests::cases::change_password(PASSWORD).jar(&jar)).ok(200);
    assert_eq!(found(&world), 2);
}
