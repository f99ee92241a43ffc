//! Signing in with a password.

use portcullis_tests::{
    Jar, Req, World,
    people::{BUYER, PASSWORD},
};
use serde_json::json;

use super::{CA, get, profile};

#[test]
fn wrong_bodies_say_no_more_than_that() {
    let world = World::seeded();
    let tenant = world.acme().tenant;
    let send = |body: serde_json::Value| world.send(Req::post(&format!("{CA}/login")).json(body));
    for body in [
        json!({}),
        json!([]),
        json!({"email": BUYER, "tenantId": tenant}),
        json!({"email": "no", "password": "x", "tenantId": tenant}),
        json!({"email": BUYER, "password": "", "tenantId": tenant}),
        json!({"email": BUYER, "password": "x".repeat(129), "tenantId": tenant}),
        json!({"email": BUYER, "password": PASSWORD, "tenantId": null}),
        json!({"email": [BUYER], "password": PASSWORD, "tenantId": tenant}),
    ] {
        let res = send(body);
        res.is(400, "Invalid credentials");
        assert_eq!(res.json().get("details"), None);
    }
    world.send(Req::post(&format!("{CA}/login")).header("content-type", "application/json").bytes("nope")).is(400, "Invalid request body");
    send(json!({"email": BUYER, "password": PASSWORD})).is(400, "organizationId or tenantId is required for platform-domain logins");
    send(json!({"email": BUYER, "password": PASSWORD, "organizationId": "0190f5fe-7c00-7a00-8000-000000000001"})).is(400, "Organization not found");
    let globex = world.found("globex");
    send(json!({"email": BUYER, "password": PASSWORD, "organizationId": globex.organization, "tenantId": tenant}))
        .is(400, "tenantId in request body does not match the resolved organization");
}

#[test]
fn the_same_address_in_two_tenants_is_two_people() {
    let world = World::seeded();
    let globex = world.found("globex");
    world.add_user(&globex, BUYER, "viewer");
    let login = |tenant| world.send(Req::post(&format!("{CA}/login")).json(json!({"email": BUYER, "password": PASSWORD, "tenantId": tenant})));
    let (here, there) = (login(world.acme().tenant), login(globex.tenant));
    assert_ne!(here.ok(200).json()["user"]["id"], there.ok(200).json()["user"]["id"]);
    assert_eq!(profile(&world, &Jar::of(&there)).json()["roles"][0]["slug"], "viewer");
}

#[test]
fn a_tenant_nobody_knows_answers_like_a_wrong_password() {
    let world = World::seeded();
    let body = json!({"email": BUYER, "password": PASSWORD, "tenantId": "0190f5fe-7c00-7a00-8000-000000000001"});
    world.send(Req::post(&format!("{CA}/login")).json(body)).is(401, "Invalid email or password");
    assert_eq!(world.count("attempt_counters WHERE tenant_id = ''"), 1, "unknown tenants count together");
}

#[test]
fn addresses_are_lower_cased_and_passwords_are_not() {
    let world = World::seeded();
    world.try_login("BUYER@Portal.Acme.com", PASSWORD).ok(200);
    world.try_login(BUYER, &PASSWORD.to_lowercase()).is(401, "Invalid email or password");
    world.try_login(BUYER, &format!("{PASSWORD} ")).is(401, "Invalid email or password");
    world.try_login(BUYER, &format!(" {PASSWORD}")).is(401, "Invalid email or password");
}

#[test]
fn a_suspended_tenant_says_so_before_any_credential_is_looked_at() {
    let world = World::seeded();
    world.arrange("UPDATE tenants SET is_active = 0");
    let hashes = world.hasher.count.get();
    for password in [PASSWORD, "wrong password"] {
        let res = world.try_login(BUYER, password);
        res.is(403, "This organization is suspended. Please contact its administrator.");
        assert_eq!(res.json()["code"], "tenant_suspended");
    }
    assert_eq!(world.hasher.count.get(), hashes);
}

#[test]
fn whoever_may_not_come_in_hears_the_same_sentence() {
    let world = World::seeded();
    for change in ["is_active = 0", "email_verified_at = NULL", "locked_until = 9999999999999", "password_hash = NULL", "deleted_at = 1"] {
        world.arrange(&format!(
            "UPDATE customer_users SET is_active = 1, email_verified_at = 1, locked_until = NULL, deleted_at = NULL, {change} WHERE email = '{BUYER}'"
        ));
        world.try_login(BUYER, PASSWORD).is(401, "Invalid email or password");
        world.advance_seconds(61);
    }
}

#[test]
fn a_weaker_hash_is_replaced_at_the_next_login() {
    let world = World::with_real_hashes();
    world.seed();
    let cheap = World::seeded();
    let weak = cheap.value(&format!("SELECT password_hash FROM customer_users WHERE email = '{BUYER}'"));
    world.arrange(&format!("UPDATE customer_users SET password_hash = '{}' WHERE email = '{BUYER}'", weak.as_str().unwrap()));
    world.login(BUYER);
    let now = world.value(&format!("SELECT password_hash FROM customer_users WHERE email = '{BUYER}'"));
    assert!(now.as_str().unwrap().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{now}");
    world.login(BUYER);
}

#[test]
fn a_session_remembers_where_it_was_opened() {
    let world = World::seeded();
    let req = world.login_request(BUYER, PASSWORD).header("user-agent", "A browser").ip("203.0.113.7");
    let jar = Jar::of(&world.send(req));
    let session = get(&world, "/portal/sessions", &jar).json()["sessions"][0].clone();
    assert_eq!((session["ipAddress"].as_str(), session["userAgent"].as_str()), (Some("203.0.113.7"), Some("A browser")));
}

/// C1: nobody brings a session along to a login.
#[test]
fn a_planted_session_is_not_taken_over() {
    let world = World::seeded();
    let planted = Jar([("customer_session_token".into(), "planted".into()), ("customer_auth_token".into(), "planted".into())].into());
    let res = world.send(world.login_request(BUYER, PASSWORD).jar(&planted));
    let jar = Jar::of(&res);
    assert_ne!(jar.get("customer_session_token"), "planted");
    assert_eq!(jar.get("customer_session_token").len(), 43);
    let again = Jar::of(&world.send(world.login_request(BUYER, PASSWORD).jar(&jar)));
    assert_ne!(again.get("customer_session_token"), jar.get("customer_session_token"));
}

#[test]
fn many_grants_stay_out_of_the_token_and_the_check_route_still_knows_them() {
    let world = World::seeded();
    let features: Vec<String> = (0..200).map(|n| format!("area{n}.something.long.to.do")).collect();
    world.arrange(&format!("UPDATE customer_role_acls SET features_json = '{}'", json!(features)));
    let res = world.try_login(BUYER, PASSWORD);
    let jar = Jar::of(&res);
    assert!(jar.get("customer_auth_token").len() < 3_072);
    let claims = portcullis_tests::cases::claims(jar.get("customer_auth_token"));
    assert_eq!((&claims["featuresOmitted"], claims.get("resolvedFeatures")), (&json!(true), None));
    assert_eq!(res.json()["resolvedFeatures"], json!(features));
    let checked = super::post(&world, "/portal/feature-check", &jar, json!({"features": [features[199], "other"]}));
    assert_eq!(checked.json()["granted"], json!([features[199]]));
}

#[test]
fn a_one_time_password_opens_a_session_that_may_only_change_it() {
    let world = World::seeded();
    world.arrange(&format!("UPDATE customer_users SET must_change_password = 1 WHERE email = '{BUYER}'"));
    let res = world.try_login(BUYER, PASSWORD);
    assert_eq!(res.ok(200).json()["mustChangePassword"], true);
    let jar = Jar::of(&res);
    let refused = profile(&world, &jar);
    refused.is(403, "Please change your one-time password first.");
    assert_eq!(refused.json()["code"], "PASSWORD_CHANGE_REQUIRED");
    let changed = world.send(portcullis_tests::cases::change_password(PASSWORD).jar(&jar));
    profile(&world, &Jar::of(changed.ok(200))).ok(200);
}
