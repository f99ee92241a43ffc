//! Tests that can fail: each broken twin here breaks a promise, and the check that guards the promise notices.

use portcullis_tests::{Res, World, people::BUYER};

/// Two uses of one link that both looked before either wrote: the second one's answer.
fn second_winner(twin: &str) -> (Res, i64) {
    let world = World::seeded_with(&[("TWIN", twin)]);
    world.send(world.signup_request("nina@acme.example", "a fine passphrase")).ok(202);
    let token = world.mailed_token("nina@acme.example");
    world.verify(&token).ok(200);
    // The second request reads the link as unused; the first one's commit comes right before its own.
    let before = world.count("audit_log WHERE action = 'email.verified'");
    world.arrange("UPDATE customer_user_email_verifications SET used_at = NULL, voided_at = NULL");
    world.database.before_next_write("UPDATE customer_user_email_verifications SET used_at = 1");
    let res = world.verify(&token);
    (res, world.count("audit_log WHERE action = 'email.verified'") - before)
}

/// B1 in slow motion. The race itself, over HTTP, is in tests/e2e.
#[test]
fn a_link_has_one_winner_and_the_twin_that_does_not_look_has_two() {
    let (res, more) = second_winner("");
    res.is(400, "Invalid or expired token");
    assert_eq!(more, 0);
    let (res, more) = second_winner("consume-unchecked");
    assert_eq!((res.status, more), (200, 1), "the check above would catch it");
}

#[test]
fn a_limiter_that_forgets_lets_everything_through_and_is_noticed() {
    let world = World::seeded();
    world.limiter.forgetful.set(true);
    let hashes = world.hasher.count.get();
    for _ in 0..20 {
        world.try_login(BUYER, "wrong password");
    }
    assert!(world.hasher.count.get() - hashes > 5, "flows::limits counts the hashes, and five are the most it takes");
}

/// A reset of the password between the check and the commit of a login leaves no session.
#[test]
fn a_login_that_overtakes_a_password_change_opens_nothing() {
    let world = World::seeded();
    world.database.before_next_write("UPDATE customer_users SET credential_epoch = credential_epoch + 1");
    world.try_login(BUYER, portcullis_tests::people::PASSWORD).is(401, "Invalid email or password");
    assert_eq!(world.count("customer_user_sessions"), 0);
    world.database.before_next_write("UPDATE customer_users SET is_active = 0");
    world.try_login(BUYER, portcullis_tests::people::PASSWORD).is(401, "Invalid email or password");
    assert_eq!(world.count("customer_user_sessions"), 0);
}

/// Of two password changes at once, one wins and the other is told.
#[test]
fn a_password_change_that_overtakes_another_is_told_so() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    world.database.before_next_write("UPDATE customer_users SET credential_epoch = credential_epoch + 1, password_hash = 'the other one'");
    let res = world.send(portcullis_tests::cases::change_password(portcullis_tests::people::PASSWORD).jar(&jar));
    assert_eq!((res.status, res.json()["code"].as_str()), (409, Some("CONFLICT")));
    assert_eq!(world.value("SELECT password_hash FROM customer_users LIMIT 1"), "the other one");
}

/// Whoever loses the race for a new address reads again and finds what the winner wrote.
#[test]
fn a_sign_up_that_overtakes_another_makes_one_account_and_one_mail() {
    let world = World::seeded();
    world.send(world.signup_request("first@acme.example", "a fine passphrase")).ok(202);
    let hash = world.deployment.keys.lookup_hash(&portcullis_core::domain::email::Email::parse("nina@acme.example").unwrap());
    let first = world.user_id("first@acme.example");
    world.database.before_next_write(&format!("UPDATE customer_users SET email = 'nina@acme.example', email_hash = '{hash}' WHERE id = '{first}'"));
    let res = world.send(world.signup_request("nina@acme.example", "a fine passphrase"));
    assert_eq!((res.status, res.text().as_str()), (202, r#"{"ok":true}"#));
    assert_eq!(world.count("customer_users WHERE email = 'nina@acme.example'"), 1);
    assert!(world.inbox("nina@acme.example").is_empty(), "the winner's mail went out a moment ago");
}

/// A query that writes stops the test, not the reviewer.
#[test]
#[should_panic(expected = "a Query must not write")]
fn a_query_that_writes_is_noticed() {
    use portcullis_core::ports::{Database, Query};
    let world = World::new();
    let _ = portcullis_tests::block_on(world.database.read(vec![Query::new("DELETE FROM tenants", vec![])]));
}
