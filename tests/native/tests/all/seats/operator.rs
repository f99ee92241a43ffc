//! Routes of the platform want both halves: an operator's token, and a role of the platform at this moment.

use portcullis_core::{
    domain::{
        id::{Id, User},
        realm::Realm,
    },
    jose::claims::Audience,
};
use portcullis_tests::{
    Jar, Req, World,
    cases::claims,
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
