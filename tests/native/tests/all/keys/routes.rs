//! Who may see and turn the keys, and what they are told.

use portcullis_tests::{
    Req, World,
    people::BUYER,
    staff::{ADMIN, SUPERADMIN},
};
use serde_json::json;

use super::{DAY, kid_of, of_state, published, ready, remove, root, rotate};

#[test]
fn nothing_private_is_shown() {
    let world = ready();
    let jar = root(&world);
    rotate(&world, &jar).ok(200);
    let res = world.send(Req::get("/api/keys").jar(&jar));
    let body = res.ok(200).json();
    let states: Vec<_> = body["items"].as_array().unwrap().iter().map(|key| key["state"].as_str().unwrap().to_owned()).collect();
    assert!(["next", "current", "retiring"].iter().all(|state| states.contains(&(*state).to_owned())), "{states:?}");
    for key in body["items"].as_array().unwrap() {
        let names: Vec<_> = key.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["createdAt", "kid", "since", "state", "until"]);
    }
    for row in world.rows("SELECT wrapped FROM signing_keys WHERE wrapped IS NOT NULL") {
        assert!(!res.text().contains(row["wrapped"].as_str().unwrap()));
    }
}

#[test]
fn a_tenants_wildcard_does_not_reach_the_platforms_keys() {
    let world = ready();
    for jar in [world.staff_login(ADMIN), world.staff(&world.acme(), "mighty", &["*"]), world.staff(&world.acme(), "keyish", &["platform.*"])] {
        for req in [Req::get("/api/keys"), Req::post("/api/keys/rotate"), Req::post("/api/keys/x/remove").json(json!({"reason": "x"}))] {
            world.send(req.jar(&jar)).ok(403);
        }
    }
    assert_eq!(world.count("signing_keys"), 2);
}

#[test]
fn a_key_signs_only_when_everybody_has_had_a_day_to_hear_of_it() {
    let world = World::seeded();
    rotate(&world, &root(&world)).is(409, "There is no next key yet; cron makes one within a minute.");
    world.minute();
    let res = rotate(&world, &root(&world));
    res.is(409, "The next key was published too recently: verifiers may not know it yet.");
    assert!(res.json()["readyAt"].is_string());
    world.advance_seconds(DAY);
    let next = of_state(&world, "next")[0].clone();
    let res = rotate(&world, &root(&world));
    assert_eq!(res.ok(200).json()["current"].as_str(), Some(next.as_str()));
    assert_eq!(kid_of(&world.login(BUYER)), next);
    let row = world.rows("SELECT action, actor_kind, detail FROM audit_log WHERE action LIKE 'key.%' ORDER BY at DESC LIMIT 1").remove(0);
    assert_eq!((row["action"].as_str(), row["actor_kind"].as_str()), (Some("key.rotated"), Some("staff")));
    assert_eq!(world.value(&format!("SELECT count(*) FROM staff_users WHERE email = '{SUPERADMIN}'")), 1);
}

#[test]
fn any_key_is_removed_at_once_and_another_signs() {
    for state in ["current", "next", "retiring"] {
        let world = ready();
        rotate(&world, &root(&world)).ok(200);
        let kid = of_state(&world, state)[0].clone();
        remove(&world, &root(&world), &kid).ok(200);
        assert!(!published(&world).contains(&kid), "{state}");
        assert_eq!([of_state(&world, "current").len(), of_state(&world, "next").len()], [1, 1], "{state}");
        assert_eq!(kid_of(&world.login(BUYER)), of_state(&world, "current")[0]);
        remove(&world, &root(&world), &kid).is(404, "Key not found");
        assert_eq!(world.count("audit_log WHERE action = 'key.removed' AND detail LIKE '%it leaked%'"), 1);
    }
}

#[test]
fn the_key_of_the_configuration_is_removed_before_cron_ever_ran() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    let kid = kid_of(&jar);
    remove(&world, &root(&world), &kid).ok(200);
    assert_eq!(super::profile(&world, &jar), 401);
    world.minute();
    assert!(!published(&world).contains(&kid), "cron does not bring it back");
    assert_ne!(kid_of(&world.login(BUYER)), kid);
}

#[test]
fn discovery_names_what_there_is() {
    let world = World::seeded();
    let res = world.send(Req::get("/.well-known/oauth-authorization-server"));
    let found = res.ok(200).json();
    let names: Vec<_> = found.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "grant_types_supported",
            "introspection_endpoint",
            "introspection_endpoint_auth_methods_supported",
            "issuer",
            "jwks_uri",
            "response_types_supported"
        ]
    );
    for name in ["jwks_uri", "introspection_endpoint"] {
        let path = found[name].as_str().unwrap().strip_prefix("http://127.0.0.1:8787").unwrap();
        assert_ne!(world.send(Req::get(path)).status, 404, "{name}");
    }
    let etag = res.header("etag").unwrap();
    assert_eq!(world.send(Req::get("/.well-known/oauth-authorization-server").header("if-none-match", etag)).status, 304);
    assert_eq!(world.send(Req::get("/.well-known/openid-configuration")).status, 404);
}
