//! Lockout, and known devices, whom strangers cannot lock out.

use portcullis_tests::{
    Jar, World,
    people::{BUYER, PASSWORD},
};
use serde_json::json;

fn state(world: &World) -> (i64, bool) {
    let row = &world.rows(&format!("SELECT failed_login_attempts AS n, locked_until FROM customer_users WHERE email = '{BUYER}'"))[0];
    (row["n"].as_i64().unwrap(), row["locked_until"].as_i64().is_some_and(|until| until > world.now()))
}

/// Five wrong passwords within the limits of a minute.
fn lock(world: &World) {
    for _ in 0..5 {
        assert_eq!(world.try_login(BUYER, "wrong password").status, 401);
    }
    world.advance_seconds(61);
}

#[test]
fn the_fifth_wrong_password_locks_for_a_quarter_of_an_hour() {
    let world = World::seeded();
    lock(&world);
    assert_eq!(state(&world), (5, true));
    world.try_login(BUYER, PASSWORD).is(401, "Invalid email or password");
    assert_eq!(world.count("event_outbox WHERE name = 'customer_accounts.user.locked'"), 1);
    world.advance_seconds(15 * 60 - 61 - 1);
    world.try_login(BUYER, PASSWORD).is(401, "Invalid email or password");
    world.advance_seconds(1);
    world.try_login(BUYER, PASSWORD).ok(200);
    assert_eq!(state(&world), (0, false));
}

#[test]
fn attempts_while_locked_neither_count_nor_extend() {
    let world = World::seeded();
    lock(&world);
    let until = world.value(&format!("SELECT locked_until FROM customer_users WHERE email = '{BUYER}'"));
    for _ in 0..3 {
        world.try_login(BUYER, "wrong password");
    }
    assert_eq!(state(&world), (5, true));
    assert_eq!(world.value(&format!("SELECT locked_until FROM customer_users WHERE email = '{BUYER}'")), until);
}

#[test]
fn a_lapsed_lock_starts_the_count_again() {
    let world = World::seeded();
    lock(&world);
    world.advance_seconds(15 * 60);
    world.try_login(BUYER, "wrong password");
    assert_eq!(state(&world), (1, false), "one mistake after a lapse does not lock again");
}

#[test]
fn only_a_wrong_password_counts() {
    let world = World::seeded();
    world.arrange(&format!("UPDATE customer_users SET email_verified_at = NULL WHERE email = '{BUYER}'"));
    for _ in 0..3 {
        world.try_login(BUYER, PASSWORD);
        world.try_login("nobody@acme.example", "x");
    }
    assert_eq!(state(&world), (0, false));
}

#[test]
fn strangers_cannot_lock_a_known_device_out() {
    let world = World::seeded();
    let device = world.login(BUYER).only("customer_device");
    lock(&world);
    for _ in 0..5 {
        world.try_login(BUYER, "wrong password");
    }
    assert_eq!(world.try_login(BUYER, PASSWORD).status, 429, "strangers are limited and locked");
    world.send(world.login_request(BUYER, PASSWORD).jar(&device)).ok(200);
}

#[test]
fn a_known_device_that_guesses_locks_itself_and_nobody_else() {
    let world = World::seeded();
    let device = world.login(BUYER).only("customer_device");
    let attempt = |password: &str| world.send(world.login_request(BUYER, password).jar(&device)).status;
    for _ in 0..5 {
        assert_eq!(attempt("wrong password"), 401);
    }
    assert_eq!(attempt("wrong password"), 429, "a bucket of its own, as small as the other");
    world.advance_seconds(61);
    assert_eq!(attempt(PASSWORD), 401, "locked");
    assert_eq!(state(&world), (0, false));
    world.try_login(BUYER, PASSWORD).ok(200);
    assert_eq!(attempt(PASSWORD), 401, "somebody else's success does not open the device's lock");
    world.advance_seconds(15 * 60);
    assert_eq!(attempt(PASSWORD), 200);
}

/// A forged, borrowed or foreign device cookie is a stranger's.
#[test]
fn a_device_cookie_works_for_its_own_account_only() {
    let world = World::seeded();
    world.add_user(&world.acme(), "mallory@acme.example", "buyer");
    let theirs = world.login("mallory@acme.example").only("customer_device");
    let mine = world.login(BUYER).get("customer_device").to_owned();
    lock(&world);
    for cookie in [theirs.get("customer_device").to_owned(), mine.replace(".0.", ".1."), mine[1..].to_owned(), "x.0.y".into(), "~~~".into()] {
        let jar = Jar([("customer_device".to_owned(), cookie)].into());
        assert_eq!(world.send(world.login_request(BUYER, PASSWORD).jar(&jar)).status, 401);
        world.advance_seconds(61);
    }
    assert_eq!(world.count("customer_device_failures"), 0);
}

#[test]
fn the_trail_says_why_and_the_answer_does_not() {
    let world = World::seeded();
    world.try_login(BUYER, "wrong password");
    world.arrange(&format!("UPDATE customer_users SET is_active = 0 WHERE email = '{BUYER}'"));
    world.try_login(BUYER, PASSWORD);
    world.try_login("nobody@acme.example", PASSWORD);
    let reasons: Vec<_> =
        world.rows("SELECT detail FROM audit_log WHERE action = 'login.failed' ORDER BY seq").iter().map(|row| row["detail"].clone()).collect();
    assert_eq!(
        reasons,
        [json!(r#"{"reason":"invalid_password"}"#), json!(r#"{"reason":"inactive"}"#)],
        "nobody's attempts are counted, not recorded"
    );
    assert_eq!(world.value("SELECT n FROM attempt_counters WHERE name = 'login.failed'"), json!(3));
}
