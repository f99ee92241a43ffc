//! What an isolate knows, and how it comes to know it: without a round trip of its own, without KV, without D1.

use portcullis_core::domain::time::Millis;
use portcullis_tests::{Jar, Req, World, people::BUYER, world::OTHER_KEY};

use super::{cold, jwks, kid_of, of_state, profile, published, ready, remove, root, rotate};

/// Runs with another isolate in the place of the world's own.
fn elsewhere<T>(world: &mut World, run: impl FnOnce(&World) -> T) -> T {
    let other = cold(world);
    let own = std::mem::replace(&mut world.deployment, other);
    let result = run(world);
    world.deployment = own;
    result
}

#[test]
fn the_key_set_is_the_same_bytes_in_a_cold_isolate_also_while_the_database_is_down() {
    let mut world = ready();
    rotate(&world, &root(&world)).ok(200);
    let warm = jwks(&world);
    let same = |world: &World| {
        let res = jwks(world);
        assert_eq!((res.body.clone(), res.header("etag")), (warm.body.clone(), warm.header("etag")));
        assert_eq!(res.header("cache-control"), Some("public, max-age=300, stale-if-error=86400"));
        res.spent()
    };
    let spent = elsewhere(&mut world, same);
    assert_eq!((spent.d1, spent.kv), (0, 1), "from KV");
    world.database.set_down(true);
    elsewhere(&mut world, same);
    assert_eq!(same(&world).d1, 0);
    world.database.set_down(false);
    world.cache.down.set(true);
    assert_eq!(elsewhere(&mut world, same).d1, 1, "the last resort");
    same(&world);
    world.database.set_down(true);
    let res = elsewhere(&mut world, |world| world.send(Req::get("/.well-known/jwks.json")));
    assert_eq!((res.status, res.header("cache-control")), (503, Some("no-store")), "no answer is better than a short one");
}

#[test]
fn sessions_verify_and_tokens_are_signed_without_kv_in_a_cold_isolate() {
    let mut world = ready();
    rotate(&world, &root(&world)).ok(200);
    let jar = world.login(BUYER);
    world.cache.down.set(true);
    elsewhere(&mut world, |world| {
        assert_eq!(profile(world, &jar), 200);
        assert_eq!(kid_of(&world.login(BUYER)), of_state(world, "current")[0]);
    });
    elsewhere(&mut world, |world| assert_eq!(kid_of(&world.login(BUYER)), of_state(world, "current")[0]));
}

#[test]
fn what_is_in_kv_counts_only_with_our_mac() {
    let mut world = ready();
    let own = published(&world);
    let evil = portcullis_core::jose::jwk::PrivateJwk::parse(OTHER_KEY).unwrap().public;
    let put = |world: &World, text: String| world.with_ports(|ports| portcullis_tests::block_on(ports.cache.put("jwks:2".into(), text, 60)).unwrap());
    let genuine = world.cache.dump().into_iter().find(|(key, _)| key == "jwks:2").unwrap().1;
    for forged in [
        serde_json::json!({"version": 99, "keys": [[evil.x, evil.y]], "mac": "x"}).to_string(),
        genuine.replacen("\"version\":1", "\"version\":9", 1),
        serde_json::json!([{"x": evil.x, "y": evil.y, "seen": world.now()}]).to_string(),
        "nonsense".into(),
    ] {
        assert_ne!(forged, genuine);
        put(&world, forged);
        let seen = elsewhere(&mut world, published);
        assert_eq!(seen, own);
    }
    // An older copy never takes the place of what is known.
    world.arrange("UPDATE signing_keys SET since = 0 WHERE state = 'next'");
    rotate(&world, &root(&world)).ok(200);
    let newer = published(&world);
    put(&world, genuine);
    world.advance_seconds(600);
    assert_eq!(published(&world), newer);
    world.minute();
    assert_eq!(elsewhere(&mut world, published), newer, "cron puts the copy right");
}

/// Removal binds everywhere on the next request: reading the session tells what keys there are.
#[test]
fn a_removed_key_opens_nothing_from_the_next_request_on_in_any_isolate() {
    let mut world = ready();
    let jar = world.login(BUYER);
    // Another isolate that knows the key and hears of nothing.
    let other = cold(&world);
    let own = std::mem::replace(&mut world.deployment, other);
    assert_eq!(profile(&world, &jar), 200);
    let other = std::mem::replace(&mut world.deployment, own);
    world.does_later_work.set(false);
    let super_admin = root(&world);
    let res = remove(&world, &super_admin, &kid_of(&jar));
    assert_eq!(res.ok(200).json()["current"].as_str(), Some(of_state(&world, "current")[0].as_str()));

    let own = std::mem::replace(&mut world.deployment, other);
    let spent = world.send(Req::get("/api/customer_accounts/portal/profile").jar(&jar));
    assert_eq!((spent.status, spent.spent().d1), (401, 1), "one round trip, and it is enough");
    assert_eq!(world.send(Req::get("/api/auth/profile").jar(&super_admin)).status, 401);
    // The session lives on, and its next token is by another key.
    let mut fresh = Jar(jar.0.clone());
    fresh.absorb(world.send(Req::post("/api/customer_accounts/portal/sessions-refresh").jar(&jar)).ok(200));
    assert_ne!(kid_of(&fresh), kid_of(&jar));
    assert_eq!(profile(&world, &fresh), 200);
    assert!(!published(&world).contains(&kid_of(&jar)));
    world.deployment = own;
    assert_eq!(profile(&world, &jar), 401);
    world.advance_seconds(61);
    assert!(!published(&world).contains(&kid_of(&jar)));
}

#[test]
fn a_kid_nobody_knows_sends_an_isolate_looking_now_and_then_only() {
    let world = ready();
    let token = |kid: &str| {
        let jar = world.login(BUYER);
        let (_, claims) = jar.get("customer_auth_token").split_once('.').unwrap();
        let header = serde_json::json!({"alg": "ES256", "typ": "JWT", "kid": kid}).to_string();
        use base64ct::Encoding;
        format!("{}.{claims}", base64ct::Base64UrlUnpadded::encode_string(header.as_bytes()))
    };
    let ask = |token: &str| world.send(Req::get("/api/customer_accounts/portal/profile").bearer(token));
    let made_up: Vec<String> = (0..5).map(|n| token(&format!("made-up-{n}"))).collect();
    let spent: Vec<_> = made_up.iter().map(|token| ask(token).ok(401).spent()).map(|spent| (spent.d1, spent.kv)).collect();
    assert_eq!(spent, [(1, 1), (0, 0), (0, 0), (0, 0), (0, 0)]);
    world.advance_seconds(10);
    assert_eq!(ask(&made_up[0]).spent().d1, 1);
}

#[test]
fn a_database_restored_from_an_earlier_time_is_believed() {
    let world = ready();
    let before = of_state(&world, "current");
    rotate(&world, &root(&world)).ok(200);
    assert_ne!(of_state(&world, "current"), before);
    let jar = world.login(BUYER);
    let (current, next) = (of_state(&world, "current"), before[0].clone());
    world.arrange(&format!("DELETE FROM signing_keys WHERE state <> 'retiring' AND kid <> '{}'; UPDATE signing_key_set SET version = 1", current[0]));
    assert_eq!(profile(&world, &jar), 200);
    assert_eq!(published(&world), {
        let mut kids = vec![current[0].clone(), next];
        kids.sort();
        kids
    });
}

#[test]
fn a_late_answer_of_an_earlier_version_changes_nothing() {
    use portcullis_core::ports::{Query, Rows};
    let world = ready();
    let set = cold(&world).key_set;
    let news =
        |query: Query| portcullis_tests::block_on(portcullis_core::ports::Database::read(&world.database, vec![query])).unwrap().pop().unwrap();
    let old: Rows = news(portcullis_core::store::signing_keys::news(-1));
    rotate(&world, &root(&world)).ok(200);
    let new: Rows = news(portcullis_core::store::signing_keys::news(-1));
    set.learn(-1, new, Millis(world.now())).unwrap();
    let known = set.version();
    set.learn(-1, old, Millis(world.now())).unwrap();
    assert_eq!(set.version(), known);
}
