//! A stream that broke off: nothing is lost inside the window, and what is beyond it is said.

use portcullis_core::domain::live::{KEPT, WINDOW};
use portcullis_tests::{
    Jar, Req, World,
    people::{BUYER, VIEWER},
};

use super::{PORTAL, events, look, names, open, position, rename, reopen};

const UPDATED: &str = "customer_accounts.user.updated";

/// A world in which the buyer has had a stream that broke off, and where it was.
fn broken_off() -> (World, Jar, Jar, String) {
    let world = World::seeded();
    let (buyer, owner) = (world.login(BUYER), world.persona("owner").jar);
    let n = open(&world, PORTAL, &buyer);
    rename(&world, &owner, BUYER, "Before");
    assert_eq!(names(&world, n), [UPDATED]);
    world.channels.streams.borrow_mut()[n].open = false;
    let last = position(&world.channels.text(n));
    (world, buyer, owner, last)
}

fn reset(world: &World, n: usize) -> bool {
    world.channels.text(n).starts_with("event: reset\ndata: {}\n\n")
}

#[test]
fn what_was_missed_comes_first_once_and_in_order_and_others_things_do_not() {
    let (world, buyer, owner, last) = broken_off();
    for name in ["One", "Two", "Three"] {
        rename(&world, &owner, BUYER, name);
        rename(&world, &owner, VIEWER, name);
    }
    let n = reopen(&world, PORTAL, &buyer, &last);
    assert_eq!(names(&world, n), [UPDATED; 3]);
    assert!(!reset(&world, n));
    // And it goes on from there.
    rename(&world, &owner, BUYER, "Four");
    assert_eq!(names(&world, n), [UPDATED; 4]);
    let ids: Vec<i64> = world.channels.text(n).lines().filter_map(|line| line.strip_prefix("id: ")?.parse().ok()).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    let nothing = reopen(&world, PORTAL, &buyer, &position(&world.channels.text(n)));
    assert_eq!((names(&world, nothing).len(), reset(&world, nothing)), (0, false));
}

/// Scripts cannot set the header of an `EventSource` that they open anew.
#[test]
fn the_position_may_stand_in_the_query() {
    let (world, buyer, owner, last) = broken_off();
    rename(&world, &owner, BUYER, "One");
    let n = open(&world, &format!("{PORTAL}?lastEventId={last}"), &buyer);
    assert_eq!(names(&world, n), [UPDATED]);
}

#[test]
fn a_stream_that_had_no_event_resumes_from_where_it_began() {
    let world = World::seeded();
    let (buyer, owner) = (world.login(BUYER), world.persona("owner").jar);
    let n = open(&world, PORTAL, &buyer);
    world.channels.streams.borrow_mut()[n].open = false;
    rename(&world, &owner, BUYER, "One");
    let again = reopen(&world, PORTAL, &buyer, &position(&world.channels.text(n)));
    assert_eq!((names(&world, again).len(), reset(&world, again)), (1, false));
}

#[test]
fn what_is_older_than_the_window_is_not_sent_and_said_to_be_missing() {
    let (world, buyer, owner, last) = broken_off();
    rename(&world, &owner, BUYER, "Too old");
    world.advance(WINDOW);
    rename(&world, &owner, BUYER, "Fresh");
    let n = reopen(&world, PORTAL, &buyer, &last);
    assert_eq!((names(&world, n).len(), reset(&world, n)), (1, true));
    // Whoever missed nothing hears so however long they were away.
    let at = position(&world.channels.text(n));
    world.advance(WINDOW);
    let quiet = reopen(&world, PORTAL, &buyer, &at);
    assert_eq!((names(&world, quiet).len(), reset(&world, quiet)), (0, false));
}

#[test]
fn two_hundred_events_are_made_good_and_no_more() {
    let (world, buyer, owner, last) = broken_off();
    rename(&world, &owner, BUYER, "One");
    let copies = |count: usize| {
        let event = "SELECT lower(hex(randomblob(4))) || '-0000-7000-8000-' || lower(hex(randomblob(6))), tenant_id, organization_id, name, payload, created_at \
             FROM event_outbox WHERE name = 'customer_accounts.user.updated' ORDER BY created_at DESC LIMIT 1";
        for _ in 0..count {
            world.arrange(&format!("INSERT INTO event_outbox (id, tenant_id, organization_id, name, payload, created_at) {event}"));
        }
    };
    copies(199);
    let n = reopen(&world, PORTAL, &buyer, &last);
    assert_eq!((names(&world, n).len(), reset(&world, n)), (200, false));
    copies(1);
    let n = reopen(&world, PORTAL, &buyer, &last);
    assert_eq!((names(&world, n).len(), reset(&world, n)), (200, true));
    copies(400);
    let n = reopen(&world, PORTAL, &buyer, &last);
    assert_eq!((names(&world, n).len(), reset(&world, n)), (200, true));
}

#[test]
fn a_position_that_is_none_is_one_from_which_something_was_missed() {
    let (world, buyer, ..) = broken_off();
    for last in ["nonsense", "-1", "99999999999999", "0"] {
        let n = reopen(&world, PORTAL, &buyer, last);
        assert!(reset(&world, n), "{last}");
    }
}

#[test]
fn what_nobody_announced_is_found_by_looking_and_comes_once() {
    let world = World::seeded();
    let (buyer, owner) = (world.login(BUYER), world.persona("owner").jar);
    let n = open(&world, PORTAL, &buyer);
    world.channels.deaf.set(true);
    rename(&world, &owner, BUYER, "One");
    assert_eq!(names(&world, n).len(), 0);
    look(&world);
    look(&world);
    assert_eq!(names(&world, n), [UPDATED]);
    world.channels.deaf.set(false);
    rename(&world, &owner, BUYER, "Two");
    assert_eq!(names(&world, n), [UPDATED; 2]);
}

#[test]
fn a_channel_that_was_away_for_longer_than_the_feed_is_kept_sends_everybody_back() {
    let world = World::seeded();
    let (buyer, owner) = (world.login(BUYER), world.persona("owner").jar);
    let n = open(&world, PORTAL, &buyer);
    world.channels.deaf.set(true);
    rename(&world, &owner, BUYER, "One");
    world.advance(KEPT + 1_000);
    rename(&world, &owner, BUYER, "Two");
    world.minute();
    look(&world);
    assert!(!world.channels.is_open(n));
    let again = reopen(&world, PORTAL, &buyer, &position(&world.channels.text(n)));
    assert!(reset(&world, again) && names(&world, again).len() == 1, "{:?}", events(&world.channels.text(again)));
}

#[test]
fn the_feed_is_kept_for_minutes_and_its_newest_row_for_good() {
    let world = World::seeded();
    let owner = world.persona("owner").jar;
    rename(&world, &owner, BUYER, "One");
    rename(&world, &owner, VIEWER, "One");
    world.advance(KEPT - 1_000);
    world.minute();
    assert!(world.count("live_feed") > 1, "not yet");
    let newest = world.value("SELECT max(seq) FROM live_feed");
    world.advance(3_000);
    world.minute();
    assert_eq!((world.count("live_feed"), world.value("SELECT max(seq) FROM live_feed")), (1, newest.clone()));
    world.send(Req::get("/api/health"));
    rename(&world, &owner, BUYER, "Two");
    assert!(world.value("SELECT max(seq) FROM live_feed").as_i64() > newest.as_i64());
}
