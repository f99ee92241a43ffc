//! Tokens for apps: what they say, and that they open nothing of ours.

use portcullis_core::jose::jwk::PublicJwk;
use portcullis_tests::{
    Jar, Req, Res, World,
    cases::{AUDIENCE, claims, make_app},
    people::{ADMIN, BUYER},
    staff::{ADMIN as STAFF_ADMIN, EMPLOYEE, SUPERADMIN},
};
use serde_json::{Value, json};

const CUSTOMER: &str = "/api/customer_accounts/portal/app-token";
const STAFF: &str = "/api/auth/app-token";

fn mint(world: &World, path: &str, jar: &Jar, audience: &str) -> Res {
    world.send(Req::post(path).jar(jar).json(json!({"audience": audience})))
}

fn minted(world: &World, path: &str, jar: &Jar) -> (String, Value) {
    let token = mint(world, path, jar, AUDIENCE).ok(200).json()["accessToken"].as_str().unwrap().to_owned();
    let said = claims(&token);
    (token, said)
}

fn names(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn a_customers_token_says_who_where_and_what_the_app_may_know() {
    let world = World::seeded();
    make_app(&world);
    let buyer = world.login(BUYER);
    let res = mint(&world, CUSTOMER, &buyer, AUDIENCE).ok(200).json();
    assert_eq!((&res["expiresIn"], &res["tokenType"], &res["audience"]), (&json!(600), &json!("Bearer"), &json!(AUDIENCE)));
    let (_, said) = minted(&world, CUSTOMER, &buyer);
    let session = claims(buyer.get("customer_auth_token"));
    assert_eq!(
        names(&said),
        [
            "aud",
            "displayName",
            "email",
            "exp",
            "iat",
            "isPortalAdmin",
            "iss",
            "jti",
            "orgId",
            "realm",
            "resolvedFeatures",
            "roles",
            "sid",
            "sub",
            "tenantId",
            "type"
        ]
    );
    for name in ["iss", "sub", "sid", "tenantId", "orgId", "email", "displayName"] {
        assert_eq!(said[name], session[name], "{name}");
    }
    let now = world.now() / 1_000;
    assert_eq!((&said["aud"], &said["type"], &said["realm"]), (&json!(AUDIENCE), &json!("app"), &json!("customer")));
    assert_eq!((said["iat"].as_i64(), said["exp"].as_i64()), (Some(now), Some(now + 600)));
    assert_eq!((&said["roles"], &said["resolvedFeatures"], &said["isPortalAdmin"]), (&json!(["buyer"]), &json!(["portal.orders.*"]), &json!(false)));
    let (_, admin) = minted(&world, CUSTOMER, &world.login(ADMIN));
    assert_eq!((&admin["resolvedFeatures"], &admin["isPortalAdmin"]), (&json!(["portal.orders.*", "auth.users.list"]), &json!(true)));
}

#[test]
fn a_member_of_staffs_token_says_the_same_of_staff() {
    let world = World::seeded();
    make_app(&world);
    let (_, said) = minted(&world, STAFF, &world.staff_login(STAFF_ADMIN));
    assert_eq!((&said["realm"], &said["roles"], &said["resolvedFeatures"]), (&json!("staff"), &json!(["admin"]), &json!(["auth.users.list"])));
    assert_eq!((&said["isSuperAdmin"], said.get("isPortalAdmin")), (&json!(false), None));
    assert_eq!(minted(&world, STAFF, &world.staff_login(SUPERADMIN)).1["isSuperAdmin"], json!(true));
    world.arrange("UPDATE apps SET admin_claims = 0");
    assert_eq!(minted(&world, STAFF, &world.staff_login(SUPERADMIN)).1.get("isSuperAdmin"), None);
    assert_eq!(minted(&world, STAFF, &world.staff_login(EMPLOYEE)).1["resolvedFeatures"], json!([]));
}

#[test]
fn an_app_that_is_not_theirs_answers_like_one_that_does_not_exist() {
    let world = World::seeded();
    make_app(&world);
    let (buyer, stranger) = (world.login(BUYER), world.persona("stranger").jar);
    mint(&world, CUSTOMER, &buyer, "nobody").is(404, "App not found");
    mint(&world, CUSTOMER, &stranger, AUDIENCE).is(404, "App not found");
    for change in ["customers = 0", "customers = 1, is_active = 0", "is_active = 1, deleted_at = 1"] {
        world.arrange(&format!("UPDATE apps SET {change}"));
        mint(&world, CUSTOMER, &buyer, AUDIENCE).is(404, "App not found");
    }
    world.arrange("UPDATE apps SET deleted_at = NULL, tenant_id = NULL");
    mint(&world, CUSTOMER, &stranger, AUDIENCE).ok(200);
}

/// E3: `aud` is exact. Neither realm's routes take an app token, as bearer or as cookie, the minting routes included.
#[test]
fn an_app_token_opens_nothing_of_ours() {
    let world = World::seeded();
    make_app(&world);
    let (customer, _) = minted(&world, CUSTOMER, &world.login(BUYER));
    let (staff, _) = minted(&world, STAFF, &world.staff_login(STAFF_ADMIN));
    for token in [&customer, &staff] {
        for path in ["/api/customer_accounts/portal/profile", "/api/auth/profile", "/api/apps"] {
            assert_eq!(world.send(Req::get(path).bearer(token)).status, 401, "{path}");
            let jar = Jar([("customer_auth_token".into(), token.clone()), ("auth_token".into(), token.clone())].into());
            assert_eq!(world.send(Req::get(path).jar(&jar)).status, 401, "{path} by cookie");
        }
        for path in [CUSTOMER, STAFF] {
            assert_eq!(world.send(Req::post(path).bearer(token).json(json!({"audience": AUDIENCE}))).status, 401);
        }
    }
}

#[test]
fn a_session_that_has_ended_mints_nothing() {
    let world = World::seeded();
    make_app(&world);
    let buyer = world.login(BUYER);
    world.send(Req::post("/api/customer_accounts/portal/logout").jar(&buyer)).ok(200);
    assert_eq!(mint(&world, CUSTOMER, &buyer, AUDIENCE).status, 401);
    let restricted = world.login(ADMIN);
    world.arrange("UPDATE customer_users SET must_change_password = 1");
    assert_eq!(mint(&world, CUSTOMER, &restricted, AUDIENCE).status, 403);
}

#[test]
fn features_that_do_not_fit_are_left_out() {
    let world = World::seeded();
    make_app(&world);
    let many: Vec<String> = (0..200).map(|n| format!("shop.area-{n:03}.manage")).collect();
    world.arrange(&format!("UPDATE apps SET features_json = '{}'", json!(many)));
    let (token, said) = minted(&world, CUSTOMER, &world.login(ADMIN));
    assert!(token.len() < 3 * 1024 && said["featuresOmitted"] == json!(true) && said.get("resolvedFeatures").is_none());
}

#[test]
fn the_signature_is_of_a_published_key() {
    let world = World::seeded();
    make_app(&world);
    let (token, _) = minted(&world, CUSTOMER, &world.login(BUYER));
    let set = world.send(Req::get("/.well-known/jwks.json")).ok(200).json();
    let unverified = portcullis_core::jose::jwt::Unverified::parse(&token).unwrap();
    let key = set["keys"].as_array().unwrap().iter().filter_map(PublicJwk::parse).find(|key| key.kid == unverified.kid).unwrap();
    let holds = world.with_ports(|ports| portcullis_tests::block_on(ports.signer.verify(&key, unverified.signed().to_vec(), unverified.signature)));
    assert_eq!(holds, Ok(true));
}
