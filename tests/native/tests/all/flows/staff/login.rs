//! Signing in to the back office.

use portcullis_tests::{
    Jar, Req, World,
    cases::claims,
    people::{BUYER, PASSWORD},
    staff::{ADMIN, EMPLOYEE, SUPERADMIN, login_request},
};
use serde_json::{Value, json};

use super::{LOGIN, NO_ACCESS, REFUSED, form, id_of, login, logout, profile, refresh};

/// TC-AUTH-001..003, 053: both cookies, remembered or not; a stable answer.
#[test]
fn tc_auth_001_a_login_sets_both_cookies_and_leads_to_the_back_office() {
    let world = World::seeded();
    let res = login(&world, json!({}));
    let body = res.ok(200).json();
    assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["ok", "redirect", "token"]);
    assert_eq!((&body["ok"], &body["redirect"]), (&json!(true), &json!("/backend")));
    let jar = Jar::of(&res);
    assert_eq!(body["token"], jar.get("auth_token"));
    assert!(res.set_cookie("auth_token").unwrap().contains("; Max-Age=28800; HttpOnly; SameSite=lax"));
    assert!(res.set_cookie("session_token").unwrap().contains("; Max-Age=28800; HttpOnly; SameSite=lax"));
    assert!(res.set_cookie("staff_device").unwrap().contains("; HttpOnly"));
    assert_eq!(profile(&world, &jar).ok(200).json(), json!({"email": ADMIN, "name": "Anton Admin", "roles": ["admin"]}));
    for (email, password) in [(ADMIN, "wrong password"), ("nobody@acme.com", PASSWORD)] {
        world.send(login_request(email, password)).is(401, REFUSED);
    }
}

/// The harness of compatible systems reads tenant and organization from the token.
#[test]
fn the_token_names_one_place_and_what_is_held_there() {
    let world = World::seeded();
    let acme = world.acme();
    for (email, role, admin, features) in [
        (SUPERADMIN, "superadmin", true, json!(["*"])),
        (
            ADMIN,
            "admin",
            false,
            json!(["auth.*", "customer_accounts.*", "customers.*", "directory.organizations.*", "directory.merchants.*", "webhooks.*"]),
        ),
        (EMPLOYEE, "employee", false, json!([])),
    ] {
        let jar = world.staff_login(email);
        let claims = claims(jar.get("auth_token"));
        let audience = if admin { json!(["staff", "operator"]) } else { json!("staff") };
        assert_eq!((&claims["aud"], &claims["type"], &claims["email"]), (&audience, &json!("staff"), &json!(email)));
        assert_eq!((&claims["tenantId"], &claims["orgId"]), (&json!(acme.tenant), &json!(acme.organization)));
        assert_eq!((&claims["roles"], &claims["isSuperAdmin"], &claims["resolvedFeatures"]), (&json!([role]), &json!(admin), &features));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 28_800);
        for name in ["sub", "sid", "jti", "iss"] {
            assert!(claims[name].is_string(), "{name}");
        }
    }
}

#[test]
fn forms_work_like_json() {
    let world = World::seeded();
    let tenant = world.acme().tenant.to_string();
    let fields = [("email", ADMIN), ("password", PASSWORD), ("remember", "on"), ("tenantId", ""), ("redirect", "/backend/a?b=c"), ("unknown", "x")];
    let body = world.send(form(&fields)).ok(200).json();
    assert_eq!((&body["redirect"], body["refreshToken"].is_string()), (&json!("/backend/a?b=c"), true));

    let parts = [("email", ADMIN), ("password", PASSWORD), ("tenant", &tenant)]
        .map(|(name, value)| format!("--b0undary\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"))
        .concat();
    let multipart = || Req::post(LOGIN).header("content-type", "multipart/form-data; boundary=b0undary");
    world.send(multipart().bytes(format!("{parts}--b0undary--\r\n"))).ok(200);
    world.send(multipart().bytes(parts)).is(400, REFUSED);
    world.send(form(&[("email", ADMIN), ("password", PASSWORD), ("email", BUYER)])).is(400, REFUSED);
    world.send(form(&[("email", ADMIN)])).is(400, REFUSED);
    world.send(Req::post(LOGIN).header("content-type", "text/plain").bytes("email=x")).ok(415);
    world.send(Req::post(LOGIN).header("content-type", "application/json").bytes("{")).is(400, REFUSED);
    // Forms are for the routes that say so.
    let elsewhere = Req::post("/api/auth/session/refresh").header("content-type", "application/x-www-form-urlencoded").bytes("refreshToken=x");
    world.send(elsewhere).ok(415);
}

#[test]
fn a_form_of_another_site_is_refused() {
    let world = World::seeded();
    world.send(form(&[("email", ADMIN), ("password", PASSWORD)]).header("origin", "https://evil.example")).ok(403);
    world.send(form(&[("email", ADMIN), ("password", PASSWORD)]).header("sec-fetch-site", "cross-site")).ok(403);
}

#[test]
fn the_guides_name_for_it_works_too() {
    let world = World::seeded();
    world.send(Req::post("/api/auth/session").json(json!({"email": ADMIN, "password": PASSWORD}))).ok(200);
    assert_eq!(world.send(Req::get("/api/auth/session")).status, 405);
}

#[test]
fn bodies_that_do_not_fit_say_no_more_than_a_wrong_password() {
    let world = World::seeded();
    for body in [
        json!({}),
        json!([]),
        json!({"email": ADMIN}),
        json!({"email": "no", "password": PASSWORD}),
        json!({"email": ADMIN, "password": "short"}),
        json!({"email": ADMIN, "password": "x".repeat(257)}),
        json!({"email": ADMIN, "password": PASSWORD, "tenantId": "acme"}),
    ] {
        let hashes = world.hasher.count.get();
        let res = world.send(Req::post(LOGIN).json(&body));
        res.is(400, REFUSED);
        assert_eq!((res.json().get("details"), world.hasher.count.get()), (None, hashes));
    }
}

/// TC-AUTH-021, 026.
#[test]
fn tc_auth_021_redirects_stay_at_home() {
    let world = World::seeded();
    for (wanted, given) in [
        ("/backend/customers", "/backend/customers"),
        ("http://127.0.0.1:8787/backend/x", "/backend/x"),
        ("https://evil.example/", "/backend"),
        ("//evil.example", "/backend"),
        ("/\\evil.example", "/backend"),
        ("javascript:alert(1)", "/backend"),
        ("", "/backend"),
    ] {
        assert_eq!(login(&world, json!({"redirect": wanted})).ok(200).json()["redirect"], given, "{wanted}");
    }
}

#[test]
fn an_address_of_two_tenants_needs_its_tenant_named() {
    let world = World::seeded();
    login(&world, json!({})).ok(200);
    let globex = world.found("globex");
    world.arrange(&format!(
        "INSERT INTO staff_users (id, tenant_id, email, email_hash, created_at) \
         SELECT '0190f5fe-7c00-7a00-8000-0000000000b1', '{}', email, email_hash, 1 FROM staff_users WHERE email = '{ADMIN}'",
        globex.tenant
    ));
    login(&world, json!({})).is(401, REFUSED);
    login(&world, json!({"tenantId": globex.tenant})).is(401, REFUSED);
    login(&world, json!({"tenantId": world.acme().tenant})).ok(200);
    login(&world, json!({"tenant": world.acme().tenant})).ok(200);
    world.arrange(&format!("UPDATE staff_users SET deleted_at = 1 WHERE tenant_id = '{}'", globex.tenant));
    login(&world, json!({})).ok(200);
}

#[test]
fn a_role_that_is_asked_for_has_to_be_held() {
    let world = World::seeded();
    for (field, role, status) in
        [("requireRole", "admin", 200), ("role", "ADMIN", 200), ("requireRole", "employee, admin", 200), ("requireRole", "superadmin", 403)]
    {
        let before = world.count("staff_user_sessions");
        let res = login(&world, json!({ field: role }));
        assert_eq!(res.status, status, "{role}");
        if status == 403 {
            res.is(403, NO_ACCESS);
            assert_eq!(world.count("staff_user_sessions"), before, "no session");
            assert_eq!(res.set_cookie("auth_token"), None);
        }
    }
    // Who has not proven the password learns nothing of roles.
    login(&world, json!({"requireRole": "superadmin", "password": "wrong password"})).is(401, REFUSED);
}

#[test]
fn somebody_without_a_membership_has_no_access() {
    let world = World::seeded();
    let jar = world.staff_login(EMPLOYEE);
    world.arrange(&format!("UPDATE staff_memberships SET deleted_at = 1 WHERE user_id = '{}'", id_of(&world, EMPLOYEE)));
    world.send(login_request(EMPLOYEE, PASSWORD)).is(403, NO_ACCESS);
    world.send(login_request(EMPLOYEE, "wrong password")).is(401, REFUSED);
    profile(&world, &jar).is(403, NO_ACCESS);
    refresh(&world, jar.get("session_token")).is(401, "Invalid or expired refresh token");
    assert_eq!(world.count("audit_log WHERE action = 'login.failed' AND detail LIKE '%no_access%'"), 1);
}

#[test]
fn suspension_stops_everybody_but_the_platform() {
    let world = World::seeded();
    let (admin, platform) = (world.staff_login(ADMIN), world.staff_login(SUPERADMIN));
    for suspend in ["UPDATE tenants SET is_active = 0", "UPDATE tenants SET is_active = 1; UPDATE organizations SET is_active = 0"] {
        world.arrange(suspend);
        assert_eq!(profile(&world, &admin).ok(403).json()["code"], "tenant_suspended");
        refresh(&world, admin.get("session_token")).is(401, "Invalid or expired refresh token");
        profile(&world, &platform).ok(200);
        world.send(login_request(SUPERADMIN, PASSWORD)).ok(200);
        world.advance_seconds(61);
    }
    world.arrange("UPDATE tenants SET is_active = 0");
    login(&world, json!({})).is(401, REFUSED);
    let hashes = world.hasher.count.get();
    assert_eq!(login(&world, json!({"tenantId": world.acme().tenant})).ok(403).json()["code"], "tenant_suspended");
    assert_eq!(world.hasher.count.get(), hashes);
}

#[test]
fn a_one_time_password_opens_a_session_for_nothing_else() {
    let world = World::seeded();
    world.arrange(&format!("UPDATE staff_users SET must_change_password = 1 WHERE email = '{ADMIN}'"));
    let res = login(&world, json!({}));
    assert_eq!(res.ok(200).json()["mustChangePassword"], true);
    assert_eq!(profile(&world, &Jar::of(&res)).ok(403).json()["code"], "PASSWORD_CHANGE_REQUIRED");
    logout(&world, &Jar::of(&res)).ok(307);
}

#[test]
fn sign_ins_leave_a_trail_and_events() {
    let world = World::seeded();
    login(&world, json!({"password": "wrong password"})).ok(401);
    login(&world, json!({})).ok(200);
    world.send(login_request("nobody@acme.com", PASSWORD)).ok(401);
    let trail = world.rows("SELECT action, outcome, realm, actor_kind FROM audit_log WHERE action LIKE 'login.%' ORDER BY seq");
    assert_eq!(
        trail,
        [
            json!({"action": "login.failed", "outcome": "failure", "realm": "staff", "actor_kind": "anonymous"}),
            json!({"action": "login.success", "outcome": "success", "realm": "staff", "actor_kind": "staff"}),
        ]
    );
    let acme = world.acme();
    let payload = |name: &str| -> Value {
        serde_json::from_str(world.value(&format!("SELECT payload FROM event_outbox WHERE name = '{name}'")).as_str().unwrap()).unwrap()
    };
    assert_eq!(payload("auth.login.failed"), json!({"email": ADMIN, "reason": "invalid_password"}));
    assert_eq!(
        payload("auth.login.success"),
        json!({"id": id_of(&world, ADMIN), "email": ADMIN, "tenantId": acme.tenant, "organizationId": acme.organization})
    );
}

/// A5 for staff: the same statements and one hash, whoever was asked for.
#[test]
fn every_failed_login_does_the_same_work_and_says_the_same() {
    let attempt = |change: &str, body: Value| {
        let world = World::seeded();
        if !change.is_empty() {
            world.arrange(&format!("UPDATE staff_users SET {change} WHERE email = '{ADMIN}'"));
        }
        world.database.take_calls();
        let hashes = world.hasher.count.get();
        let (res, _) = world.send_only(Req::post(LOGIN).json(body));
        let mut said = res.json();
        said["requestId"] = Value::Null;
        (format!("{:?}", world.database.take_calls()), world.hasher.count.get() - hashes, res.status, said, res.spent())
    };
    let wrong = attempt("", json!({"email": ADMIN, "password": "wrong password"}));
    assert_eq!((wrong.1, wrong.2, wrong.4.d1, wrong.4.limiter), (1, 401, 2, 2));
    for (what, change, email) in [
        ("unknown", "", "nobody@acme.com"),
        ("locked", "locked_until = 9999999999999", ADMIN),
        ("inactive", "is_active = 0", ADMIN),
        ("without a password", "password_hash = NULL", ADMIN),
        ("deleted", "deleted_at = 1", ADMIN),
    ] {
        assert_eq!(attempt(change, json!({"email": email, "password": PASSWORD})), wrong, "{what}");
    }
}
