//! G1, G3, G4: who is limited, when, and what they are told.

use portcullis_tests::{
    Jar, Req, World,
    people::{BUYER, PASSWORD, VIEWER},
};

use super::{CA, profile};

#[test]
fn five_wrong_passwords_reach_the_hash_and_the_rest_are_told_when_to_come_back() {
    let world = World::seeded();
    let hashes = world.hasher.count.get();
    for n in 0..20 {
        let res = world.try_login(BUYER, "wrong password");
        if n < 5 {
            res.is(401, "Invalid email or password");
            assert_eq!((res.header("x-ratelimit-limit"), res.header("x-ratelimit-remaining")), (Some("5"), Some((4 - n).to_string().as_str())));
        } else {
            res.is(429, "Too many requests. Please try again later.");
            assert_eq!(res.json()["code"], "RATE_LIMITED");
            assert_eq!((res.header("retry-after"), res.header("x-ratelimit-reset")), (Some("60"), Some("60")));
            assert_eq!((res.header("x-ratelimit-limit"), res.header("x-ratelimit-remaining")), (Some("5"), Some("0")));
        }
    }
    assert_eq!(world.hasher.count.get() - hashes, 5);
}

/// G3.
#[test]
fn one_account_from_many_addresses_and_many_accounts_from_one_address_are_both_capped() {
    let world = World::seeded();
    let hashes = world.hasher.count.get();
    for _ in 0..200 {
        world.try_login(BUYER, "wrong password");
    }
    assert_eq!(world.hasher.count.get() - hashes, 5, "every request came from an address of its own");
    let hashes = world.hasher.count.get();
    for n in 0..200 {
        world.send(world.login_request(&format!("nobody{n}@acme.example"), "wrong password").ip("203.0.113.9"));
    }
    assert_eq!(world.hasher.count.get() - hashes, 20);
}

#[test]
fn an_ipv6_household_is_one_client() {
    let world = World::seeded();
    let hashes = world.hasher.count.get();
    for n in 0..40 {
        world.send(world.login_request(&format!("nobody{n}@acme.example"), "wrong password").ip(&format!("2001:db8:1:2::{n:x}")));
    }
    assert_eq!(world.hasher.count.get() - hashes, 20);
}

#[test]
fn spelling_an_address_otherwise_does_not_make_a_new_bucket() {
    let world = World::seeded();
    let statuses: Vec<u16> = [BUYER, "BUYER@portal.acme.com", "Buyer@Portal.Acme.Com", BUYER, "bUYER@portal.acme.com", "BuYer@portal.acme.com"]
        .map(|email| world.try_login(email, "wrong password").status)
        .into();
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429]);
}

/// G4.
#[test]
fn a_success_clears_its_own_bucket_and_nobody_elses() {
    let world = World::seeded();
    for _ in 0..4 {
        world.try_login(BUYER, "wrong password");
        world.try_login(VIEWER, "wrong password");
    }
    world.try_login(BUYER, PASSWORD).ok(200);
    for _ in 0..4 {
        assert_eq!(world.try_login(BUYER, "wrong password").status, 401);
    }
    assert_eq!(world.try_login(VIEWER, "wrong password").status, 401);
    assert_eq!(world.try_login(VIEWER, "wrong password").status, 429);
}

#[test]
fn the_clients_bucket_is_not_cleared_by_a_success() {
    let world = World::seeded();
    for _ in 0..19 {
        assert_eq!(world.send(world.login_request("nobody@acme.example", "x").ip("203.0.113.9")).status / 100, 4);
    }
    world.send(world.login_request(BUYER, PASSWORD).ip("203.0.113.9")).ok(200);
    assert_eq!(world.send(world.login_request(BUYER, PASSWORD).ip("203.0.113.9")).status, 429);
}

/// The order of checks: 429 before 401, 401 before 415, 415 before 400.
#[test]
fn limits_are_charged_before_bodies_are_read() {
    let world = World::seeded();
    for _ in 0..20 {
        world.send(Req::post(&format!("{CA}/login")).ip("203.0.113.9"));
    }
    assert_eq!(world.send(Req::post(&format!("{CA}/login")).ip("203.0.113.9")).status, 429);
    let req = Req::post(&format!("{CA}/portal/feature-check")).header("content-type", "text/plain").bytes("{");
    assert_eq!(world.send(req).status, 401);
}

#[test]
fn a_signed_in_user_has_a_hundred_and_twenty_requests_a_minute_over_all_devices() {
    let world = World::seeded();
    let (one, two) = (world.login(BUYER), world.login(BUYER));
    for n in 0..120 {
        assert_eq!(profile(&world, if n % 2 == 0 { &one } else { &two }).status, 200, "{n}");
    }
    let refused = profile(&world, &two);
    refused.is(429, "Too many requests. Please try again later.");
    profile(&world, &world.login(VIEWER)).ok(200);
    world.advance_seconds(60);
    profile(&world, &one).ok(200);
}

#[test]
fn nobody_spends_somebody_elses_window_with_a_token_that_does_not_hold() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    let token = jar.get("customer_auth_token");
    let forged = format!("{}A", &token[..token.len() - 1]);
    let forged = if forged == token { format!("{}B", &token[..token.len() - 1]) } else { forged };
    for _ in 0..130 {
        world.send(Req::get(&format!("{CA}/portal/profile")).bearer(&forged));
    }
    profile(&world, &jar).ok(200);
}

#[test]
fn limits_can_be_switched_off_in_development() {
    let world = World::seeded_with(&[("RATE_LIMIT_ENABLED", "false")]);
    let statuses: Vec<u16> = (0..6).map(|_| world.try_login("nobody@acme.example", "wrong password").status).collect();
    assert_eq!(statuses, [401; 6]);
    assert!(world.limiter.taken.borrow().is_empty());
}

#[test]
fn limiter_keys_hold_no_address_in_the_clear() {
    let world = World::seeded();
    world.try_login(BUYER, "wrong password");
    world.send(world.signup_request("nina@acme.example", "a fine passphrase"));
    for key in world.limiter.taken.borrow().iter() {
        assert!(!key.contains('@') && !key.contains("buyer") && !key.contains("nina"), "{key}");
    }
}

#[test]
fn public_routes_are_all_limited_per_client() {
    use portcullis_core::routes::{Guard, ROUTES};
    // Answered from one cache look-up, or one query a second and isolate, or probes that must not be refused.
    let free = ["discover_server", "jwks", "health", "list_revocations", "check_by_query", "check_by_body"];
    // What a proxy asks for everybody behind it; renewals have a limit of their own.
    let free = |name: &str| free.contains(&name) || name.starts_with("forward_auth_");
    for route in ROUTES.iter().filter(|route| route.guard == Guard::Public && !free(route.name)) {
        let world = World::seeded();
        let limited = (0..400).any(|_| world.send(Req::new(route.method.clone(), route.path).ip("203.0.113.9").jar(&Jar::default())).status == 429);
        assert!(limited, "{} is not limited", route.name);
    }
}
