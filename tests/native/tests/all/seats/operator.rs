//! Routes of the platform want both halves: an operator's token, and a role of the platform at this moment.

use portcullis_core::{
    domain::{
        id::{Id, User},
        realm::Realm,
    },
    jose::claims::Audience,
    routes::{Guard, ROUTES, Route},
};
use portcullis_tests::{
    Jar, Req, Res, World,
    cases::{self, claims},
    people::PASSWORD,
    staff::{SUPERADMIN, login_request},
};
use serde_json::{Value, json};

fn audience(jar: &Jar) -> Value {
    claims(jar.get("auth_token"))["aud"].clone()
}

fn operator(world: &World) -> (Id<User>, Jar) {
    let user = world.colleague(world.acme().tenant, "operator@acme.com");
    world.join(user, world.acme().whole_tenant(), world.seeded_role("operator"));
    (user, Jar::of(world.send(login_request("operator@acme.com", PASSWORD)).ok(200)))
}

#[test]
fn tokens_of_the_platforms_staff_carry_a_second_audience_and_no_others_do() {
    let world = World::seeded();
    let both = json!(["staff", "operator"]);
    let (user, mut jar) = operator(&world);
    assert_eq!((audience(&jar), audience(&world.staff_login(SUPERADMIN))), (both.clone(), both.clone()));
    assert_eq!(audience(&world.staff_login(portcullis_tests::staff::ADMIN)), "staff");
    // A refresh says what is true now.
    let refresh =
        |jar: &Jar| Jar::of(world.send(Req::post("/api/auth/session/refresh").json(json!({"refreshToken": jar.get("session_token")}))).ok(200));
    assert_eq!(audience(&refresh(&jar)), both);
    world.join(user, world.acme().whole_tenant(), world.seeded_role("admin"));
    world.arrange(&format!("UPDATE staff_memberships SET deleted_at = 1 WHERE user_id = '{user}' AND role_id = '{}'", world.seeded_role("operator")));
    assert_eq!(audience(&refresh(&jar)), "staff");
    // And so does a switch.
    jar.absorb(world.send(Req::post("/api/auth/switch").jar(&jar).json(json!({"organizationId": world.acme().organization}))).ok(200));
    assert_eq!(audience(&jar), "staff");
    // A one-time password opens nothing of the platform.
    world.arrange(&format!("UPDATE staff_users SET must_change_password = 1 WHERE email = '{SUPERADMIN}'"));
    assert_eq!(audience(&Jar::of(&world.send(login_request(SUPERADMIN, PASSWORD)))), "staff");
}

/// E3: exactly the two forms we sign.
#[test]
fn no_other_form_of_the_audience_holds() {
    let world = World::seeded();
    let (user, _) = operator(&world);
    let list = |names: &[&str]| Audience::Several(names.iter().map(|name| (*name).to_owned()).collect());
    for (audience, status) in [
        (Audience::of(Realm::Staff, false), 200),
        (Audience::of(Realm::Staff, true), 200),
        (list(&["staff"]), 401),
        (list(&["operator", "staff"]), 401),
        (list(&["operator"]), 401),
        (list(&["staff", "operator", "customer"]), 401),
        (list(&["staff", "staff"]), 401),
        (list(&[]), 401),
        ("operator".into(), 401),
        ("staff operator".into(), 401),
        ("customer".into(), 401),
    ] {
        let jar = world.staff_session_for(user, world.acme().seat(), audience.clone());
        assert_eq!(world.send(Req::get("/api/auth/profile").jar(&jar)).status, status, "{audience:?}");
    }
}

const NOT_YOU: &str = "This is for operators of the platform.";

fn platform_routes() -> Vec<&'static Route> {
    ROUTES.iter().filter(|route| matches!(route.guard, Guard::Operator(_))).collect()
}

/// The typical request of a route, with a token in a cookie, and with the same token as bearer and no cookie.
fn ask(world: &World, route: &Route, jar: &Jar) -> [Res; 2] {
    let req = (cases::of(route).unwrap().good)(world);
    let bearer = req.clone().bearer(jar.get("auth_token"));
    [world.send(req.jar(jar)), world.send(bearer)]
}

/// The database's half alone: a token of before a promotion, or one made for something else.
#[test]
fn a_token_without_the_audience_opens_no_route_of_the_platform() {
    assert!(platform_routes().len() >= 10);
    for route in platform_routes() {
        let world = World::seeded();
        let (acme, user) = (world.acme(), world.value(&format!("SELECT id FROM staff_users WHERE email = '{SUPERADMIN}'")));
        let jar = world.staff_session(Id::parse(user.as_str().unwrap()).unwrap(), acme.seat());
        for res in ask(&world, route, &jar) {
            res.is(403, NOT_YOU);
        }
    }
}

/// The token's half alone: issued before a demotion, and still valid for hours. The features are held all the same.
#[test]
fn a_token_of_before_a_demotion_opens_none_either() {
    for route in platform_routes() {
        let Guard::Operator(feature) = route.guard else { unreachable!() };
        let world = World::seeded();
        let user = world.colleague(world.acme().tenant, "demoted@acme.com");
        world.join(user, world.acme().whole_tenant(), world.staff_role(Some(world.acme().tenant), "local", 800, &[feature]));
        let jar = world.staff_session_for(user, world.acme().seat(), Audience::of(Realm::Staff, true));
        for res in ask(&world, route, &jar) {
            res.is(403, NOT_YOU);
        }
    }
}

/// Both halves, and then the feature: it is missing before anything else is said.
#[test]
fn an_operator_needs_the_feature_too() {
    let world = World::seeded();
    let (_, jar) = operator(&world);
    let create = || Req::post("/api/directory/tenants").json(json!({"name": "New"}));
    let refused = world.send(create().jar(&jar));
    refused.is(403, "Forbidden");
    assert_eq!(refused.json()["requiredFeatures"], json!(["directory.tenants.manage"]));
    world.send(create().jar(&world.staff_login(SUPERADMIN))).ok(201);
    world.send(create().bearer(world.staff_login(SUPERADMIN).get("auth_token"))).ok(201);
}
