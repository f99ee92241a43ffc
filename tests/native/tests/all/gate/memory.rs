//! What an isolate remembers of tokens it has seen, and that it believes no more for it.

use portcullis_tests::{
    Req, World,
    cases::{claims, edge},
    people::BUYER,
    staff::SUPERADMIN,
};
use serde_json::json;

use super::{ask, buyer, shop, usual};

fn app_token(world: &World, proxy: &str, jar: &portcullis_tests::Jar) -> String {
    ask(world, proxy, "/orders", |req| req.jar(jar)).ok(200).header("x-portcullis-token").unwrap().to_owned()
}

#[test]
fn an_app_gets_one_token_for_half_a_minute_whatever_asks() {
    let world = shop(usual());
    let jar = buyer(&world);
    let first = app_token(&world, "nginx", &jar);
    world.advance_seconds(29);
    assert_eq!(app_token(&world, "caddy", &jar), first);
    world.advance_seconds(1);
    let second = app_token(&world, "nginx", &jar);
    assert_ne!(second, first);
    assert_eq!(claims(&second)["exp"].as_i64().unwrap() - world.now() / 1_000, 600);
    assert_ne!(app_token(&world, "nginx", &buyer(&world)), second, "another session's is its own");
}

#[test]
fn what_the_app_may_hear_of_and_the_key_of_the_day_are_those_of_now() {
    let world = shop(usual());
    let jar = buyer(&world);
    let first = app_token(&world, "nginx", &jar);
    world.arrange("UPDATE apps SET features_json = '[\"portal.orders.view\"]'");
    world.advance_seconds(6);
    let narrower = app_token(&world, "nginx", &jar);
    assert_eq!(claims(&narrower)["resolvedFeatures"], json!(["portal.orders.view"]), "within the bound");
    assert_ne!(first, narrower);
}

/// A key that is removed takes with it the tokens that held a moment ago, and those made of them.
#[test]
fn a_remembered_token_falls_with_its_key() {
    let world = shop(usual());
    world.minute();
    let (jar, root) = (buyer(&world), world.staff_login(SUPERADMIN));
    let check = || world.send(Req::get("/api/check").jar(&jar)).status;
    let made = app_token(&world, "nginx", &jar);
    assert_eq!((check(), check()), (200, 200));
    let kid = world.value("SELECT kid FROM signing_keys WHERE state = 'current'").as_str().unwrap().to_owned();
    world.send(Req::post(&format!("/api/keys/{kid}/remove")).jar(&root).json(json!({"reason": "it leaked"}))).ok(200);
    assert_eq!(check(), 401);
    // The session lives, and buys what the new key signed.
    let res = ask(&world, "nginx", "/orders", |req| req.jar(&jar));
    assert_eq!(res.ok(200).all("set-cookie").count(), 1);
    assert_ne!(res.header("x-portcullis-token").unwrap(), made);
    let bearer = jar.get("customer_auth_token");
    assert_eq!(world.send(edge::asked("nginx", "GET", "/orders").bearer(bearer)).status, 401);
}

/// Times are asked anew: a token that held is refused when it has expired.
#[test]
fn a_remembered_token_expires() {
    let world = World::seeded_with(&[("ACCESS_TOKEN_SECONDS", "60")]);
    let jar = world.login(BUYER);
    let ask = || world.send(Req::get("/api/check").jar(&jar)).status;
    assert_eq!(ask(), 200);
    world.advance_seconds(119);
    assert_eq!(ask(), 200, "within the skew");
    world.advance_seconds(1);
    assert_eq!(ask(), 401);
    assert_eq!(world.send(Req::get("/api/customer_accounts/portal/profile").jar(&jar)).status, 401);
}

/// Roles that a token has no room for are asked for, like features.
#[test]
fn roles_without_room_in_the_token_are_the_databases() {
    let world = shop(usual());
    let acme = world.acme();
    let user = world.user_id(BUYER);
    for n in 0..9 {
        let (id, slug) = (world.id::<()>(), format!("{n}{}", "x".repeat(240)));
        world.arrange(&format!(
            "INSERT INTO customer_roles (id, tenant_id, organization_id, name, slug, created_at) VALUES ('{id}', '{}', '{}', '{slug}', '{slug}', 1); \
             INSERT INTO customer_user_roles (user_id, role_id, created_at) VALUES ('{user}', '{id}', 1)",
            acme.tenant, acme.organization
        ));
    }
    world.advance_seconds(2);
    let jar = buyer(&world);
    let token = jar.get("customer_auth_token");
    assert!(token.len() < 3 * 1_024, "{}", token.len());
    let said = claims(token);
    assert_eq!((said.get("roles"), &said["rolesOmitted"], &said["featuresOmitted"]), (None, &json!(true), &json!(true)));
    let res = ask(&world, "nginx", "/orders", |req| req.jar(&jar));
    let minted = claims(res.ok(200).header("x-portcullis-token").unwrap());
    assert_eq!(minted["rolesOmitted"], json!(true));
    assert_eq!(res.header("x-portcullis-roles"), Some(""), "more than a header takes");
    world.arrange(&format!("DELETE FROM customer_user_roles WHERE user_id = '{user}' AND role_id NOT IN (SELECT id FROM customer_roles WHERE slug = 'buyer' OR slug LIKE '0%')"));
    world.advance_seconds(6);
    let roles = ask(&world, "nginx", "/orders", |req| req.jar(&buyer(&world))).ok(200).header("x-portcullis-roles").unwrap().to_owned();
    assert!(roles.starts_with("buyer,") || roles.ends_with(",buyer"), "{roles}");
}

/// Whoever is let through shows in the app's own log, and whoever is not in ours.
#[test]
fn what_is_granted_from_memory_is_logged_only_where_told_to_and_a_refusal_always() {
    for (every, lines) in [("false", 0), ("true", 1)] {
        let world = World::seeded_with(&[("LOG_EVERY_ANSWER", every)]);
        let jar = world.login(BUYER);
        let check = || world.send(Req::get("/api/check").jar(&jar));
        check().ok(200);
        world.log.0.borrow_mut().clear();
        check().ok(200);
        assert_eq!(world.log.0.borrow().len(), lines, "LOG_EVERY_ANSWER={every}");
        assert_eq!(world.send(Req::get("/api/check").bearer("made.up.token")).status, 401);
        assert_eq!(world.log.0.borrow().len(), lines + 1);
    }
}
