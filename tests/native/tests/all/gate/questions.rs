//! What each kind of proxy is told.

use portcullis_core::io::Operations;
use portcullis_tests::{
    Jar, Req, World,
    cases::{apps, claims, edge},
    people::{BUYER, VIEWER},
    staff::ADMIN,
};
use serde_json::json;

use super::{PROXIES, as_nginx, ask, buyer, shop, shop_with, usual};

const IDENTITY: [&str; 9] = ["user", "email", "name", "realm", "tenant", "organization", "roles", "features", "token"];
const NOTHING: Operations = Operations { d1: 0, kv: 0, limiter: 0, hash: 0, channel: 0 };

#[test]
fn whoever_may_passes_with_an_identity_and_a_token_for_the_app() {
    let world = shop(usual());
    let jar = buyer(&world);
    for proxy in PROXIES {
        let res = ask(&world, proxy, "/orders/7", |req| req.jar(&jar));
        res.ok(200);
        let header = |name: &str| res.header(&format!("x-portcullis-{name}")).unwrap_or_else(|| panic!("{proxy}: no {name}"));
        let own = claims(jar.get("customer_auth_token"));
        assert_eq!((header("user"), header("tenant")), (own["sub"].as_str().unwrap(), own["tenantId"].as_str().unwrap()));
        assert_eq!((header("email"), header("realm"), header("roles")), (BUYER, "customer", "buyer"));
        assert_eq!(header("features"), "portal.orders.*", "what the app may hear of");
        let token = claims(header("token"));
        assert_eq!((&token["aud"], &token["type"], &token["sub"]), (&json!(apps::AUDIENCE), &json!("app"), &own["sub"]));
        assert_eq!(token["exp"].as_i64().unwrap() - token["iat"].as_i64().unwrap(), 600);
        assert_eq!(res.all("set-cookie").count(), 0, "nothing to renew");
        assert_eq!(res.header("cache-control"), Some("no-store"));
    }
}

#[test]
fn warm_it_asks_no_storage() {
    let world = shop(usual());
    let jar = buyer(&world);
    assert_eq!(ask(&world, "nginx", "/orders", |req| req.jar(&jar)).ok(200).spent().d1, 2, "the app, and the revocations");
    for proxy in PROXIES {
        assert_eq!(ask(&world, proxy, "/orders", |req| req.jar(&jar)).ok(200).spent(), NOTHING, "{proxy}");
        assert_eq!(ask(&world, proxy, "/", |req| req).ok(200).spent(), NOTHING, "{proxy}");
        assert_eq!(ask(&world, proxy, "/orders", |req| req).spent(), NOTHING, "{proxy}: anonymous");
    }
}

#[test]
fn whoever_may_not_is_told_so_and_who_is_nobody_signs_in() {
    let world = shop(usual());
    let (buyer, viewer, staff, stranger) = (buyer(&world), world.login(VIEWER), world.staff_login(ADMIN), world.persona("stranger").jar);
    let nobody = Jar::default();
    let html = |req: Req| req.header("accept", "text/html,*/*");
    for proxy in PROXIES {
        for (uri, jar, wanted) in [
            ("/", &nobody, 200),
            ("/public/x", &nobody, 200),
            ("/orders", &nobody, 302),
            ("/elsewhere", &nobody, 302),
            ("/elsewhere", &viewer, 200),
            ("/users", &buyer, 403),
            ("/admin", &buyer, 403),
            ("/orders", &staff, 302),
            ("/back", &staff, 200),
            ("/back", &buyer, 302),
            ("/elsewhere", &stranger, 403),
        ] {
            let res = ask(&world, proxy, uri, |req| html(req).jar(jar));
            let wanted = if proxy == "nginx" { as_nginx(wanted) } else { wanted };
            assert_eq!(res.status, wanted, "{proxy} {uri}: {}", res.text());
            let back = match (wanted, uri) {
                (302 | 401, "/back") => "http://127.0.0.1:8787/login?return=https%3A%2F%2Fshop.example.com%2Fback".to_owned(),
                (302 | 401, _) => {
                    format!("http://127.0.0.1:8787/acme/portal/login?return=https%3A%2F%2Fshop.example.com%2F{}", uri.trim_start_matches('/'))
                }
                _ => String::new(),
            };
            // Envoy does not say the scheme; in development it is ours.
            let back = if proxy == "envoy" { back.replace("https%3A", "http%3A") } else { back };
            let said = if proxy == "nginx" { res.header("x-portcullis-login") } else { res.header("location") };
            assert_eq!(said.unwrap_or_default(), back, "{proxy} {uri}");
        }
        let fetched = ask(&world, proxy, "/orders", |req| req.header("accept", "application/json"));
        assert_eq!((fetched.status, fetched.header("location")), (401, None), "{proxy}: what a page fetches is not sent to another page");
        let posted = world.send(html(edge::asked(proxy, "POST", "/orders")));
        assert_eq!(posted.status, 401, "{proxy}: a form is not lost to a redirect");
    }
}

#[test]
fn an_expired_or_revoked_token_is_renewed_by_the_session_on_the_way() {
    for proxy in PROXIES {
        let world = shop(usual());
        let mut jar = buyer(&world);
        world.advance_seconds(8 * 60 * 60 + 61);
        let old = jar.get("customer_auth_token").to_owned();
        let res = ask(&world, proxy, "/orders", |req| req.jar(&jar));
        res.ok(200);
        assert_eq!(res.all("set-cookie").count(), 1, "{proxy}: one line, which nginx can pass on");
        assert!(!res.header("x-portcullis-token").unwrap().is_empty());
        jar.absorb(&res);
        assert_ne!(jar.get("customer_auth_token"), old);
        assert_eq!(ask(&world, proxy, "/orders", |req| req.jar(&jar)).ok(200).all("set-cookie").count(), 0);
        // Roles changed: the token is void, the session is not.
        let user = world.user_id(BUYER);
        world.arrange(&format!("DELETE FROM customer_user_roles WHERE user_id = '{user}'"));
        world.advance_seconds(5);
        let res = ask(&world, proxy, "/orders", |req| req.jar(&jar));
        assert_eq!(res.status, 403, "{proxy}");
        // Without a token at all.
        assert_eq!(ask(&world, proxy, "/elsewhere", |req| req.jar(&jar.only("customer_session_token"))).ok(200).all("set-cookie").count(), 1);
        // And without a session.
        world.arrange("UPDATE customer_user_sessions SET deleted_at = 1");
        world.advance_seconds(5);
        assert_eq!(ask(&world, proxy, "/elsewhere", |req| req.jar(&jar)).status, 401, "{proxy}");
    }
}

#[test]
fn a_bearer_token_counts_for_itself() {
    let world = shop(usual());
    let jar = buyer(&world);
    let token = jar.get("customer_auth_token");
    for proxy in PROXIES {
        ask(&world, proxy, "/orders", |req| req.bearer(token)).ok(200);
        ask(&world, proxy, "/orders", |req| req.bearer("made-up").jar(&jar)).ok(401);
        ask(&world, proxy, "/orders", |req| req.header("authorization", "Basic eDp5").jar(&jar)).ok(200);
        let app = ask(&world, proxy, "/orders", |req| req.bearer(token)).header("x-portcullis-token").unwrap().to_owned();
        ask(&world, proxy, "/orders", |req| req.bearer(&app)).ok(401);
    }
}

#[test]
fn every_identity_header_is_always_there() {
    let world = shop(usual());
    for proxy in PROXIES {
        let res = ask(&world, proxy, "/public/x", |req| req.header("x-portcullis-user", "root").header("x-portcullis-roles", "admin"));
        for name in IDENTITY {
            let name = format!("x-portcullis-{name}");
            assert_eq!(res.all(&name).collect::<Vec<_>>(), [""], "{proxy} {name}");
        }
        assert_eq!(res.header("x-portcullis-cookie"), Some(""));
    }
    let jar = buyer(&world);
    let res = ask(&world, "caddy", "/public/x", |req| req.jar(&jar));
    assert_eq!(res.header("x-portcullis-email"), Some(BUYER), "who happens to be signed in is named");
    let cookies = format!("theme=dark; {}; cart=7", jar.header());
    let res = ask(&world, "caddy", "/orders", |req| req.header("cookie", &cookies));
    assert_eq!(res.header("x-portcullis-cookie"), Some("theme=dark; cart=7"), "the origin gets its own cookies only");
}

/// One family each: what another proxy would have sent says nothing.
#[test]
fn a_proxy_is_believed_in_its_own_words_only() {
    let world = shop(usual());
    let foreign = |req: Req, family: &str| {
        req.header(&format!("{family}-uri"), "/public/x")
            .header(&format!("{family}-host"), edge::HOST)
            .header(&format!("{family}-method"), "GET")
            .header(&format!("{family}-proto"), "https")
    };
    for (proxy, other) in
        [("nginx", "x-forwarded"), ("caddy", "x-original"), ("traefik", "x-original"), ("envoy", "x-forwarded"), ("envoy", "x-original")]
    {
        assert_ne!(foreign(edge::asked(proxy, "GET", "/orders"), other).request.headers.len(), 0);
        ask(&world, proxy, "/orders", |req| foreign(req, other)).ok(401);
    }
    for (path, family) in [("nginx", "x-forwarded"), ("caddy", "x-original"), ("traefik", "x-original")] {
        world.send(foreign(Req::get(&format!("/forward-auth/{path}")), family)).ok(403);
    }
    // Missing, or twice.
    for proxy in ["nginx", "caddy", "traefik"] {
        let family = if proxy == "nginx" { "x-original" } else { "x-forwarded" };
        for part in ["uri", "method", "host", "proto"] {
            let name = http::HeaderName::try_from(format!("{family}-{part}")).unwrap();
            let mut req = edge::asked(proxy, "GET", "/public/x");
            req.request.headers.append(name.clone(), "/public/x".parse().unwrap());
            world.send(req).ok(403);
            let mut req = edge::asked(proxy, "GET", "/public/x");
            req.request.headers.remove(name);
            world.send(req).ok(403);
        }
    }
}

#[test]
fn a_host_that_nobody_registered_is_refused_and_costs_little() {
    let world = shop(usual());
    let jar = buyer(&world);
    for host in ["evil.example", "shop.example.com.evil.example", "shop.example.com@evil.example", "", "10.0.0.1"] {
        world.advance_seconds(1);
        for proxy in ["nginx", "caddy", "traefik"] {
            let family = if proxy == "nginx" { "x-original-host" } else { "x-forwarded-host" };
            assert!(matches!(ask(&world, proxy, "/public/x", |req| req.jar(&jar).header(family, host)).status, 403 | 503), "{proxy} {host}");
        }
    }
    world.advance_seconds(1);
    world.database.take_calls();
    for n in 0..50 {
        ask(&world, "caddy", "/", |req| req.header("x-forwarded-host", &format!("h{n}.example.com")));
    }
    assert_eq!(world.database.take_calls().len(), 1, "somebody who makes up hosts does not make us read");
    world.advance_seconds(1);
    ask(&world, "caddy", "/", |req| req.header("x-forwarded-host", "SHOP.example.com")).ok(200);
}

#[test]
fn made_up_sessions_are_limited_by_who_asks_and_cost_nothing_when_they_cannot_be_any() {
    let world = shop_with(&[("FORWARD_AUTH_RENEWAL_IP_POINTS", "3")], usual());
    let session = |value: &str| Jar([("customer_session_token".into(), value.into())].into());
    ask(&world, "caddy", "/orders", |req| req).ok(401);
    assert_eq!(ask(&world, "caddy", "/orders", |req| req.jar(&session("short"))).ok(401).spent(), NOTHING);
    for n in 0..4 {
        let res = ask(&world, "caddy", "/orders", |req| req.jar(&session(&"A".repeat(43))).ip("203.0.113.7"));
        assert_eq!(res.status, if n < 3 { 401 } else { 429 });
    }
    let res = ask(&world, "nginx", "/orders", |req| req.jar(&session(&"A".repeat(43))).ip("203.0.113.7"));
    assert_eq!(res.status, 403, "which nginx understands");
}

#[test]
fn features_in_the_question_add_to_the_rules() {
    let world = shop(usual());
    let jar = buyer(&world);
    for (query, status) in
        [("", 200), ("?require=portal.orders.view", 200), ("?require=portal.orders.view,portal.users.manage", 403), ("?require=", 200)]
    {
        let mut req = edge::asked("nginx", "GET", "/elsewhere").jar(&jar);
        req.request.query = query.trim_start_matches('?').into();
        world.send(req).ok(status);
    }
    let mut req = edge::asked("nginx", "GET", "/public/x");
    req.request.query = "require=portal.orders.view".into();
    world.send(req).ok(401);
}

#[test]
fn rules_and_revocations_are_in_force_within_the_bound_and_outlive_an_outage() {
    let world = shop_with(&[("REVOCATION_STALE_SECONDS", "60")], usual());
    let jar = buyer(&world);
    ask(&world, "caddy", "/orders", |req| req.jar(&jar)).ok(200);
    let app = apps_id(&world);
    let owner = world.persona("super");
    let closed = json!([{"path": "/**", "access": "features", "features": ["nobody.has.this"]}]);
    world.send(Req::put(&format!("/api/apps/{app}/rules")).jar(&owner.jar).json(edge::document(1, closed))).ok(200);
    world.advance_seconds(4);
    ask(&world, "caddy", "/orders", |req| req.jar(&jar)).ok(403);
    ask(&world, "caddy", "/", |req| req).ok(401);
    world.database.set_down(true);
    for _ in 0..55 {
        world.advance_seconds(1);
        ask(&world, "caddy", "/orders", |req| req.jar(&jar)).ok(403);
    }
    world.advance_seconds(6);
    ask(&world, "caddy", "/orders", |req| req.jar(&jar)).ok(503);
    ask(&world, "nginx", "/orders", |req| req.jar(&jar)).ok(503);
}

fn apps_id(world: &World) -> String {
    world.value("SELECT id FROM apps").as_str().unwrap().to_owned()
}

#[test]
fn the_way_back_leads_to_our_own_paths_and_registered_hosts_only() {
    let world = shop(usual());
    let to = |target: &str| {
        let encoded = portcullis_core::web::request::percent_encode(target);
        world.send(Req::get(&format!("/api/return?to={encoded}")))
    };
    for (target, wanted) in [
        ("/acme/portal/dashboard", "/acme/portal/dashboard"),
        ("http://127.0.0.1:8787/acme/portal", "/acme/portal"),
        ("https://shop.example.com/cart?a=b", "https://shop.example.com/cart?a=b"),
        ("https://SHOP.example.com", "https://SHOP.example.com"),
    ] {
        assert_eq!(to(target).ok(200).json()["to"], wanted);
    }
    for target in [
        "https://evil.example/",
        "https://shop.example.com.evil.example/",
        "https://shop.example.com@evil.example/",
        "https://shop.example.com:444/",
        "//shop.example.com/",
        "https://shop.example.com\\@evil.example",
        "javascript:alert(1)",
        "",
        "https://shop.example.com/\r\nx",
    ] {
        assert_eq!(to(target).status, 400, "{target}");
    }
    world.arrange("UPDATE apps SET is_active = 0");
    to("https://shop.example.com/").ok(400);
}
