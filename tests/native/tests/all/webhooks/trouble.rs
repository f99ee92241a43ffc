//! Receivers that are down, slow, redirecting, broken or gone; senders that die.

use portcullis_core::{
    domain::time::{DAY, HOUR, MINUTE, SECOND},
    ports::{WebhookAnswer, WebhookError},
};
use portcullis_tests::{Fault, Req, World, staff::SUPERADMIN};
use serde_json::json;

use super::{Hook, WEBHOOKS, header, made, names, set_up, settle, sign_in};

const LOGIN: &str = "customer_accounts.login.success";

/// Answers that are no deliveries.
#[test]
fn whatever_is_no_success_is_tried_again_and_its_redirect_followed_by_nobody() {
    for status in [301, 302, 307, 308, 400, 401, 404, 429, 500, 503] {
        let world = World::seeded();
        let hook = set_up(&world, &[LOGIN]);
        world.receivers.say(status);
        sign_in(&world);
        assert_eq!(world.receivers.take().len(), 1, "{status}");
        let delivery = &hook.deliveries(&world)[0];
        assert_eq!((delivery["state"].as_str(), delivery["lastStatus"].as_u64()), (Some("pending"), Some(u64::from(status))), "{status}");
        world.receivers.say(204);
        world.advance(MINUTE);
        world.minute();
        assert_eq!(hook.deliveries(&world)[0]["state"], "delivered", "{status}");
    }
}

#[test]
fn a_receiver_that_stays_down_is_asked_eight_times_in_about_a_day_then_it_is_a_dead_letter_that_can_be_sent_again() {
    let world = World::seeded();
    let hook = set_up(&world, &[LOGIN]);
    world.receivers.answer(|_| Err(WebhookError("no answer within 10000 ms".into())));
    sign_in(&world);
    let begun = world.now();
    let mut at = vec![0];
    let mut ids = vec![header(&world.receivers.take()[0], "webhook-id").to_owned()];
    for _ in 0..(36 * 60) {
        world.advance(MINUTE);
        world.minute();
        for post in world.receivers.take() {
            at.push((world.now() - begun) / MINUTE);
            ids.push(header(&post, "webhook-id").to_owned());
        }
    }
    assert_eq!(at.len(), 8, "{at:?}");
    // Waits of the list, up to a fifth longer, and the minute that cron takes.
    let waits = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR].map(|wait| wait / MINUTE);
    for (pair, wait) in at.windows(2).zip(waits) {
        assert!((wait..=wait * 6 / 5 + 1).contains(&(pair[1] - pair[0])), "{at:?}");
    }
    let hook = Hook { jar: world.staff_login(SUPERADMIN), ..hook };
    ids.dedup();
    assert_eq!(ids.len(), 1, "the same message, whatever the try");
    let delivery = &hook.deliveries(&world)[0];
    assert_eq!((delivery["state"].as_str(), delivery["attempts"].as_i64(), delivery["lastStatus"].as_i64()), (Some("dead"), Some(8), None));
    assert_eq!(delivery["lastError"], "no answer within 10000 ms");
    world.receivers.say(200);
    hook.post(&world, &format!("/deliveries/{}/replay", delivery["id"].as_str().unwrap())).ok(200);
    assert_eq!(world.receivers.take().len(), 1);
    assert_eq!(hook.deliveries(&world)[0]["state"], "delivered");
}

/// Six dead ones, and one that works, which does not wait for them.
#[test]
fn a_dead_endpoint_starves_nobody() {
    let world = World::seeded();
    let jar = world.staff_login(SUPERADMIN);
    for n in 0..8 {
        let body = json!({"url": format!("https://dead{n}.example.com/"), "events": [LOGIN]});
        made(world.send(Req::post(WEBHOOKS).jar(&jar).json(body)), jar.clone());
    }
    let alive = set_up(&world, &[LOGIN]);
    world.receivers.answer(|post| match post.url.contains("dead") {
        true => Err(WebhookError("connection refused".into())),
        false => Ok(WebhookAnswer { status: 200, text: String::new() }),
    });
    for _ in 0..4 {
        sign_in(&world);
    }
    world.minute();
    let states: Vec<_> = alive.deliveries(&world).iter().map(|delivery| delivery["state"].clone()).collect();
    assert_eq!(states, ["delivered"; 4]);
    // A dead one costs a try a pause, not a try an event: what waits behind it keeps its tries.
    let tried = world.receivers.take().iter().filter(|post| post.url.contains("dead0")).count();
    assert!(tried <= 2, "{tried}");
    // And they get everything when they are back.
    world.receivers.say(200);
    for _ in 0..20 {
        world.advance(5 * MINUTE);
        world.minute();
    }
    assert_eq!(world.count("webhook_deliveries WHERE state = 'delivered'"), 9 * 4);
}

#[test]
fn who_answers_410_is_sent_no_more_and_staff_are_told() {
    let world = World::seeded();
    let hook = set_up(&world, &[LOGIN]);
    world.receivers.say(410);
    sign_in(&world);
    world.receivers.say(200);
    let now = hook.get(&world, "")["webhook"].clone();
    assert_eq!((&now["enabled"], now["disabledReason"].as_str()), (&json!(false), Some("gone")));
    settle(&world);
    sign_in(&world);
    world.minute();
    assert!(world.receivers.take().is_empty());
    assert_eq!(world.count("audit_log WHERE action = 'webhook.disabled' AND actor_kind = 'system'"), 1);
    assert_eq!(world.count("event_outbox WHERE name = 'platform.webhook.disabled'"), 1);
    let told = world.rows("SELECT title_variables_json, link_href FROM staff_notifications WHERE type = 'platform.webhook.disabled'");
    assert!(!told.is_empty() && told[0]["title_variables_json"] == r#"{"host":"hooks.example.com"}"#, "{told:?}");
    assert_eq!(told[0]["link_href"], format!("/backend/integrations/webhooks/{}", hook.id));
    // On again: what it missed while it was off is there to be sent.
    hook.put(&world, json!({"enabled": true})).ok(200);
    let answer = world.send(Req::post(&hook.path("/replay")).jar(&hook.jar).json(json!({"since": "2026-11-21T00:00:00Z"}))).ok(200).json();
    assert_eq!((&answer["queued"], &answer["complete"]), (&json!(2), &json!(true)), "the one that was refused, and the one that was missed");
    assert_eq!(names(&world.receivers.take()), [LOGIN, LOGIN]);
    let again = world.send(Req::post(&hook.path("/replay")).jar(&hook.jar).json(json!({"since": "2026-11-21T00:00:00Z"}))).ok(200).json();
    assert_eq!(again["queued"], 0, "nothing is missing any more");
    let all =
        world.send(Req::post(&hook.path("/replay")).jar(&hook.jar).json(json!({"since": "2026-11-21T00:00:00Z", "include": "all"}))).ok(200).json();
    assert_eq!((all["queued"].as_i64().unwrap() >= 2, world.receivers.take().len() >= 2), (true, true));
}

#[test]
fn who_fails_for_days_is_turned_off() {
    let world = World::seeded();
    set_up(&world, &[LOGIN]);
    world.receivers.say(500);
    for day in 0..6 {
        sign_in(&world);
        for _ in 0..24 {
            world.advance(HOUR);
            world.minute();
        }
        // On the fifth it ends, at whichever try comes first.
        let on = world.value("SELECT enabled FROM webhook_endpoints") == 1;
        assert!(day == 4 || on == (day < 4), "day {day}: {on}");
    }
    assert_eq!(world.value("SELECT disabled_reason FROM webhook_endpoints"), "failing");
    let tried = world.receivers.take().len();
    world.advance(DAY);
    world.minute();
    assert_eq!((world.receivers.take().len(), tried > 20), (0, true));
}

/// Dies after the receiver got it and before that was noted: the next one sends it again, with the same id.
#[test]
fn a_sender_that_dies_is_followed_by_another_once_its_lease_is_over() {
    let world = World::seeded();
    let hook = set_up(&world, &[LOGIN]);
    let (res, later) = world.send_only(world.login_request(portcullis_tests::people::BUYER, portcullis_tests::people::PASSWORD));
    res.ok(200);
    // Claims, takes, sends; the call that settles never arrives.
    world.database.fault(3, Fault::Fails);
    world.after(later);
    let first = world.receivers.take();
    assert_eq!(first.len(), 1);
    assert_eq!(world.count("webhook_deliveries WHERE state = 'pending'"), 1);
    world.advance(30 * SECOND);
    world.minute();
    assert!(world.receivers.take().is_empty(), "the lease holds");
    world.advance(31 * SECOND);
    world.minute();
    let second = world.receivers.take();
    assert_eq!(header(&first[0], "webhook-id"), header(&second[0], "webhook-id"));
    let delivery = &hook.deliveries(&world)[0];
    assert_eq!((delivery["state"].as_str(), delivery["attempts"].as_i64()), (Some("delivered"), Some(2)));
}

/// One that always dies has tried, too: there is an end.
#[test]
fn senders_that_always_die_come_to_an_end() {
    let world = World::seeded();
    let hook = set_up(&world, &[LOGIN]);
    world.does_later_work.set(false);
    sign_in(&world);
    world.arrange("UPDATE webhook_endpoints SET busy_until = 0");
    world.minute();
    world.arrange("UPDATE webhook_deliveries SET state = 'pending', due_at = 1, tries = 8");
    world.receivers.take();
    world.minute();
    assert!(world.receivers.take().is_empty());
    assert_eq!(hook.deliveries(&world)[0]["lastError"], "the last sender never said how it went");
}

/// K1, once more at the last moment: rows may come from elsewhere, and what is ours may have changed.
#[test]
fn an_address_that_rules_forbid_is_never_asked() {
    for url in [
        "https://10.0.0.1/",
        "https://169.254.169.254/latest",
        "http://hooks.example.com/",
        "https://[::1]/",
        "http://127.0.0.1:9999/",
        "https://localhost/",
    ] {
        let world = World::seeded();
        let hook = set_up(&world, &[LOGIN]);
        world.arrange(&format!("UPDATE webhook_endpoints SET url = '{url}'"));
        sign_in(&world);
        assert!(world.receivers.take().is_empty(), "{url}");
        assert_eq!(hook.deliveries(&world)[0]["state"], "dead", "{url}");
    }
}

#[test]
fn off_means_off_and_what_waits_longer_than_events_are_kept_is_let_go() {
    let world = World::seeded();
    let hook = set_up(&world, &[LOGIN]);
    world.receivers.say(500);
    sign_in(&world);
    hook.put(&world, json!({"enabled": false})).ok(200);
    hook.post(&world, "/test").is(409, "The webhook is off. Turn it on first.");
    world.receivers.take();
    world.receivers.say(200);
    world.advance(DAY);
    world.minute();
    assert!(world.receivers.take().is_empty());
    world.advance(6 * DAY + 1);
    world.minute();
    assert_eq!((world.count("webhook_deliveries WHERE state = 'dead'"), world.count(&format!("event_outbox WHERE name = '{LOGIN}'"))), (1, 0));
    world.advance(7 * DAY + 1);
    world.minute();
    assert_eq!((world.count("webhook_deliveries"), world.count("webhook_attempts")), (0, 0));
}

/// The claim without a lease sends what somebody else is sending.
#[test]
fn two_senders_at_once_send_once_and_the_twin_without_a_lease_is_caught() {
    let sends = |twin: &str| {
        let world = World::seeded_with(&[("TWIN", twin)]);
        set_up(&world, &[LOGIN]);
        world.does_later_work.set(false);
        sign_in(&world);
        // The first has claimed and dies; the second comes a moment later.
        world.database.take_calls();
        world.with_ports(|ports| {
            let io = portcullis_core::io::Io::new(ports, &world.deployment.key_set);
            world.database.fault(3, Fault::Fails);
            let now = portcullis_core::domain::time::Millis(world.now());
            let _ = portcullis_tests::block_on(portcullis_core::webhooks::send::send_due(&world.deployment, &io, now));
        });
        world.advance(SECOND);
        world.minute();
        world.receivers.take().len()
    };
    assert_eq!(sends(""), 1);
    assert_eq!(sends("webhook-without-lease"), 2, "the check above would catch it");
}
