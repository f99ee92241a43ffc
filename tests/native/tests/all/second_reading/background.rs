//! 13, 21, 22: what cron does with things that fail, or that nobody came back for.

use portcullis_core::{
    app,
    domain::time::Millis,
    ports::{Cache, CacheError, Fut, Ports},
};
use portcullis_tests::{
    Fault, Req, World, block_on,
    people::BUYER,
    ports::{MemoryCache, Post},
};
use serde_json::json;

use super::PASSPHRASE;

const DAY: i64 = 24 * 3_600;

/// A cache that can be written and not read.
struct Unreadable<'c>(&'c MemoryCache);

impl Cache for Unreadable<'_> {
    fn get(&self, _: String) -> Fut<'_, Result<Option<String>, CacheError>> {
        Box::pin(async { Err(CacheError("switched off".into())) })
    }

    fn put(&self, key: String, value: String, ttl: u32) -> Fut<'_, Result<(), CacheError>> {
        self.0.put(key, value, ttl)
    }

    fn delete(&self, key: String) -> Fut<'_, Result<(), CacheError>> {
        self.0.delete(key)
    }
}

/// 13: with KV unreadable the keys stay as they are, there and here.
#[test]
fn a_copy_that_cannot_be_read_takes_no_key_away() {
    let world = World::seeded();
    world.minute();
    let keys = || world.send(Req::get("/.well-known/jwks.json")).ok(200).json()["keys"].clone();
    let (before, published) = (world.cache.dump(), keys());
    world.with_ports(|ports| {
        let cache = Unreadable(&world.cache);
        block_on(app::scheduled(&world.deployment, Ports { cache: &cache, ..ports }, Millis(world.now())));
    });
    assert_eq!((world.cache.dump(), keys()), (before, published));
}

fn signed_up(email: &str) -> World {
    let world = World::seeded();
    world.does_later_work.set(false);
    world.send(world.signup_request(email, PASSPHRASE)).ok(202);
    world
}

/// 21: a sender that dies each time after handing over would otherwise send for ever.
#[test]
fn a_mail_that_is_never_settled_is_sent_ten_times_at_most() {
    let world = signed_up("nina@acme.example");
    world.mailbox.post.set(Post::Capture);
    for _ in 0..15 {
        world.database.take_calls();
        // 1 claims, 2 settles.
        world.database.fault(2, Fault::Fails);
        world.minute();
        world.advance_seconds(121);
    }
    world.database.take_calls();
    assert_eq!(world.mailbox.sent.borrow().len(), 10);
    assert_eq!(world.value("SELECT attempts FROM mail_outbox"), json!(10));
}

#[test]
fn a_mail_that_was_tried_ten_times_is_not_claimed() {
    let world = signed_up("nina@acme.example");
    for (attempts, sent) in [(11, 0), (10, 0), (9, 1)] {
        world.arrange(&format!("UPDATE mail_outbox SET attempts = {attempts}"));
        world.minute();
        assert_eq!(world.inbox("nina@acme.example").len(), sent, "{attempts}");
    }
}

/// A mail whose last sender died is not claimed and not forgotten: it is given up after an hour, counted, and swept.
#[test]
fn a_mail_that_was_tried_ten_times_is_given_up_counted_and_swept_after_a_month() {
    let world = signed_up("nina@acme.example");
    world.arrange("UPDATE mail_outbox SET attempts = 10");
    let backlog = |world: &World| {
        world.minute();
        world.log.0.borrow().iter().rev().find(|line| line["cron"] == "minute").map(|line| line["backlog"].clone()).unwrap()
    };
    assert_eq!(backlog(&world), json!({"late": 0, "abandoned": 0}));
    world.advance_seconds(600);
    assert_eq!(backlog(&world), json!({"late": 1, "abandoned": 0}));
    world.advance_seconds(3_600);
    assert_eq!(backlog(&world), json!({"late": 0, "abandoned": 1}));
    assert_eq!(world.value("SELECT last_error FROM mail_outbox"), json!("the last sender never said how it went"));
    world.advance_seconds(29 * 86_400);
    world.minute();
    assert_eq!(world.count("mail_outbox"), 1, "kept for whoever asks");
    world.advance_seconds(2 * 86_400);
    assert_eq!((backlog(&world), world.count("mail_outbox")), (json!({"late": 0, "abandoned": 0}), 0));
}

fn accounts(world: &World) -> Vec<String> {
    world.rows("SELECT email FROM customer_users ORDER BY email").iter().map(|row| row["email"].as_str().unwrap().to_owned()).collect()
}

/// 22: an address nobody proved is not kept for ever; whatever hangs on the account goes first.
#[test]
fn accounts_nobody_verified_are_swept_after_thirty_days() {
    let world = World::seeded();
    for email in ["gone@acme.example", "proven@acme.example", "signed-in@acme.example", "linked@acme.example"] {
        world.send(world.signup_request(email, PASSPHRASE)).ok(202);
    }
    world.verify(&world.mailed_token("proven@acme.example")).ok(200);
    let id = |email: &str| world.user_id(email);
    let tenant = world.acme().tenant;
    // Everything that may hang on an account.
    world.arrange(&format!(
        "INSERT INTO customer_user_acls (id, user_id, tenant_id, created_at) VALUES ('acl', '{gone}', '{tenant}', 1); \
         INSERT INTO customer_device_failures (user_id, device, failed_login_attempts, updated_at) VALUES ('{gone}', 'd', 1, 9999999999999); \
         INSERT INTO customer_user_password_resets (id, user_id, token, expires_at, used_at, created_at) VALUES ('r', '{gone}', 'h', {over}, 1, 1); \
         INSERT INTO customer_notifications (id, tenant_id, recipient_user_id, type, title, severity, created_at, expires_at) \
           VALUES ('n', '{tenant}', '{gone}', 'test', 'Told', 'info', 1, 9999999999999)",
        gone = id("gone@acme.example"),
        over = world.now() + 3_600_000,
    ));
    let keep = |world: &World| {
        let later = world.now() + 40 * DAY * 1_000;
        world.arrange(&format!(
            "DELETE FROM customer_user_sessions WHERE id = 's'; DELETE FROM customer_user_email_verifications WHERE id = 'v'; \
             INSERT INTO customer_user_sessions (id, user_id, token_hash, expires_at, last_used_at, created_at) VALUES ('s', '{}', 't', {later}, {later}, 1); \
             INSERT INTO customer_user_email_verifications (id, user_id, token, expires_at, created_at) VALUES ('v', '{}', 'w', {later}, 1)",
            id("signed-in@acme.example"),
            id("linked@acme.example")
        ));
    };
    let audits = world.count("audit_log");
    let all = accounts(&world);
    for days in [2, 27] {
        world.advance_seconds(days * DAY);
        keep(&world);
        world.minute();
        assert_eq!(accounts(&world), all, "younger than thirty days");
    }
    world.send(world.signup_request("young@acme.example", PASSPHRASE)).ok(202);
    world.advance_seconds(2 * DAY);
    keep(&world);
    for _ in 0..3 {
        world.minute();
    }
    let left = accounts(&world);
    for email in ["proven@acme.example", "signed-in@acme.example", "linked@acme.example", "young@acme.example", BUYER] {
        assert!(left.contains(&email.to_owned()), "{email} stays: {left:?}");
    }
    assert!(!left.contains(&"gone@acme.example".to_owned()), "{left:?}");
    assert!(world.rows("PRAGMA foreign_key_check").is_empty());
    assert!(world.count("audit_log") >= audits, "the trail stays");
    // The address is free.
    world.send(world.signup_request("gone@acme.example", PASSPHRASE)).ok(202);
    world.verify(&world.mailed_token("gone@acme.example")).ok(200);
    world.try_login("gone@acme.example", PASSPHRASE).ok(200);
}
