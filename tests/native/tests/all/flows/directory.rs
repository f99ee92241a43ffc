//! Look-ups, keys and health.

use portcullis_tests::{Req, World};
use serde_json::json;

#[test]
fn an_organization_is_found_by_its_slug() {
    let world = World::seeded();
    let ask = |slug: &str| world.send(Req::get(&format!("/api/directory/organizations/lookup?slug={slug}")));
    let id = world.acme().organization;
    for slug in ["acme", "ACME", "%20acme%20"] {
        assert_eq!(ask(slug).ok(200).json(), json!({"ok": true, "organization": {"id": id, "name": "Acme", "slug": "acme"}}));
    }
    ask("nobody").is(404, "Organization not found.");
    for bad in ["", "a%2Fb", "a%27b", "a%00", &"x".repeat(151)] {
        ask(bad).is(400, "Invalid slug.");
    }
    world.send(Req::get("/api/directory/organizations/lookup")).is(400, "Invalid slug.");
}

#[test]
fn a_tenant_is_found_by_its_id() {
    let world = World::seeded();
    let id = world.acme().tenant;
    for name in ["tenantId", "tenant"] {
        let res = world.send(Req::get(&format!("/api/directory/tenants/lookup?{name}={id}")));
        assert_eq!(res.ok(200).json(), json!({"ok": true, "tenant": {"id": id, "name": "Acme"}}));
    }
    world.send(Req::get("/api/directory/tenants/lookup?tenantId=0190f5fe-7c00-7a00-8000-000000000001")).is(404, "Tenant not found.");
    world.send(Req::get("/api/directory/tenants/lookup?tenantId=x")).is(400, "Invalid tenant id.");
}

#[test]
fn a_suspended_organization_is_not_found_once_its_copy_is_over() {
    let world = World::seeded();
    let ask = || world.send(Req::get("/api/directory/organizations/lookup?slug=acme"));
    ask().ok(200);
    world.arrange("UPDATE tenants SET is_active = 0");
    world.advance_seconds(300);
    ask().is(404, "Organization not found.");
}

/// E6.
#[test]
fn keys_are_public_members_only_and_the_same_bytes_for_everybody() {
    let world = World::seeded();
    let first = world.send(Req::get("/.well-known/jwks.json"));
    let keys = first.ok(200).json();
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
    assert_eq!(keys["keys"][0].as_object().unwrap().keys().collect::<Vec<_>>(), ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    assert_eq!(first.header("cache-control"), Some("public, max-age=300, stale-if-error=86400"));
    assert_eq!(first.header("access-control-allow-origin"), Some("*"));
    assert_eq!(first.header("vary"), None);
    let jar = world.persona("buyer").jar;
    for req in [
        Req::get("/.well-known/jwks.json?x=1&kid=other"),
        Req::get("/.well-known/jwks.json")
            .jar(&jar)
            .header("accept-language", "de")
            .header("origin", "https://evil.example")
            .header("accept", "text/html"),
        Req::get("/.well-known/jwks.json").at("https://somewhere.example").header("x-forwarded-host", "evil.example"),
    ] {
        let res = world.send(req);
        assert_eq!((res.status, &res.body, res.header("etag")), (200, &first.body, first.header("etag")));
    }
    let tag = first.header("etag").unwrap();
    assert!(tag.starts_with('"'), "strong");
    for tags in [tag.to_owned(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".into()] {
        let res = world.send(Req::get("/.well-known/jwks.json").header("if-none-match", &tags));
        assert_eq!((res.status, res.body.len(), res.header("etag")), (304, 0, Some(tag)));
    }
    world.send(Req::get("/.well-known/jwks.json").header("if-none-match", "\"other\"")).ok(200);
}

#[test]
fn health_says_what_works() {
    let world = World::seeded();
    let ask = || world.send(Req::get("/api/health"));
    let well = ask();
    assert_eq!((well.status, well.json()["status"].as_str()), (200, Some("healthy")));
    assert_eq!(well.json()["migrations"]["behind"], false);
    for service in well.json()["services"].as_array().unwrap() {
        assert!(service["name"].is_string() && service["status"] == "healthy" && service["latencyMs"].is_i64());
    }
    world.cache.down.set(true);
    assert_eq!((ask().status, ask().json()["status"].as_str()), (200, Some("degraded")));
    world.cache.down.set(false);
    world.limiter.down.set(true);
    assert_eq!((ask().status, ask().json()["status"].as_str()), (503, Some("down")));
    world.limiter.down.set(false);
    world.arrange("DELETE FROM d1_migrations WHERE id > 3");
    assert_eq!((ask().status, ask().json()["status"].as_str(), ask().json()["migrations"]["behind"].as_bool()), (200, Some("degraded"), Some(true)));
    world.database.set_down(true);
    let down = ask();
    assert_eq!((down.status, down.json()["status"].as_str()), (503, Some("down")));
    assert!(!down.text().contains("D1"), "no platform error's text");
}
