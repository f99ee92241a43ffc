//! From outbox to inbox: at least once, with back-off, and without a token at rest.

use portcullis_tests::{Req, World, ports::Post};
use serde_json::json;

const EMAIL: &str = "nina@acme.example";

fn signed_up() -> World {
    let world = World::seeded();
    world.does_later_work.set(false);
    world.send(world.signup_request(EMAIL, "a fine passphrase")).ok(202);
    world
}

fn outbox(world: &World) -> serde_json::Value {
    world.rows("SELECT attempts, sent_at IS NOT NULL AS sent, abandoned_at IS NOT NULL AS abandoned, due_at FROM mail_outbox")[0].clone()
}

#[test]
fn a_mail_that_did_not_go_after_the_response_goes_with_the_next_minute() {
    let world = signed_up();
    assert!(world.inbox(EMAIL).is_empty());
    world.minute();
    assert_eq!(world.inbox(EMAIL).len(), 1);
    world.minute();
    assert_eq!(world.inbox(EMAIL).len(), 1);
    assert_eq!((&outbox(&world)["sent"], &outbox(&world)["attempts"]), (&json!(1), &json!(1)));
}

#[test]
fn a_transport_out_of_reach_is_tried_again_with_longer_waits_and_given_up_in_the_end() {
    let world = signed_up();
    world.mailbox.post.set(Post::Transient);
    let mut waits = Vec::new();
    for _ in 0..60 {
        let before = outbox(&world);
        if before["abandoned"] == 1 {
            break;
        }
        let wait = before["due_at"].as_i64().unwrap() - world.now();
        waits.push(wait / 1_000);
        world.advance(wait.max(0));
        world.minute();
    }
    assert_eq!(waits, [0, 30, 60, 120, 240, 480, 960, 1920, 3840, 7680]);
    world.mailbox.post.set(Post::Inbox);
    world.advance_seconds(24 * 3_600);
    world.minute();
    assert!(world.inbox(EMAIL).is_empty(), "given up is given up");
}

#[test]
fn a_refused_mail_is_not_tried_again() {
    let world = signed_up();
    world.mailbox.post.set(Post::Permanent);
    world.minute();
    assert_eq!((&outbox(&world)["abandoned"], &outbox(&world)["attempts"]), (&json!(1), &json!(1)));
    assert_eq!(world.value("SELECT last_error FROM mail_outbox"), json!("no such address"));
}

#[test]
fn a_sender_that_dies_after_handing_over_leaves_one_mail_in_the_inbox() {
    let world = signed_up();
    // 1 claims, 2 delivers, 3 settles: the last one is lost.
    world.database.take_calls();
    world.database.fault(3, portcullis_tests::Fault::Fails);
    world.minute();
    assert_eq!(outbox(&world)["sent"], json!(0));
    world.advance_seconds(121);
    world.minute();
    assert_eq!(world.inbox(EMAIL).len(), 1);
    assert_eq!(outbox(&world)["sent"], json!(1));
}

#[test]
fn a_claimed_mail_has_one_sender() {
    let world = signed_up();
    world.mailbox.post.set(Post::Capture);
    world.minute();
    world.arrange("UPDATE mail_outbox SET sent_at = NULL");
    world.minute();
    assert_eq!(world.mailbox.sent.borrow().len(), 1, "claimed and not yet settled: nobody else takes it");
    world.advance_seconds(121);
    world.minute();
    assert_eq!(world.mailbox.sent.borrow().len(), 2, "the lease is over");
}

#[test]
fn strangers_names_do_no_harm_in_mails_and_headers() {
    let world = World::seeded();
    let name = "<b>Click</b> https://evil.example \r\nBcc: x@evil.example";
    let body = json!({"email": EMAIL, "password": "a fine passphrase", "displayName": name, "organizationId": world.acme().organization});
    world.send(Req::post("/api/customer_accounts/signup").json(body)).ok(202);
    let mail = &world.inbox(EMAIL)[0];
    assert!(!mail["html"].as_str().unwrap().contains("<b>Click"));
    assert!(!mail["subject"].as_str().unwrap().contains(['\r', '\n']));
    assert_eq!(mail["links"].as_array().unwrap().len(), 1, "{}", mail["links"]);
}

#[test]
fn cron_clears_what_is_over_and_never_the_trail() {
    let world = World::seeded();
    // The first one makes the keys, and says so.
    world.minute();
    world.send(world.signup_request(EMAIL, "a fine passphrase")).ok(202);
    world.persona("buyer");
    world.try_login(EMAIL, "x");
    let audits = world.count("audit_log");
    world.advance_seconds(60 * 24 * 3_600);
    world.minute();
    for table in
        ["customer_user_sessions", "customer_user_email_verifications", "mail_outbox", "event_outbox", "development_inbox", "attempt_counters"]
    {
        assert_eq!(world.count(table), 0, "{table}");
    }
    assert_eq!(world.count("audit_log"), audits);
    assert_eq!(world.count("customer_users"), 3, "the account nobody verified is gone, the seeded people stay");
}
