//! From the key of the configuration through rotation to the end.

use portcullis_core::domain::wrapping;
use portcullis_tests::{World, people::BUYER};

use super::{DAY, HOUR, kid_of, of_state, profile, published, ready, root, rotate};

#[test]
fn the_first_minute_takes_over_the_key_of_the_configuration() {
    let world = World::seeded();
    let first = world.first_key().public.kid;
    let jar = world.login(BUYER);
    assert_eq!((kid_of(&jar), published(&world)), (first.clone(), vec![first.clone()]));
    world.minute();
    assert_eq!((of_state(&world, "current"), of_state(&world, "next").len()), (vec![first.clone()], 1));
    assert_eq!((profile(&world, &jar), kid_of(&world.login(BUYER))), (200, first.clone()));
    let all = published(&world);
    assert!(all.len() == 2 && all.contains(&first) && all.is_sorted());
    let changes = world.count("audit_log WHERE action = 'key.turned' AND actor_kind = 'system'");
    assert_eq!((changes, world.count("event_outbox WHERE name = 'platform.keys.changed'")), (1, 1));
    world.minute();
    assert_eq!(world.count("signing_keys"), 2, "once");
}

#[test]
fn a_deployment_without_a_key_makes_its_own() {
    let world = World::seeded_with(&[("SIGNING_KEY_JWK", "")]);
    assert_eq!(world.try_login(BUYER, portcullis_tests::people::PASSWORD).status, 503, "nobody can sign yet");
    assert!(published(&world).is_empty());
    world.minute();
    let jar = world.login(BUYER);
    assert_eq!((profile(&world, &jar), published(&world).len()), (200, 2));
}

#[test]
fn private_halves_are_wrapped_for_their_own_row_and_gone_when_a_key_retires() {
    let world = ready();
    let scalar = world.first_key().reveal_scalar().to_owned();
    let rows = world.rows("SELECT kid, wrapped FROM signing_keys");
    let keys = &world.deployment.keys;
    for row in &rows {
        let (kid, wrapped) = (row["kid"].as_str().unwrap(), row["wrapped"].as_str().unwrap());
        assert!(wrapped.len() == 80 && !wrapped.contains(&scalar));
        let belongs = |kid: &str| portcullis_core::signing::key_set::belongs_to(kid);
        assert_eq!(wrapping::unwrap(keys.wrapping_key(), &belongs(kid), wrapped).unwrap().len(), 32);
        for other in rows.iter().filter(|other| other["kid"] != row["kid"]) {
            assert!(wrapping::unwrap(keys.wrapping_key(), &belongs(other["kid"].as_str().unwrap()), wrapped).is_none());
        }
    }
    rotate(&world, &root(&world)).ok(200);
    assert_eq!(world.count("signing_keys WHERE state = 'retiring' AND wrapped IS NULL"), 1);
    let everything = serde_json::to_string(&world.dump(|_| true)).unwrap() + &serde_json::to_string(&world.cache.dump()).unwrap();
    assert!(!everything.contains(&scalar));
}

#[test]
fn cron_rotates_on_schedule_and_drops_what_nobody_needs() {
    let world = World::seeded();
    world.minute();
    let (first, second) = (of_state(&world, "current"), of_state(&world, "next"));
    world.advance_seconds(90 * DAY - 60);
    world.minute();
    assert_eq!(of_state(&world, "current"), first);
    let jar = world.login(BUYER);
    world.advance_seconds(60);
    world.minute();
    assert_eq!((of_state(&world, "retiring"), of_state(&world, "current")), (first.clone(), second.clone()));
    assert_eq!((profile(&world, &jar), published(&world).len()), (200, 3));
    // Its last token lives 8 hours, and a verifier's copy a day.
    world.advance_seconds(8 * HOUR + DAY - 60);
    world.minute();
    assert_eq!(of_state(&world, "retiring"), first);
    world.advance_seconds(60);
    world.minute();
    assert_eq!((of_state(&world, "retiring").len(), of_state(&world, "current")), (0, second));
    assert_eq!(published(&world).len(), 2);
}

#[test]
fn of_two_crons_at_once_one_turns_the_keys() {
    let world = World::seeded();
    world.minute();
    let after = of_state(&world, "current");
    world.arrange("UPDATE signing_keys SET since = 0");
    // One that has read the version before finds another when it writes.
    let version = world.value("SELECT version FROM signing_key_set").as_i64().unwrap();
    use portcullis_core::store::{self, signing_keys};
    let stale = vec![signing_keys::advance(version - 1), store::changed_one(), signing_keys::delete(&after[0])];
    let refused = portcullis_tests::block_on(portcullis_core::ports::Database::write(&world.database, stale));
    assert_eq!(refused.unwrap_err(), portcullis_core::ports::StoreError::Precondition);
    assert_eq!(of_state(&world, "current"), after);
    world.minute();
    assert_eq!(world.value("SELECT version FROM signing_key_set").as_i64(), Some(version + 1), "one turn, one version");
}
