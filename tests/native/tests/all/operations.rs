//! What operators see of the queues, and what they do about them.

use portcullis_tests::{
    Jar, Req, Res, World,
    ports::Post,
    staff::{ADMIN, SUPERADMIN},
};
use serde_json::{Value, json};

const EMAIL: &str = "nina@acme.example";

/// A mail that was not sent yet, and its id.
fn with_mail() -> (World, Jar, String) {
    let world = World::seeded();
    let root = world.staff_login(SUPERADMIN);
    world.does_later_work.set(false);
    world.send(world.signup_request(EMAIL, "a fine passphrase")).ok(202);
    let id = world.value(&format!("SELECT id FROM mail_outbox WHERE recipient = '{EMAIL}'")).as_str().unwrap().to_owned();
    (world, root, id)
}

fn get(world: &World, jar: &Jar, path: &str) -> Res {
    world.send(Req::get(&format!("/api/operations/{path}")).jar(jar))
}

fn post(world: &World, jar: &Jar, path: &str) -> Res {
    world.send(Req::post(&format!("/api/operations/{path}")).jar(jar))
}

fn ids(res: &Res) -> Vec<String> {
    res.ok(200).json()["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_mail_that_was_given_up_is_seen_sent_again_and_told_of_in_the_trail() {
    let (world, root, id) = with_mail();
    world.mailbox.post.set(Post::Permanent);
    world.minute();
    let item = get(&world, &root, "mails?state=abandoned").ok(200).json()["items"][0].clone();
    assert_eq!((&item["id"], &item["recipient"], &item["lastError"]), (&json!(id), &json!(EMAIL), &json!("no such address")));
    assert_eq!((&item["template"], &item["organizationName"], &item["attempts"]), (&json!("verify_email"), &json!("Acme"), &json!(1)));
    assert_eq!(item.get("payload"), None, "what is in the mail is nobody's business");
    assert!(ids(&get(&world, &root, "mails")).is_empty());
    assert_eq!(get(&world, &root, "status").json()["mails"]["abandoned"], 1);

    world.mailbox.post.set(Post::Inbox);
    world.does_later_work.set(true);
    post(&world, &root, &format!("mails/{id}/retry")).ok(200);
    assert_eq!(world.inbox(EMAIL).len(), 1, "at once, not with the next minute");
    let row = &world.rows("SELECT tenant_id, target_id, detail FROM audit_log WHERE action = 'mail.retried'")[0];
    assert_eq!((&row["target_id"], &row["tenant_id"]), (&json!(id), &json!(world.acme().tenant)));
    assert!(!row["detail"].as_str().unwrap().contains(EMAIL));
    assert_eq!(world.count("event_outbox WHERE name = 'platform.mail.retried'"), 1);
    post(&world, &root, &format!("mails/{id}/retry")).is(409, "The mail has been sent.");
    post(&world, &root, &format!("mails/{id}/abandon")).is(409, "The mail has been sent.");
}

#[test]
fn a_mail_that_waits_is_given_up_and_never_sent() {
    let (world, root, id) = with_mail();
    assert_eq!(ids(&get(&world, &root, "mails")), [id.as_str()]);
    post(&world, &root, &format!("mails/{id}/abandon")).ok(200);
    post(&world, &root, &format!("mails/{id}/abandon")).is(409, "The mail has been given up.");
    world.minute();
    assert!(world.inbox(EMAIL).is_empty());
    assert_eq!(get(&world, &root, "mails?state=abandoned").json()["items"][0]["lastError"], "given up by an operator");
    assert_eq!(world.count("event_outbox WHERE name = 'platform.mail.abandoned'"), 1);
}

/// A sender's lease is respected; after it, and in a long wait between two tries, the mail may be had.
#[test]
fn a_mail_in_a_senders_hands_is_left_to_it() {
    let (world, root, id) = with_mail();
    let set = |due_in: i64, attempts: i64| world.arrange(&format!("UPDATE mail_outbox SET attempts = {attempts}, due_at = {}", world.now() + due_in));
    set(120_000, 1);
    for what in ["retry", "abandon"] {
        post(&world, &root, &format!("mails/{id}/{what}")).is(409, "The mail is being sent, or will be within two minutes.");
    }
    set(3_600_000, 7);
    post(&world, &root, &format!("mails/{id}/retry")).ok(200);
    assert_eq!(world.rows("SELECT attempts, due_at FROM mail_outbox")[0], json!({"attempts": 0, "due_at": world.now()}));
    set(-1, 3);
    post(&world, &root, &format!("mails/{id}/abandon")).ok(200);
}

/// Somebody gives up what a sender was just about to report on: given up it stays.
#[test]
fn a_failure_that_is_reported_late_brings_nothing_back() {
    let (world, _, id) = with_mail();
    world.arrange("UPDATE mail_outbox SET abandoned_at = 5");
    let failed = portcullis_core::store::outbox::mail_failed(
        portcullis_core::domain::id::Id::parse(&id).unwrap(),
        "no answer",
        Some(portcullis_core::domain::time::Millis(9)),
        portcullis_core::domain::time::Millis(7),
    );
    world.with_ports(|ports| portcullis_tests::world::block_on(ports.database.write(vec![failed])).unwrap());
    assert_eq!(world.value("SELECT abandoned_at FROM mail_outbox"), json!(5));
}

#[test]
fn lists_go_on_where_they_ended_even_among_equals() {
    let (world, root, _) = with_mail();
    let tenant = world.acme().tenant;
    for n in 0..7 {
        let (id, due) = (world.id::<()>(), world.now() - 600_000 - i64::from(n < 4) * 60_000);
        world.arrange(&format!(
            "INSERT INTO mail_outbox (id, tenant_id, recipient, recipient_hash, template, locale, payload, created_at, due_at) \
             VALUES ('{id}', '{tenant}', 'x{n}@acme.example', 'x', 'verify_email', 'en', '{{}}', 1, {due})"
        ));
    }
    let pages = |state: &str| {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = get(&world, &root, &format!("mails?state={state}&limit=3&cursor={cursor}")).ok(200).json();
            found.extend(page["items"].as_array().unwrap().iter().map(|item| (item["id"].as_str().unwrap().to_owned(), item["isLate"] == true)));
            match page["nextCursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => return found,
            }
        }
    };
    let unique = |found: &[(String, bool)]| found.iter().map(|(id, _)| id.clone()).collect::<std::collections::BTreeSet<_>>().len();
    let (waiting, late) = (pages("waiting"), pages("late"));
    assert_eq!((waiting.len(), unique(&waiting), late.len(), unique(&late)), (8, 8, 7, 7));
    assert_eq!(waiting.iter().filter(|(_, late)| *late).count(), 7);
    world.arrange("UPDATE mail_outbox SET abandoned_at = due_at");
    let abandoned = pages("abandoned");
    assert_eq!((abandoned.len(), unique(&abandoned)), (8, 8));
    for bad in ["state=sent", "cursor=nonsense", "cursor=1.2"] {
        get(&world, &root, &format!("mails?{bad}")).is(400, "Invalid query parameters");
    }
}

/// A tenant's administrator, whatever wildcard they hold, sees nobody else's mails.
#[test]
fn queues_are_the_platforms() {
    let (world, _, id) = with_mail();
    let holder = world.staff(&world.acme(), "holder", &["platform.*"]);
    for jar in [world.staff_login(ADMIN), holder] {
        for res in [get(&world, &jar, "status"), get(&world, &jar, "mails"), post(&world, &jar, &format!("mails/{id}/retry"))] {
            assert_eq!(res.status, 403, "{}", res.text());
        }
    }
}

#[test]
fn the_status_judges_services_queues_seals_and_keys() {
    let world = World::seeded();
    let root = world.staff_login(SUPERADMIN);
    world.minute();
    let status = || get(&world, &root, "status").ok(200).json();
    let healthy = status();
    assert_eq!(healthy["status"], "healthy", "{healthy}");
    assert_eq!(healthy["services"].as_array().unwrap().len(), 3);
    assert_eq!(healthy["mails"], json!({"status": "healthy", "waiting": 0, "late": 0, "abandoned": 0, "oldestDueAt": null}));
    assert!(healthy["keys"]["rotatesAt"].is_string() && healthy["keys"]["nextReadyAt"].is_string());

    world.does_later_work.set(false);
    world.send(world.signup_request(EMAIL, "a fine passphrase")).ok(202);
    assert_eq!(status()["trail"]["waitingTrails"], 1);
    world.advance_seconds(301);
    let late = status();
    let judged = |status: &Value| ["mails", "trail", "keys"].map(|part| status[part]["status"].as_str().unwrap().to_owned());
    assert_eq!((&late["status"], judged(&late)), (&json!("degraded"), ["degraded", "degraded", "healthy"].map(str::to_owned)), "{late}");
    assert_eq!((&late["mails"]["late"], &late["mails"]["waiting"]), (&json!(1), &json!(1)));

    world.minute();
    assert_eq!(status()["status"], "healthy");
    world.arrange("DELETE FROM signing_keys WHERE state = 'next'");
    assert_eq!(judged(&status()), ["healthy", "healthy", "degraded"].map(str::to_owned));
    world.cache.down.set(true);
    let down = status();
    assert_eq!((&down["status"], &down["services"][2]["status"]), (&json!("degraded"), &json!("down")));
    world.limiter.down.set(true);
    assert_eq!(get(&world, &root, "status").status, 503);
}
