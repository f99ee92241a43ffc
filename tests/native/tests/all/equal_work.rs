//! A5: whoever may not come in gets the same answer after the same work, statement by statement.

use std::collections::BTreeMap;

use portcullis_tests::{
    Req, Res, World,
    database::Call,
    people::BUYER,
    staff::{ADMIN, login_request},
};
use serde_json::Value;

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

/// A limit's remaining numbers and request ids are the caller's own doing.
fn masked_headers(res: &Res) -> Vec<(String, String)> {
    let mask = |(name, value): &(String, String)| {
        (
            name.clone(),
            if matches!(name.as_str(), "x-request-id" | "x-ratelimit-remaining" | "x-ratelimit-reset") { "masked".into() } else { value.clone() },
        )
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

const PENDING: &str = "pending@acme.example";

/// A sign-up after what `arrange` did; the directory is warm, and one address waits for its verification since two minutes.
fn signup(email: &str, arrange: impl Fn(&World)) -> Work {
    let world = World::seeded();
    world.send(world.signup_request(PENDING, "a fine passphrase")).ok(202);
    world.advance_seconds(120);
    arrange(&world);
    work(&world, world.signup_request(email, "a fine passphrase"))
}

/// Free, waiting, taken, just mailed, mailed too often: the very same statements, and one hash.
#[test]
fn every_sign_up_says_the_same_after_the_same_work() {
    let fresh = signup("fresh@acme.example", |_| {});
    assert_eq!((fresh.status, fresh.hashes, fresh.limits, fresh.calls.len()), (202, 1, 2, 2));
    let again = |email: &'static str, password: &'static str| {
        move |world: &World| {
            world.send(world.signup_request(email, password)).ok(202);
            world.advance_seconds(1);
        }
    };
    let mailed_often = |email: &'static str| {
        move |world: &World| {
            let hash = world.deployment.keys.lookup_hash(&portcullis_core::domain::email::Email::parse(email).unwrap());
            let (tenant, now) = (world.acme().tenant, world.now() - 600_000);
            for n in 0..6 {
                world.arrange(&format!(
                    "INSERT INTO mail_outbox (id, tenant_id, recipient, recipient_hash, template, locale, payload, created_at, due_at, sent_at) \
                     VALUES ('m{n}', '{tenant}', '{email}', '{hash}', 'password_reset', 'en', '{{}}', {now}, {now}, {now})"
                ));
            }
        }
    };
    assert_eq!(signup(PENDING, |_| {}), fresh, "waiting");
    assert_eq!(signup(BUYER, |_| {}), fresh, "taken");
    assert_eq!(signup(PENDING, again(PENDING, "a fine passphrase")), fresh, "a double click");
    assert_eq!(signup(PENDING, again(PENDING, "the other passphrase")), fresh, "contested");
    assert_eq!(signup(BUYER, again(BUYER, "a fine passphrase")), fresh, "reminded just now");
    assert_eq!(signup(PENDING, mailed_often(PENDING)), fresh, "waiting, over the cap");
    assert_eq!(signup(BUYER, mailed_often(BUYER)), fresh, "taken, over the cap");
    assert_eq!(signup(BUYER, |world| world.arrange("UPDATE customer_users SET is_active = 0")), fresh, "inactive");
    assert_eq!(signup(BUYER, |world| world.arrange("UPDATE customer_users SET deleted_at = 1")), fresh, "deleted");
}

/// Two sign-ups at once: one is overtaken whatever stands at the address, looks again, and costs the same once more. A
/// probe that fires two in parallel learns nothing.
#[test]
fn the_slower_of_two_sign_ups_at_once_costs_the_same_whatever_stands_at_the_address() {
    let overtaken = |email: &str| {
        let quick = World::seeded();
        quick.send(quick.signup_request(PENDING, "a fine passphrase")).ok(202);
        quick.advance_seconds(120);
        let before = quick.dump(|_| true);
        quick.send(quick.signup_request(email, "the quicker passphrase")).ok(202);
        // What the quicker one wrote, as SQL for the slower one's world.
        let written = written_between(&before, &quick.dump(|table| RACED.contains(&table)));
        signup(email, |world| world.database.before_next_write(&written))
    };
    let fresh = overtaken("fresh@acme.example");
    assert_eq!((fresh.status, fresh.hashes, fresh.calls.len()), (202, 2, 4));
    assert_eq!(overtaken(PENDING), fresh, "waiting");
    assert_eq!(overtaken(BUYER), fresh, "taken");
}

/// What a sign-up leaves that another one sees.
const RACED: [&str; 3] = ["customer_users", "customer_user_email_verifications", "mail_outbox"];

fn written_between(before: &BTreeMap<String, Vec<Value>>, after: &BTreeMap<String, Vec<Value>>) -> String {
    let literal = |value: &Value| match value {
        Value::String(text) => format!("'{}'", text.replace('\'', "''")),
        other => other.to_string(),
    };
    let insert = |table: &str, row: &Value| {
        let row = row.as_object().unwrap();
        let (names, values): (Vec<_>, Vec<_>) = row.iter().map(|(name, value)| (name.as_str(), literal(value))).unzip();
        format!("INSERT OR REPLACE INTO {table} ({}) VALUES ({});", names.join(", "), values.join(", "))
    };
    let new = |(table, rows): (&String, &Vec<Value>)| {
        let rows: Vec<String> = rows.iter().filter(|row| !before[table].contains(row)).map(|row| insert(table, row)).collect();
        rows.join("\n")
    };
    RACED.iter().filter_map(|table| after.get_key_value(*table)).map(new).collect()
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
