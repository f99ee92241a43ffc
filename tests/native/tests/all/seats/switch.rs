//! Moving a session to another place, and losing the place it sits in.

use portcullis_core::domain::id::{Id, User};
use portcullis_tests::{
    Jar, Req, Res, World,
    cases::claims,
    people::{PASSWORD, Place},
    staff::{ADMIN, SUPERADMIN, login_request},
};
use serde_json::{Value, json};

const FOREIGN: &str = "Not authorized to target this organization.";
const NOBODYS: &str = "0190f5fe-7c00-7a00-8000-000000000001";

fn switch(world: &World, jar: &Jar, body: Value) -> Res {
    world.send(Req::post("/api/auth/switch").jar(jar).json(body))
}

fn places(world: &World, jar: &Jar) -> Value {
    world.send(Req::get("/api/auth/memberships").jar(jar)).ok(200).json()
}

fn profile(world: &World, jar: &Jar) -> Res {
    world.send(Req::get("/api/auth/profile").jar(jar))
}

/// A member of Acme's organization and of Globex's, signed in.
fn commuter(world: &World, globex: &Place) -> (Id<User>, Jar) {
    let acme = world.acme();
    let user = world.colleague(acme.tenant, "commuter@acme.com");
    world.join(user, acme.seat(), world.staff_role(Some(acme.tenant), "reader", 400, &["a.b"]));
    world.join(user, globex.seat(), world.staff_role(Some(globex.tenant), "writer", 500, &["c.d"]));
    let res = world.send(login_request("commuter@acme.com", PASSWORD));
    (user, Jar::of(res.ok(200)))
}

#[test]
fn a_switch_moves_the_session_and_the_older_token_is_void() {
    let world = World::seeded();
    let globex = world.found("globex");
    let (user, mut jar) = commuter(&world, &globex);
    let old = jar.clone();
    let listed = places(&world, &jar);
    let short = |item: &Value| (item["tenantName"].clone(), item["role"]["slug"].clone(), item["isCurrent"].clone(), item["isOpen"].clone());
    let listed: Vec<_> = listed["items"].as_array().unwrap().iter().map(short).collect();
    assert_eq!(listed, [(json!("Acme"), json!("reader"), json!(true), json!(true)), (json!("globex"), json!("writer"), json!(false), json!(true))]);

    let res = switch(&world, &jar, json!({"organizationId": globex.organization}));
    let body = res.ok(200).json();
    assert_eq!((&body["tenantId"], &body["organizationId"]), (&json!(globex.tenant), &json!(globex.organization)));
    assert!(res.set_cookie("session_token").is_none());
    jar.absorb(&res);
    assert_eq!(body["token"], jar.get("auth_token"));
    let token = claims(jar.get("auth_token"));
    assert_eq!(
        (&token["tenantId"], &token["orgId"], &token["resolvedFeatures"]),
        (&json!(globex.tenant), &json!(globex.organization), &json!(["c.d"]))
    );
    profile(&world, &jar).ok(200);
    profile(&world, &Jar([("auth_token".into(), old.get("auth_token").into())].into())).is(401, "Unauthorized");
    assert_eq!(places(&world, &jar)["tenantId"], json!(globex.tenant));
    // Refresh keeps the seat.
    let refreshed = world.send(Req::post("/api/auth/session/refresh").json(json!({"refreshToken": jar.get("session_token")})));
    assert_eq!(claims(refreshed.ok(200).json()["accessToken"].as_str().unwrap())["orgId"], json!(globex.organization));
    let trail = world.value("SELECT detail FROM audit_log WHERE action = 'session.switched'");
    assert!(trail.as_str().unwrap().contains(&world.acme().organization.to_string()), "{trail}");
    assert_eq!(world.count(&format!("event_outbox WHERE name = 'auth.session.switched' AND payload LIKE '%{user}%'")), 1);
    assert_eq!(res.spent().d1, 3);
}

/// A request that was on its way while the session moved comes back late: its answer must not take the cookies that the
/// browser holds by then.
#[test]
fn a_token_of_a_place_that_was_left_opens_nothing_and_signs_nobody_out() {
    let world = World::seeded();
    let globex = world.found("globex");
    let (_, mut jar) = commuter(&world, &globex);
    let old = jar.clone();
    jar.absorb(&switch(&world, &jar, json!({"organizationId": globex.organization})));
    let stale = [
        Req::get("/api/auth/profile"),
        Req::get("/api/auth/memberships"),
        Req::post("/api/auth/switch").json(json!({"organizationId": globex.organization})),
        Req::put("/api/auth/profile").json(json!({"email": "else@acme.com"})),
        Req::get("/api/auth/profile").header("x-organization-id", &globex.organization.to_string()),
    ];
    for req in stale {
        let res = world.send(req.jar(&old));
        assert_eq!(res.is(401, "Unauthorized").json()["reason"], "moved");
        assert_eq!(res.all("set-cookie").count(), 0, "what the browser holds is newer than what was judged");
        assert_eq!(res.spent().d1, 1);
        jar.absorb(&res);
    }
    profile(&world, &jar).ok(200);
    world.send(Req::post("/api/auth/session/refresh").json(json!({"refreshToken": jar.get("session_token")}))).ok(200);
    // Back where it came from, the token names the place again; once the session is over, it is over from everywhere.
    world.arrange("UPDATE staff_user_sessions SET deleted_at = 1");
    let res = profile(&world, &old);
    assert_eq!(res.is(401, "Unauthorized").json().get("reason"), None);
    assert_eq!(res.all("set-cookie").count(), 2, "a session that is over is forgotten");
}

#[test]
fn a_tenant_by_itself_means_the_place_a_sign_in_would_choose() {
    let world = World::seeded();
    let globex = world.found("globex");
    world.advance(1);
    let south = world.organization(globex.tenant, "globex-south", None);
    let (user, jar) = commuter(&world, &globex);
    world.join(user, south.seat(), world.staff_role(Some(globex.tenant), "boss", 650, &[]));
    let body = switch(&world, &jar, json!({"tenantId": globex.tenant})).ok(200).json();
    assert_eq!(body["organizationId"], json!(south.organization), "the highest role there");
    let platform = world.staff_login(SUPERADMIN);
    assert_eq!(
        switch(&world, &platform, json!({"tenantId": globex.tenant})).ok(200).json()["organizationId"],
        json!(globex.organization),
        "the oldest"
    );
}

#[test]
fn nobody_switches_to_where_they_have_no_business() {
    let world = World::seeded();
    let globex = world.found("globex");
    let admin = world.staff_login(ADMIN);
    for body in [
        json!({"organizationId": globex.organization}),
        json!({"tenantId": globex.tenant}),
        json!({"organizationId": NOBODYS}),
        json!({"tenantId": NOBODYS}),
        json!({"organizationId": globex.organization, "tenantId": globex.tenant}),
    ] {
        switch(&world, &admin, body).is(403, FOREIGN);
    }
    for body in [json!({}), json!({"organizationId": "acme"}), json!([])] {
        switch(&world, &admin, body).is(400, "Validation failed");
    }
    profile(&world, &admin).ok(200);
    world.arrange("UPDATE organizations SET is_active = 0");
    assert_eq!(switch(&world, &admin, json!({"organizationId": world.acme().organization})).ok(403).json()["code"], "tenant_suspended");
}

#[test]
fn whoever_loses_a_place_may_go_to_another_and_without_any_is_told_so() {
    let world = World::seeded();
    let globex = world.found("globex");
    let (user, mut jar) = commuter(&world, &globex);
    world.arrange(&format!("UPDATE staff_memberships SET deleted_at = 1 WHERE user_id = '{user}' AND tenant_id = '{}'", world.acme().tenant));
    let lost = profile(&world, &jar);
    assert_eq!((lost.status, lost.json()["code"].clone()), (403, json!("NO_ACCESS")));
    assert_eq!(places(&world, &jar)["items"].as_array().unwrap().len(), 1);
    jar.absorb(switch(&world, &jar, json!({"organizationId": globex.organization})).ok(200));
    profile(&world, &jar).ok(200);
    world.arrange(&format!("UPDATE staff_memberships SET deleted_at = 1 WHERE user_id = '{user}'"));
    assert_eq!(profile(&world, &jar).ok(403).json()["code"], "NO_ACCESS");
    assert_eq!(places(&world, &jar)["items"], json!([]));
    switch(&world, &jar, json!({"organizationId": globex.organization})).is(403, FOREIGN);
    assert_eq!(world.send(login_request("commuter@acme.com", PASSWORD)).ok(403).json()["code"], "NO_ACCESS");
    world.send(Req::post("/api/auth/logout").jar(&jar)).ok(307);
}

/// A suspended place is left like a lost one.
#[test]
fn one_may_leave_a_suspended_place_for_an_open_one() {
    let world = World::seeded();
    let globex = world.found("globex");
    let (_, mut jar) = commuter(&world, &globex);
    world.arrange(&format!("UPDATE tenants SET is_active = 0 WHERE id = '{}'", world.acme().tenant));
    assert_eq!(profile(&world, &jar).ok(403).json()["code"], "tenant_suspended");
    jar.absorb(switch(&world, &jar, json!({"organizationId": globex.organization})).ok(200));
    profile(&world, &jar).ok(200);
}

/// A session that ends while it is being moved does not come back to life.
#[test]
fn a_session_that_ends_meanwhile_does_not_move() {
    let world = World::seeded();
    let globex = world.found("globex");
    let (_, jar) = commuter(&world, &globex);
    world.database.before_next_write("UPDATE staff_user_sessions SET deleted_at = 1");
    let res = switch(&world, &jar, json!({"organizationId": globex.organization}));
    res.is(401, "Unauthorized");
    assert_eq!(world.count("audit_log WHERE action = 'session.switched'"), 0);
}
