//! Who hears of what, and what it costs.

use portcullis_tests::{
    Req, World,
    people::{ADMIN, BUYER, PASSWORD, VIEWER},
};
use serde_json::json;

use super::{PORTAL, STAFF, events, names, open, rename, stream};

const UPDATED: &str = "customer_accounts.user.updated";
const CREATED: &str = "customer_accounts.user.created";
const TOLD: &str = "notifications.notification.created";

#[test]
fn a_stream_begins_as_the_wire_says() {
    let world = World::seeded();
    let res = stream(&world, PORTAL, &world.login(BUYER));
    assert_eq!(res.ok(200).header("content-type"), Some("text/event-stream"));
    assert_eq!(res.header("cache-control"), Some("no-store, no-cache, no-transform"));
    assert_eq!((res.header("x-accel-buffering"), res.header("connection")), (Some("no"), Some("keep-alive")));
    let head = world.value("SELECT max(seq) FROM live_feed");
    assert_eq!(res.text(), format!(": connected\n\nretry: 1000\nid: {head}\n\n: closed\n\n"));
}

#[test]
fn nobody_listens_without_a_session_and_a_look_at_the_headers_opens_nothing() {
    let world = World::seeded();
    stream(&world, PORTAL, &portcullis_tests::Jar::default()).is(401, "Authentication required");
    stream(&world, STAFF, &world.login(BUYER)).is(401, "Unauthorized");
    let head = world.send(Req::new(http::Method::HEAD, PORTAL).jar(&world.login(BUYER)));
    assert_eq!((head.ok(200).header("content-type"), head.text().as_str()), (Some("text/event-stream"), ""));
    assert_eq!(world.channels.streams.borrow().len(), 0);
}

#[test]
fn an_event_reaches_whom_it_is_addressed_to_and_nobody_else() {
    let world = World::seeded();
    let owner = world.persona("owner").jar;
    world.add_user(&world.second_organization(), "there@acme.example", "buyer");
    let buyer = open(&world, PORTAL, &world.login(BUYER));
    let viewer = open(&world, PORTAL, &world.login(VIEWER));
    let there = open(&world, PORTAL, &world.login("there@acme.example"));
    let stranger = open(&world, PORTAL, &world.persona("stranger").jar);
    rename(&world, &owner, BUYER, "Bruno");
    assert_eq!(names(&world, buyer), [UPDATED]);
    for other in [viewer, there, stranger] {
        assert_eq!(names(&world, other), [""; 0], "{other}");
    }
    let (_, payload) = events(&world.channels.text(buyer)).remove(0);
    assert_eq!(payload["recipientUserId"], world.user_id(BUYER));
}

#[test]
fn staff_hear_of_customers_where_they_look_after_them() {
    let world = World::seeded();
    let second = world.second_organization();
    let here = open(&world, STAFF, &world.persona("owner").jar);
    let there = open(&world, STAFF, &world.staff(&second, "there", &["customer_accounts.*"]));
    let whole = open(&world, STAFF, &world.employ(&world.acme(), "whole", "admin"));
    let unfit = open(&world, STAFF, &world.persona("clerk").jar);
    let rival = open(&world, STAFF, &world.persona("rival").jar);
    world.send(world.signup_request("nina@acme.example", "a fine passphrase")).ok(202);
    world.verify(&world.mailed_token("nina@acme.example")).ok(200);
    for one in [here, whole] {
        let heard = names(&world, one);
        assert!(heard.contains(&CREATED.to_owned()) && heard.contains(&"customer_accounts.email.verified".to_owned()), "{one}: {heard:?}");
    }
    for other in [there, unfit, rival] {
        assert_eq!(names(&world, other), [""; 0], "{other}");
    }
    // A notification is made for those who see to customers, each their own.
    let told =
        |n: usize| events(&world.channels.text(n)).into_iter().filter(|(name, _)| name == TOLD).map(|(_, payload)| payload).collect::<Vec<_>>();
    assert_eq!((told(here).len(), told(whole).len()), (1, 1));
    assert_ne!(told(here)[0]["recipientUserId"], told(whole)[0]["recipientUserId"]);
    assert_eq!(told(here)[0]["type"], "customer_accounts.user.signup");
}

#[test]
fn a_notification_is_told_when_it_is_made() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    let (buyer, viewer) = (open(&world, PORTAL, &jar), open(&world, PORTAL, &world.login(VIEWER)));
    // A sign-in from another device is what the buyer is told of.
    world.send(world.login_request(BUYER, PASSWORD).header("user-agent", "another")).ok(200);
    let heard = events(&world.channels.text(buyer));
    let told: Vec<_> = heard.iter().filter(|(name, _)| name == TOLD).collect();
    assert_eq!(told.len(), 1, "{heard:?}");
    assert_eq!(told[0].1["id"], world.value("SELECT id FROM customer_notifications ORDER BY created_at DESC LIMIT 1"));
    assert_eq!(names(&world, viewer), [""; 0]);
}

#[test]
fn an_event_costs_the_database_the_same_however_many_listen() {
    let cost = |listeners: usize| {
        let world = World::seeded();
        let owner = world.persona("owner").jar;
        let jar = world.login(VIEWER);
        for _ in 0..listeners {
            open(&world, PORTAL, &jar);
        }
        world.database.take_calls();
        rename(&world, &owner, VIEWER, "Vera");
        assert!((0..listeners).all(|n| names(&world, n) == [UPDATED]));
        world.database.take_calls().len()
    };
    assert_eq!(cost(10), cost(1));
    assert_eq!(cost(1), cost(0) + 1, "one read of the feed for the channel; where nobody listens, none");
}

#[test]
fn the_eleventh_stream_of_a_person_is_refused_and_anothers_is_not() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    for _ in 0..10 {
        open(&world, PORTAL, &jar);
    }
    let refused = stream(&world, PORTAL, &jar);
    refused.is(429, "Too many requests. Please try again later.");
    assert_eq!((refused.header("retry-after"), refused.header("x-ratelimit-limit")), (Some("60"), Some("10")));
    open(&world, PORTAL, &world.login(ADMIN));
    // One that ends makes room.
    world.channels.streams.borrow_mut()[3].open = false;
    open(&world, PORTAL, &jar);
}

#[test]
fn the_feed_takes_up_the_events_that_somebody_may_hear_of_and_no_others() {
    use portcullis_core::domain::live::heard;
    let sql = World::new().value("SELECT sql FROM sqlite_master WHERE name = 'event_outbox_live'").as_str().unwrap().to_owned();
    let list = sql.split_once("IN (").unwrap().1.split_once(") BEGIN").unwrap().0;
    let fed: std::collections::BTreeSet<&str> = list.split('\'').skip(1).step_by(2).collect();
    assert_eq!(fed, heard().collect(), "a migration replaces the trigger where core/src/domain/live changes");
}

#[test]
fn a_channel_out_of_reach_is_a_503_and_holds_no_change_up() {
    let world = World::seeded();
    world.channels.down.set(true);
    world.channels.deaf.set(true);
    let res = stream(&world, PORTAL, &world.login(BUYER));
    assert_eq!((res.status, res.json()["code"].clone()), (503, json!("UNAVAILABLE")));
    rename(&world, &world.persona("owner").jar, BUYER, "Bruno");
}

#[test]
fn a_stream_of_staff_is_of_the_place_its_session_sits_in() {
    let world = World::seeded();
    let place = world.acme();
    let res = world.send(Req::get(STAFF).jar(&world.persona("owner").jar).header("x-organization-id", &place.organization.to_string()));
    assert_eq!((res.status, res.json()["code"].clone()), (400, json!("INVALID_REQUEST")));
}
