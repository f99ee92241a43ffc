//! C3, C7, C8: every cookie with its attributes, and what odd cookies come to.

use portcullis_tests::{
    Jar, Req, Res, World, cases,
    people::{BUYER, PASSWORD},
};

use super::{CA, profile, refresh};

/// Attributes after the value.
fn attributes(res: &Res, name: &str) -> String {
    res.set_cookie(name).unwrap_or_else(|| panic!("no {name}")).split_once(';').unwrap().1.trim().to_owned()
}

#[test]
fn attributes_come_in_the_wire_order_with_expires_beside_max_age() {
    let world = World::seeded();
    let res = world.try_login(BUYER, PASSWORD);
    assert_eq!(attributes(&res, "customer_auth_token"), "Path=/; Expires=Sat, 21 Nov 2026 12:47:42 GMT; Max-Age=28800; HttpOnly; SameSite=lax");
    assert_eq!(attributes(&res, "customer_session_token"), "Path=/; Expires=Mon, 21 Dec 2026 04:47:42 GMT; Max-Age=2592000; HttpOnly; SameSite=lax");
    assert_eq!(attributes(&res, "customer_device"), "Path=/; Expires=Thu, 20 May 2027 04:47:42 GMT; Max-Age=15552000; HttpOnly; SameSite=lax");
    assert_eq!(res.all("set-cookie").count(), 3, "each cookie is its own header");
    let out = world.send(Req::post(&format!("{CA}/portal/logout")).jar(&Jar::of(&res)));
    for name in ["customer_auth_token", "customer_session_token"] {
        assert_eq!(out.set_cookie(name).unwrap(), format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=lax"));
    }
    assert_eq!(out.header("clear-site-data"), Some("\"cache\""));
}

/// C3: whatever a route sets, for whomever, in success and in failure.
#[test]
fn c3_every_cookie_of_a_crawl_has_its_flags() {
    let mut seen = std::collections::BTreeSet::new();
    for route in portcullis_core::routes::ROUTES {
        let Some(case) = cases::of(route) else { continue };
        for good in [true, false] {
            let world = World::seeded();
            let persona = world.persona(case.by);
            let res = world.send(if good { (case.good)(&world) } else { (case.bad)(&world) }.jar(&persona.jar));
            for line in res.all("set-cookie") {
                let (pair, rest) = line.split_once("; ").unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                let life = rest.strip_prefix("Path=/; ").and_then(|rest| rest.strip_suffix("HttpOnly; SameSite=lax"));
                let life = life.unwrap_or_else(|| panic!("{} {}: {line}", route.method, route.path));
                // A cleared one ends at once, and any other says when it does.
                let fits = if value.is_empty() { life == "Max-Age=0; " } else { life.starts_with("Expires=") };
                assert!(fits, "{} {}: {line}", route.method, route.path);
                seen.insert(name.to_owned());
            }
        }
    }
    let known = ["auth_token", "customer_auth_token", "customer_device", "customer_session_token", "session_token", "staff_device"];
    assert_eq!(seen.iter().map(String::as_str).collect::<Vec<_>>(), known);
}

#[test]
fn only_plain_http_on_loopback_goes_without_secure() {
    let world = World::seeded_with(&[("APP_URL", "https://id.example.com"), ("PLATFORM_DOMAINS", "plain.example.com")]);
    for (origin, secure) in [
        ("http://127.0.0.1:8787", false),
        ("http://localhost:8787", false),
        ("http://[::1]:8787", false),
        ("https://127.0.0.1:8787", true),
        ("https://id.example.com", true),
        ("http://id.example.com", true),
        ("http://plain.example.com", true),
    ] {
        let res = world.send(world.login_request(BUYER, PASSWORD).at(origin));
        res.ok(200);
        for line in res.all("set-cookie") {
            assert_eq!(line.contains("; Secure; HttpOnly; SameSite=lax"), secure, "{origin}: {line}");
        }
        world.advance_seconds(61);
    }
}

#[test]
fn the_host_prefix_and_strict_are_settings() {
    let world = World::seeded_with(&[("COOKIE_PREFIX", "__Host-"), ("COOKIE_SAMESITE", "strict"), ("APP_URL", "https://id.example.com")]);
    let res = world.send(world.login_request(BUYER, PASSWORD).at("https://id.example.com"));
    let jar = Jar::of(&res);
    assert_eq!(jar.0.keys().collect::<Vec<_>>(), ["__Host-customer_auth_token", "__Host-customer_device", "__Host-customer_session_token"]);
    for line in res.all("set-cookie") {
        assert!(line.contains("; Path=/; ") && line.ends_with("; Secure; HttpOnly; SameSite=strict") && !line.contains("Domain"), "{line}");
    }
    let ask = |jar: &Jar| world.send(Req::get(&format!("{CA}/portal/profile")).at("https://id.example.com").jar(jar)).status;
    assert_eq!(ask(&jar), 200);
    let bare = Jar(jar.0.iter().map(|(name, value)| (name.trim_start_matches("__Host-").to_owned(), value.clone())).collect());
    assert_eq!(ask(&bare), 401, "a cookie without the prefix may have been planted by a sub-domain");
    let out = world.send(Req::post(&format!("{CA}/portal/logout")).at("https://id.example.com").jar(&jar));
    assert!(out.set_cookie("__Host-customer_session_token").unwrap().contains("Max-Age=0"));
}

/// C7.
#[test]
fn duplicate_and_malformed_cookies_mean_no_session() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    let good = jar.get("customer_auth_token");
    let ask = |cookie: &str| world.send(Req::get(&format!("{CA}/portal/profile")).header("cookie", cookie)).status;
    assert_eq!(ask(&format!("customer_auth_token={good}")), 200);
    assert_eq!(ask(&format!("a=b; customer_auth_token={good}; customer_auth_token={good}")), 200, "the same twice is the same");
    for cookie in [
        format!("customer_auth_token={good}; customer_auth_token=planted"),
        format!("customer_auth_token=planted; customer_auth_token={good}"),
        "customer_auth_token".into(),
        "customer_auth_token=".into(),
        "=;;=; ;customer_auth_token=%".into(),
        "customer_auth_token=%00%ff".into(),
        format!("Customer_Auth_Token={good}"),
        format!("{}; customer_auth_token=x", "a=b; ".repeat(500)),
        "customer_auth_token=\u{e9}".into(),
    ] {
        assert_eq!(ask(&cookie), 401, "{cookie}");
        let refreshed = world.send(Req::post(&format!("{CA}/portal/sessions-refresh")).header("cookie", &cookie.replace("auth", "session")));
        assert_eq!(refreshed.status, 401);
    }
}

#[test]
fn a_cookie_of_the_other_kind_opens_nothing() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    let swapped = Jar([
        ("customer_auth_token".to_owned(), jar.get("customer_session_token").to_owned()),
        ("customer_session_token".to_owned(), jar.get("customer_auth_token").to_owned()),
    ]
    .into());
    assert_eq!((profile(&world, &swapped).status, refresh(&world, &swapped).status), (401, 401));
    let staff = Jar([
        ("auth_token".to_owned(), jar.get("customer_auth_token").to_owned()),
        ("session_token".to_owned(), jar.get("customer_session_token").to_owned()),
    ]
    .into());
    assert_eq!((profile(&world, &staff).status, refresh(&world, &staff).status), (401, 401));
}

#[test]
fn a_bad_bearer_token_does_not_fall_back_to_the_cookie() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    let ask = |value: &str| world.send(Req::get(&format!("{CA}/portal/profile")).jar(&jar).header("authorization", value)).status;
    assert_eq!(ask("Bearer made-up"), 401);
    for absent in ["", "Bearer", "Bearer ", "Basic eDp5", "bearer\t"] {
        assert_eq!(ask(absent), 200, "{absent:?} counts as none");
    }
    for scheme in ["bearer", "BEARER", "Bearer"] {
        let value = format!("{scheme} {}", jar.get("customer_auth_token"));
        let res = world.send(Req::get(&format!("{CA}/portal/profile")).header("authorization", &value));
        assert_eq!(res.status, 200, "{scheme}");
    }
}

/// C8.
#[test]
fn nothing_that_knows_who_asks_may_be_kept() {
    let world = World::seeded();
    let jar = world.login(BUYER);
    for res in [profile(&world, &jar), refresh(&world, &jar), world.try_login(BUYER, "wrong password"), profile(&world, &Jar::default())] {
        assert_eq!(res.header("cache-control"), Some("no-store"));
        assert_eq!(res.header("vary"), Some("Origin, Cookie, Authorization"));
    }
}
