//! F8 and tenant hosts: which host was asked decides where a request belongs.

use portcullis_tests::{
    Jar, Req, World,
    people::{BUYER, PASSWORD, Place},
};
use serde_json::json;

use super::CA;

fn map(world: &World, host: &str, place: &Place, status: &str) {
    world.arrange(&format!(
        "INSERT INTO domain_mappings (id, hostname, tenant_id, organization_id, status, created_at) \
         VALUES ('{host}', '{host}', '{}', '{}', '{status}', 1)",
        place.tenant, place.organization
    ));
}

#[test]
fn an_unknown_host_is_refused_and_keys_are_served_anywhere() {
    let world = World::seeded_with(&[("APP_URL", "https://id.example.com"), ("PLATFORM_DOMAINS", "login.example.com")]);
    for origin in ["https://evil.example", "https://id.example.com.evil.example", "https://x.id.example.com", "https://203.0.113.1"] {
        world.send(world.login_request(BUYER, PASSWORD).at(origin)).is(404, "This domain is not configured for any active organization");
        world.send(Req::get("/.well-known/jwks.json").at(origin)).ok(200);
    }
    for origin in ["https://id.example.com", "https://ID.example.com.", "https://login.example.com", "https://id.example.com:8443"] {
        world.send(world.login_request(BUYER, PASSWORD).at(origin)).ok(200);
        world.advance_seconds(61);
    }
}

#[test]
fn a_tenants_own_host_names_the_tenant() {
    let world = World::seeded();
    map(&world, "portal.acme.test", &world.acme(), "active");
    let login = |body: serde_json::Value| world.send(Req::post(&format!("{CA}/login")).json(body).at("https://portal.acme.test"));
    login(json!({"email": BUYER, "password": PASSWORD})).ok(200);
    let globex = world.found("globex");
    login(json!({"email": BUYER, "password": PASSWORD, "tenantId": globex.tenant}))
        .is(400, "tenantId in request body does not match the resolved custom domain");
    login(json!({"email": BUYER, "password": PASSWORD, "organizationId": globex.organization})).ok(200);
    for status in ["pending", "verified", "dns_failed", "tls_failed"] {
        world.arrange(&format!("UPDATE domain_mappings SET status = '{status}'"));
        // A host's card is copied to KV for five minutes; whoever takes a host away deletes the copy.
        world.advance_seconds(301);
        login(json!({"email": BUYER, "password": PASSWORD})).is(404, "This domain is not configured for any active organization");
    }
}

/// Decision 4 of the wire contract: on a tenant's own host the token's tenant must match.
#[test]
fn a_session_of_another_tenant_is_none_on_a_tenants_own_host() {
    let world = World::seeded();
    map(&world, "portal.acme.test", &world.acme(), "active");
    let (buyer, stranger) = (world.persona("buyer").jar, world.persona("stranger").jar);
    let ask = |jar: &Jar| world.send(Req::get(&format!("{CA}/portal/profile")).at("https://portal.acme.test").jar(jar)).status;
    assert_eq!((ask(&buyer), ask(&stranger)), (200, 401));
    let refresh = |jar: &Jar| world.send(Req::post(&format!("{CA}/portal/sessions-refresh")).at("https://portal.acme.test").jar(jar)).status;
    assert_eq!((refresh(&buyer), refresh(&stranger)), (200, 401));
}

/// B7.
#[test]
fn mailed_links_carry_the_configured_origin_whatever_the_request_says() {
    let world = World::seeded_with(&[("PLATFORM_DOMAINS", "other.example.com")]);
    let headers = [
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "host=evil.example"),
        ("x-forwarded-proto", "https"),
        ("referer", "https://evil.example/"),
    ];
    let req = headers.iter().fold(world.signup_request("nina@acme.example", "a fine passphrase"), |req, (name, value)| req.header(name, value));
    world.send(req.at("https://other.example.com")).ok(202);
    let mail = &world.inbox("nina@acme.example")[0];
    assert!(mail["links"][0].as_str().unwrap().starts_with("http://127.0.0.1:8787/"));
    assert!(!mail.to_string().contains("evil.example") && !mail.to_string().contains("other.example"));
}

#[test]
fn without_a_client_address_production_serves_only_what_is_not_limited() {
    let world = World::with(&[("ENVIRONMENT", "production"), ("APP_URL", "https://id.example.com"), ("MAIL_API_KEY", "k")]);
    let at = |path: &str| Req::get(path).at("https://id.example.com");
    let res = world.send_without_address(at("/api/directory/organizations/lookup?slug=acme"));
    res.is(503, "Service temporarily unavailable. Please try again in a moment.");
    assert_eq!(world.send(at("/api/directory/organizations/lookup?slug=acme").ip("not an address")).status, 503);
    assert_eq!(world.send_without_address(at("/.well-known/jwks.json")).status, 200);
    let forged = at("/api/directory/organizations/lookup?slug=acme").header("x-forwarded-for", "203.0.113.1");
    assert_eq!(world.send_without_address(forged).status, 503, "a header is no address");
}
