//! F4, F5: who may call from where.

use portcullis_tests::{
    Req, World, cases,
    people::{BUYER, PASSWORD},
};

use super::CA;

const OWN: &str = "http://127.0.0.1:8787";

fn world() -> World {
    World::seeded_with(&[("APP_URL", "https://id.example.com"), ("CORS_ALLOWED_ORIGINS", "https://app.example.com")])
}

#[test]
fn unsafe_methods_come_from_our_own_pages_or_from_no_page() {
    let world = world();
    let jar = world.login(BUYER);
    let ask = |headers: &[(&str, &str)]| {
        let req = headers.iter().fold(cases::feature_check(serde_json::json!(["a.b"])).jar(&jar), |req, (name, value)| req.header(name, value));
        world.send(req)
    };
    for fine in [
        &[][..],
        &[("origin", OWN)],
        &[("origin", "https://id.example.com")],
        &[("origin", "HTTPS://ID.EXAMPLE.COM")],
        &[("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "none")],
        &[("origin", OWN), ("sec-fetch-site", "same-origin")],
    ] {
        ask(fine).ok(200);
    }
    for foreign in [
        &[("origin", "null")][..],
        &[("origin", "https://evil.example")],
        &[("origin", "https://app.example.com")],
        &[("origin", "https://id.example.com.evil.example")],
        &[("origin", "https://sub.id.example.com")],
        &[("origin", "http://127.0.0.1:8788")],
        &[("origin", "https://127.0.0.1:8787")],
        &[("origin", "")],
        &[("origin", "\u{e9}")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "")],
        &[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
    ] {
        ask(foreign).is(403, "Cross-site request refused");
    }
}

#[test]
fn a_bearer_caller_without_cookies_is_exempt_and_one_with_cookies_is_not() {
    let world = world();
    let jar = world.login(BUYER);
    let req = || cases::feature_check(serde_json::json!(["a.b"])).bearer(jar.get("customer_auth_token")).header("origin", "https://app.example.com");
    let res = world.send(req());
    res.ok(200);
    assert_eq!(res.header("access-control-allow-origin"), Some("https://app.example.com"));
    world.send(req().jar(&jar)).is(403, "Cross-site request refused");
}

#[test]
fn a_login_cannot_be_forced_on_somebody_from_another_site() {
    let world = world();
    let hashes = world.hasher.count.get();
    world.send(world.login_request(BUYER, PASSWORD).header("origin", "https://evil.example")).is(403, "Cross-site request refused");
    world.send(Req::post(&format!("{CA}/portal/logout")).header("origin", "https://evil.example")).is(403, "Cross-site request refused");
    assert_eq!(world.hasher.count.get(), hashes);
}

#[test]
fn only_listed_origins_are_let_in_and_never_with_credentials() {
    let world = world();
    let ask = |origin: &str| world.send(Req::new(http::Method::OPTIONS, &format!("{CA}/portal/profile")).header("origin", origin));
    let listed = ask("https://app.example.com");
    assert_eq!(listed.status, 204);
    assert_eq!(listed.header("access-control-allow-origin"), Some("https://app.example.com"));
    assert_eq!(listed.header("access-control-allow-methods"), Some("GET, PUT, HEAD, OPTIONS"));
    for other in ["https://evil.example", "null", "https://app.example.com.evil.example", "https://APP.example.com", "*"] {
        let res = ask(other);
        assert_eq!((res.status, res.header("access-control-allow-origin")), (204, None), "{other}");
    }
    for res in [listed, world.send(Req::get("/.well-known/jwks.json"))] {
        assert_eq!(res.header("access-control-allow-credentials"), None);
    }
}
