//! The signed document: what it says, who may believe it, and for how long.

use portcullis_core::{
    domain::revocation::LIFE,
    jose::{jwk::PublicJwk, jwt::Unverified, portable},
};
use portcullis_tests::{
    Req, Res, World,
    cases::{self, claims},
    contract::base64url,
    feed::{Feed, payload},
    people::{BUYER, VIEWER},
};
use serde_json::{Value, json};

const PATH: &str = "/.well-known/revocations";

fn get(world: &World, query: &str) -> Res {
    world.send(Req::get(&format!("{PATH}{query}")))
}

fn logout(world: &World, jar: &portcullis_tests::Jar) {
    world.send(Req::post("/api/customer_accounts/portal/logout").jar(jar)).ok(200);
}

#[test]
fn it_is_signed_by_a_published_key_and_is_no_access_token() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    let sid = cases::session_id(&jar);
    logout(&world, &jar);
    world.advance_seconds(1);
    let res = get(&world, "");
    assert_eq!(res.header("content-type"), Some("application/jwt"));
    assert_eq!(res.header("cache-control"), Some("public, max-age=1"));
    let text = res.text();
    let parts: Vec<&str> = text.split('.').collect();
    let header: Value = serde_json::from_slice(&base64url(parts[0])).unwrap();
    let keys = world.send(Req::get("/.well-known/jwks.json")).json();
    assert_eq!(header, json!({"alg": "ES256", "typ": "revocations+jwt", "kid": keys["keys"][0]["kid"]}));
    let key = PublicJwk::parse(&keys["keys"][0]).unwrap();
    let signature = base64url(parts[2]).try_into().unwrap();
    assert!(portable::verify(&key, format!("{}.{}", parts[0], parts[1]).as_bytes(), &signature).unwrap());
    let now = world.now() / 1_000;
    let payload = claims(&text);
    assert_eq!(
        payload,
        json!({
            "iss": "http://127.0.0.1:8787", "iat": now, "exp": now + 600, "seq": 1, "interval": 3,
            "entries": [{"k": "s", "id": sid, "exp": now + LIFE}],
        })
    );
    assert!(Unverified::parse(&text).is_err(), "our own routes do not take it for a token");
    world.send(Req::get("/api/customer_accounts/portal/profile").bearer(&text)).ok(401);
}

#[test]
fn everybody_gets_the_same_bytes_until_it_is_read_again() {
    let world = World::seeded();
    let first = get(&world, "");
    assert_eq!(first.spent().d1, 1, "the first of an isolate");
    let etag = first.header("etag").unwrap().to_owned();
    let same = world.send(Req::get(PATH).header("if-none-match", &etag));
    assert_eq!((same.status, same.spent().d1, same.body.len()), (304, 0, 0));
    assert_eq!(get(&world, "").body, first.body);
    world.advance_seconds(1);
    let later = get(&world, "");
    assert_eq!(later.spent().d1, 1);
    assert_ne!(later.header("etag").unwrap(), etag, "other bytes, another tag");
}

#[test]
fn with_since_it_holds_what_came_after_and_decides_the_same() {
    let world = World::seeded();
    let jars: Vec<_> = (0..4).map(|_| world.login(BUYER)).collect();
    logout(&world, &jars[0]);
    let mut follower = Feed::of(&world);
    logout(&world, &jars[1]);
    logout(&world, &jars[2]);
    let delta = payload(&world, &format!("?since={}", follower.seq));
    assert_eq!((delta["since"].as_i64(), delta["entries"].as_array().unwrap().len()), (Some(follower.seq), 2));
    follower.catch_up(&world);
    let whole = Feed::of(&world);
    for (jar, refused) in jars.iter().zip([true, true, true, false]) {
        let token = jar.get("customer_auth_token");
        assert_eq!((follower.refuses(token), whole.refuses(token)), (refused, refused));
    }
    assert_eq!(payload(&world, &format!("?since={}", whole.seq))["entries"], json!([]));
    let unknown = payload(&world, "?since=9999");
    assert!(unknown.get("since").is_none(), "a number that was never given gets everything");
    for nonsense in ["x", "-1", "1e3", "99999999999999999999", ""] {
        get(&world, &format!("?since={nonsense}")).ok(400);
    }
}

/// Who saw more at another isolate is not sent back in time.
#[test]
fn a_caller_who_knows_more_makes_the_isolate_look_again() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    get(&world, "").ok(200);
    logout(&world, &jar);
    world.advance(10);
    let behind = claims(&get(&world, "").text());
    assert_eq!(behind["seq"], 0, "its copy is ten milliseconds old");
    let asked = claims(&get(&world, "?since=1").text());
    assert_eq!((asked["seq"].as_i64(), asked["since"].as_i64()), (Some(1), Some(1)));
}

#[test]
fn with_the_database_down_the_last_one_serves_until_its_limit_and_says_how_old_it_is() {
    let world = World::seeded_with(&[("REVOCATION_STALE_SECONDS", "60")]);
    let read_at = world.now() / 1_000;
    get(&world, "").ok(200);
    world.database.set_down(true);
    world.advance_seconds(50);
    let old = claims(&get(&world, "").text());
    assert_eq!((old["iat"].as_i64(), old["exp"].as_i64()), (Some(read_at), Some(read_at + 60)));
    world.advance_seconds(10);
    get(&world, "").is(503, "Service temporarily unavailable. Please try again in a moment.");
    world.database.set_down(false);
    world.advance_seconds(2);
    get(&world, "").ok(200);
}

/// `iat` is whole seconds. What was issued in the very second of a change may hold what was true before it.
#[test]
fn the_second_of_a_change() {
    let world = World::seeded();
    assert_eq!(world.now() % 1_000, 123, "within a second");
    let [before, other] = [world.login(VIEWER), world.login(BUYER)];
    let change = json!({"currentPassword": portcullis_tests::people::PASSWORD, "newPassword": "another fine passphrase"});
    let changed = world.send(Req::post("/api/customer_accounts/portal/password-change").jar(&other).json(&change));
    changed.ok(200);
    let user = world.user_id(VIEWER);
    world.arrange(&format!("DELETE FROM customer_user_roles WHERE user_id = '{user}'"));
    let within = world.login(VIEWER);
    world.advance(900);
    let after = world.login(VIEWER);
    let feed = Feed::of(&world);
    assert!(feed.refuses(other.get("customer_auth_token")), "a password change ends its session, whatever the second");
    let own = portcullis_tests::Jar::of(&changed);
    assert!(!feed.refuses(own.get("customer_auth_token")), "the token it hands out is of the same second, and good");
    assert!(feed.refuses(before.get("customer_auth_token")), "same second, older roles");
    assert!(feed.refuses(within.get("customer_auth_token")), "same second, newer roles: refused on the safe side");
    assert!(!feed.refuses(after.get("customer_auth_token")), "the next second is told apart");
}

#[test]
fn a_token_of_a_place_goes_with_the_place() {
    for table in ["tenants", "organizations"] {
        let world = World::seeded();
        let globex = world.persona("stranger");
        let buyer = world.persona("buyer");
        let owner = world.persona("owner");
        let id = if table == "tenants" { world.acme().tenant.to_string() } else { world.acme().organization.to_string() };
        world.arrange(&format!("UPDATE {table} SET is_active = 0 WHERE id = '{id}'"));
        let feed = Feed::of(&world);
        assert!(feed.refuses(buyer.jar.get("customer_auth_token")) && feed.refuses(owner.jar.get("auth_token")), "{table}: both realms");
        assert!(!feed.refuses(globex.jar.get("customer_auth_token")), "{table}: nobody else");
    }
}
