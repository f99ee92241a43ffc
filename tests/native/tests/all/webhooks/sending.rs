//! What goes out, to whom, and how it is signed.

use portcullis_core::{app::Later, domain::time::DAY};
use portcullis_tests::{Req, World, people::BUYER, staff::SUPERADMIN};
use serde_json::json;

use super::{URL, WEBHOOKS, body, header, made, names, set_up, settle, sign_in, signature};

#[test]
fn an_event_goes_out_after_the_response_signed_and_whole() {
    let world = World::seeded();
    let hook = set_up(&world, &["customer_accounts.login.success"]);
    sign_in(&world);
    let posts = world.receivers.take();
    let [post] = &posts[..] else { panic!("{} posts", posts.len()) };
    assert_eq!((post.url.as_str(), post.timeout), (URL, 10_000));
    assert_eq!(header(post, "content-type"), "application/json");
    assert_eq!(header(post, "webhook-timestamp"), (world.now() / 1_000).to_string());
    assert_eq!(header(post, "webhook-signature"), signature(&hook.secret, post));
    let (sent, acme) = (body(post), world.acme());
    let event = &world.rows("SELECT id, payload, created_at FROM event_outbox WHERE name = 'customer_accounts.login.success'")[0];
    assert_eq!(header(post, "webhook-id"), event["id"].as_str().unwrap());
    assert_eq!(sent["type"], "customer_accounts.login.success");
    assert_eq!((&sent["tenantId"], &sent["organizationId"]), (&json!(acme.tenant), &json!(acme.organization)));
    assert_eq!(sent["data"].to_string(), serde_json::from_str::<serde_json::Value>(event["payload"].as_str().unwrap()).unwrap().to_string());
    assert_eq!(sent["data"]["email"], BUYER);
    let [delivery] = &hook.deliveries(&world)[..] else { panic!() };
    assert_eq!((delivery["state"].as_str(), delivery["attempts"].as_i64(), delivery["lastStatus"].as_i64()), (Some("delivered"), Some(1), Some(200)));
    let one = hook.get(&world, &format!("/deliveries/{}", delivery["id"].as_str().unwrap()))["delivery"].clone();
    assert_eq!((&one["message"], one["log"][0]["response"].as_str()), (&sent, Some("thank you")));
    // And no second time.
    world.minute();
    assert!(world.receivers.take().is_empty());
}

#[test]
fn only_what_an_endpoint_listens_to_reaches_it() {
    let world = World::seeded();
    let jar = world.staff_login(SUPERADMIN);
    let urls = [
        ("https://exact.example.com/", "customer_accounts.login.success"),
        ("https://prefix.example.com/", "customer_accounts.*"),
        ("https://all.example.com/", "*"),
        ("https://other.example.com/", "customer_accounts.login"),
        ("https://near.example.com/", "customer_account.*"),
        ("https://deep.example.com/", "customer_accounts.login.success.*"),
    ];
    for (url, filter) in urls {
        made(world.send(Req::post(WEBHOOKS).jar(&jar).json(json!({"url": url, "events": [filter]}))), jar.clone());
    }
    settle(&world);
    sign_in(&world);
    let mut reached: Vec<_> = world.receivers.take().iter().map(|post| post.url.clone()).collect();
    reached.sort();
    assert_eq!(reached, ["https://all.example.com/", "https://exact.example.com/", "https://prefix.example.com/"]);
}

#[test]
fn an_endpoint_of_an_organization_hears_of_it_and_of_what_is_under_it_and_of_nobody_else() {
    let world = World::seeded();
    let acme = world.acme();
    let below = world.organization(acme.tenant, "acme-below", Some(acme.organization));
    let beside = world.organization(acme.tenant, "acme-beside", None);
    let globex = world.found("globex");
    let jar = world.staff_login(SUPERADMIN);
    made(world.send(Req::post(WEBHOOKS).jar(&jar).json(json!({"url": URL, "events": ["*"], "organizationId": acme.organization}))), jar);
    settle(&world);
    for (place, n) in [(&acme, 1), (&below, 1), (&beside, 0), (&globex, 0)] {
        world.arrange(&format!(
            "INSERT INTO event_outbox (id, tenant_id, organization_id, name, payload, created_at) VALUES ('{}', '{}', '{}', 'x.y', '{{}}', {})",
            world.id::<()>(),
            place.tenant,
            place.organization,
            world.now()
        ));
        world.minute();
        assert_eq!(world.receivers.take().len(), n, "{}", place.organization);
    }
    // Of the tenant as a whole: not the organization's business.
    world.arrange(&format!("INSERT INTO event_outbox VALUES ('{}', '{}', NULL, 'x.y', '{{}}', {})", world.id::<()>(), acme.tenant, world.now()));
    world.minute();
    assert!(world.receivers.take().is_empty());
}

/// What a sign-in does before it answers is the same with twenty endpoints and with none; with none nothing is left to do.
#[test]
fn a_sign_in_costs_the_same_however_many_listen() {
    let costs = |endpoints: usize| {
        let world = World::seeded();
        let jar = world.staff_login(SUPERADMIN);
        for n in 0..endpoints {
            let body = json!({"url": format!("https://h{n}.example.com/"), "events": ["*"]});
            world.send(Req::post(WEBHOOKS).jar(&jar).json(body)).ok(201);
        }
        settle(&world);
        world.database.take_calls();
        let (res, later) = world.send_only(world.login_request(BUYER, portcullis_tests::people::PASSWORD));
        res.ok(200);
        let calls: Vec<_> = world.database.take_calls().iter().map(|call| call.sql.len()).collect();
        let queued = world.count("webhook_queue");
        let wants = later.contains(&Later::SendWebhooks);
        world.after(later);
        (res.spent(), calls, queued, wants, world.receivers.take().len())
    };
    let (none, twenty) = (costs(0), costs(20));
    assert_eq!((none.0, &none.1), (twenty.0, &twenty.1), "round trips and statements");
    assert_eq!((none.2, none.3, none.4), (0, false, 0));
    assert_eq!((twenty.2, twenty.3), (1, true), "one row in the queue, however many listen");
    assert_eq!(twenty.4, 12, "a run's bound");
}

#[test]
fn while_a_rotation_lasts_both_secrets_sign() {
    let world = World::seeded();
    let hook = set_up(&world, &["customer_accounts.login.success"]);
    let rotated = hook.post(&world, "/rotate-secret").ok(200).json();
    let new = rotated["secret"].as_str().unwrap();
    assert_ne!(new, hook.secret);
    settle(&world);
    sign_in(&world);
    let posts = world.receivers.take();
    assert_eq!(header(&posts[0], "webhook-signature"), format!("{} {}", signature(new, &posts[0]), signature(&hook.secret, &posts[0])));
    world.advance(DAY + 1);
    sign_in(&world);
    let posts = world.receivers.take();
    assert_eq!(header(&posts[0], "webhook-signature"), signature(new, &posts[0]));
}

#[test]
fn a_test_reaches_its_own_endpoint_only() {
    let world = World::seeded();
    let (first, second) = (set_up(&world, &["*"]), set_up(&world, &["customer_accounts.*"]));
    settle(&world);
    let id = second.post(&world, "/test").ok(202).json()["deliveryId"].clone();
    let posts = world.receivers.take();
    assert_eq!(names(&posts), ["webhook.test"]);
    assert_eq!(header(&posts[0], "webhook-id"), id.as_str().unwrap());
    assert_eq!(header(&posts[0], "webhook-signature"), signature(&second.secret, &posts[0]));
    assert!(first.deliveries(&world).iter().all(|delivery| delivery["event"] != "webhook.test"));
}

/// More events than one go deals out, of which nobody here wants any: the one behind them does not wait for another minute.
#[test]
fn a_long_queue_is_dealt_out_to_its_end() {
    let world = World::seeded();
    set_up(&world, &["x.wanted"]);
    let insert = |name: &str| {
        let (id, tenant, now) = (world.id::<()>(), world.acme().tenant, world.now());
        world.arrange(&format!("INSERT INTO event_outbox VALUES ('{id}', '{tenant}', NULL, '{name}', '{{}}', {now})"));
    };
    (0..450).for_each(|_| insert("x.other"));
    insert("x.wanted");
    world.minute();
    assert_eq!((names(&world.receivers.take()), world.count("webhook_queue")), (vec!["x.wanted".to_owned()], 0));
}

/// An organization's trigger or a console writes events too: whoever writes one, it is queued in that transaction.
#[test]
fn what_is_rolled_back_is_not_sent_and_what_is_committed_is_queued_with_it() {
    let world = World::seeded();
    set_up(&world, &["*"]);
    let insert = |end: &str| {
        format!(
            "BEGIN; INSERT INTO event_outbox (id, tenant_id, name, payload, created_at) VALUES ('{}', '{}', 'x.y', '{{}}', {}); {end}",
            world.id::<()>(),
            world.acme().tenant,
            world.now()
        )
    };
    world.arrange(&insert("ROLLBACK"));
    assert_eq!(world.count("webhook_queue"), 0);
    world.arrange(&insert("COMMIT"));
    assert_eq!(world.count("webhook_queue"), 1);
    world.minute();
    assert_eq!((world.receivers.take().len(), world.count("webhook_queue")), (1, 0));
}

#[test]
fn where_nobody_listens_an_event_costs_one_look_into_an_index() {
    let world = World::new();
    let condition = "SELECT 1 FROM webhook_endpoints e WHERE e.tenant_id = NEW.tenant_id AND e.deleted_at IS NULL AND e.enabled = 1";
    let trigger = world.value("SELECT sql FROM sqlite_schema WHERE name = 'webhook_queue_after_event'");
    assert!(trigger.as_str().unwrap().contains(condition), "{trigger}");
    let plan = world.rows(&format!("EXPLAIN QUERY PLAN {}", condition.replace("NEW.tenant_id", "'x'")));
    assert_eq!(plan.len(), 1, "{plan:?}");
    let look = plan[0]["detail"].as_str().unwrap();
    assert!(look.starts_with("SEARCH e USING ") && look.ends_with("INDEX webhook_endpoints_listening (tenant_id=?)"), "{look}");
}
