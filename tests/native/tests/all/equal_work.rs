//! A5: whoever may not come in gets the same answer after the same work, statement by statement.

use portcullis_tests::{
    Req, Res, World,
    database::Call,
    people::BUYER,
    staff::{ADMIN, login_request},
};

/// What a request did and what it said, with what may differ masked.
#[derive(Debug, PartialEq)]
struct Work {
    calls: Vec<Call>,
    limits: usize,
    hashes: u32,
    status: u16,
    headers: Vec<(String, String)>,
    body: serde_json::Value,
}

fn work(world: &World, req: Req) -> Work {
    world.database.take_calls();
    let (limits, hashes) = (world.limiter.taken.borrow().len(), world.hasher.count.get());
    let (res, _) = world.send_only(req);
    Work {
        calls: world.database.take_calls(),
        limits: world.limiter.taken.borrow().len() - limits,
        hashes: world.hasher.count.get() - hashes,
        status: res.status,
        headers: masked_headers(&res),
        body: masked_body(&res),
    }
}

/// Remaining-limit numbers and request ids are the caller's own doing.
fn masked_headers(res: &Res) -> Vec<(String, String)> {
    let mask = |(name, value): &(String, String)| {
        (name.clone(), if matches!(name.as_str(), "x-request-id" | "x-ratelimit-remaining") { "masked".into() } else { value.clone() })
    };
    res.headers.iter().map(mask).collect()
}

fn masked_body(res: &Res) -> serde_json::Value {
    let mut body = res.json();
    if let Some(id) = body.get_mut("requestId") {
        *id = "masked".into();
    }
    body
}

fn attempt(change: &str, email: &str, password: &str) -> Work {
    let world = World::seeded();
    if !change.is_empty() {
        world.arrange(&format!("UPDATE customer_users SET {change} WHERE email = '{BUYER}'"));
    }
    work(&world, world.login_request(email, password))
}

#[test]
fn every_failed_login_does_the_same_work_and_says_the_same() {
    let wrong = attempt("", BUYER, "wrong password");
    assert_eq!((wrong.status, wrong.hashes, wrong.limits, wrong.calls.len()), (401, 1, 2, 2));
    let right = portcullis_tests::people::PASSWORD;
    for (what, change, email, password) in [
        ("unknown", "", "nobody@acme.example", "wrong password"),
        ("locked, wrong password", "locked_until = 9999999999999", BUYER, "wrong password"),
        ("locked, right password", "locked_until = 9999999999999", BUYER, right),
        ("inactive, wrong password", "is_active = 0", BUYER, "wrong password"),
        ("inactive, right password", "is_active = 0", BUYER, right),
        ("unverified, wrong password", "email_verified_at = NULL", BUYER, "wrong password"),
        ("unverified, right password", "email_verified_at = NULL", BUYER, right),
        ("without a password", "password_hash = NULL", BUYER, right),
        ("waiting for verification", "password_hash = NULL, email_verified_at = NULL", BUYER, right),
        ("deleted", "deleted_at = 1", BUYER, right),
    ] {
        assert_eq!(attempt(change, email, password), wrong, "{what}");
    }
}

fn staff_attempt(change: &str) -> Work {
    let world = World::seeded();
    world.arrange(&format!("UPDATE staff_users SET {change} WHERE email = '{ADMIN}'"));
    work(&world, login_request(ADMIN, "wrong password"))
}

/// The fifth failure locks, and runs the very statements of the fourth: the event and the notice of a lock are written by
/// statements that always run, and find out by themselves whether they are meant.
#[test]
fn the_failure_that_locks_differs_from_the_one_before_in_nothing() {
    let fourth = attempt("failed_login_attempts = 3", BUYER, "wrong password");
    assert_eq!(attempt("failed_login_attempts = 4", BUYER, "wrong password"), fourth);
    assert_eq!(attempt("", "nobody@acme.example", "wrong password"), fourth);
    assert_eq!(staff_attempt("failed_login_attempts = 4"), staff_attempt("failed_login_attempts = 3"));
}

/// Wrong passwords side by side: what was read is old by the time it is written, and exactly the one that locks tells.
#[test]
fn of_parallel_failures_exactly_one_tells_of_the_lock() {
    let events = |world: &World| world.count("event_outbox WHERE name IN ('customer_accounts.user.locked', 'auth.user.locked')");
    for (table, email) in [("customer_users", BUYER), ("staff_users", ADMIN)] {
        for (what, read, written, locks) in [
            ("the other one locked in this very millisecond", 4, "failed_login_attempts = 5, locked_until = {until}", false),
            ("the other one locked a moment ago", 4, "failed_login_attempts = 5, locked_until = {until} - 5", false),
            ("the other one was the fourth", 3, "failed_login_attempts = 4", true),
            ("the fourth, and nobody else", 3, "failed_login_attempts = 3", false),
            ("the owner signed in", 4, "failed_login_attempts = 0", false),
        ] {
            let world = World::seeded();
            let until = (world.now() + 15 * 60 * 1_000).to_string();
            let at = format!("WHERE email = '{email}'");
            world.arrange(&format!("UPDATE {table} SET failed_login_attempts = {read} {at}"));
            world.database.before_next_write(&format!("UPDATE {table} SET {} {at}", written.replace("{until}", &until)));
            let req = if table == "staff_users" { login_request(email, "wrong password") } else { world.login_request(email, "wrong password") };
            assert_eq!(world.send(req).status, 401);
            assert_eq!(events(&world), i64::from(locks), "{table}: {what}");
            let told = world.count("customer_notifications");
            assert_eq!(told, i64::from(locks && table == "customer_users"), "{table}: {what}");
        }
    }
}

fn signup(change: &str, email: &str) -> Work {
    let world = World::seeded();
    // The directory is warm, and the address has a pending sign-up that is older than a minute.
    world.send(world.signup_request("pending@acme.example", "a fine passphrase")).ok(202);
    world.advance_seconds(120);
    if !change.is_empty() {
        world.arrange(change);
    }
    work(&world, world.signup_request(email, "a fine passphrase"))
}

#[test]
fn every_sign_up_says_the_same_after_the_same_operations() {
    let fresh = signup("", "fresh@acme.example");
    assert_eq!((fresh.status, fresh.hashes, fresh.limits, fresh.calls.len()), (202, 1, 2, 2));
    for (what, email) in [("pending", "pending@acme.example"), ("verified", BUYER)] {
        let other = signup("", email);
        assert_eq!((other.status, &other.body, &other.headers), (fresh.status, &fresh.body, &fresh.headers), "{what}");
        assert_eq!((other.hashes, other.limits, other.calls.len()), (fresh.hashes, fresh.limits, fresh.calls.len()), "{what}");
        assert_eq!(other.calls[0], fresh.calls[0], "{what}: the same is read");
    }
}

/// Within the minute the waiting password is verified instead of another being hashed: one hash either way.
#[test]
fn a_sign_up_that_is_repeated_at_once_costs_what_the_first_one_does() {
    let again = |password: &str| {
        let world = World::seeded();
        world.send(world.signup_request("pending@acme.example", "a fine passphrase")).ok(202);
        work(&world, world.signup_request("pending@acme.example", password))
    };
    let fresh = signup("", "fresh@acme.example");
    for password in ["a fine passphrase", "the other passphrase"] {
        let other = again(password);
        assert_eq!((other.status, &other.body, &other.headers), (fresh.status, &fresh.body, &fresh.headers), "{password}");
        assert_eq!((other.hashes, other.limits, other.calls.len()), (fresh.hashes, fresh.limits, fresh.calls.len()), "{password}");
        assert_eq!(other.calls[0], fresh.calls[0], "{password}: the same is read");
    }
}

#[test]
fn every_request_for_a_link_does_the_same_work() {
    for path in ["magic-link/request", "password/reset-request"] {
        let ask = |email: &str, change: &str| {
            let world = World::seeded();
            if !change.is_empty() {
                world.arrange(&format!("UPDATE customer_users SET {change} WHERE email = '{BUYER}'"));
            }
            let body = serde_json::json!({"email": email, "tenantId": world.acme().tenant});
            work(&world, Req::post(&format!("/api/customer_accounts/{path}")).json(body))
        };
        let known = ask(BUYER, "");
        assert_eq!((known.status, known.calls.len()), (200, 2));
        assert_eq!(ask("nobody@acme.example", ""), known, "{path}: unknown");
        assert_eq!(ask(BUYER, "is_active = 0"), known, "{path}: inactive");
        assert_eq!(ask(BUYER, "email_verified_at = NULL"), known, "{path}: unverified");
        assert_eq!(ask(BUYER, "deleted_at = 1"), known, "{path}: deleted");
    }
}

/// The comparison sees a statement more, and a hash less.
#[test]
fn unequal_work_is_noticed() {
    let one = attempt("", BUYER, "wrong password");
    let other = attempt("", BUYER, portcullis_tests::people::PASSWORD);
    assert_ne!(one.calls, other.calls);
    let refused = {
        let world = World::seeded();
        world.arrange("UPDATE tenants SET is_active = 0");
        work(&world, world.login_request(BUYER, "wrong password"))
    };
    assert_ne!(one.hashes, refused.hashes);
}
