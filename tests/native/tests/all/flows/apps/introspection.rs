//! RFC 7662: what an app learns of a token it was shown, and what nobody else does.

use base64ct::{Base64, Encoding};
use portcullis_tests::{
    Jar, Req, Res, World,
    cases::{AUDIENCE, add_credential, make_app},
    people::BUYER,
    staff::ADMIN,
};
use serde_json::json;

const SECRET: &str = "a-secret-of-an-app";
const OTHER_APP: &str = "0190f5fe-7c00-7a00-8000-0000000000b1";

fn form(body: &str) -> Req {
    Req::post("/api/introspect").header("content-type", "application/x-www-form-urlencoded").bytes(body)
}

fn basic(req: Req, id: &str, secret: &str) -> Req {
    req.header("authorization", &format!("Basic {}", Base64::encode_string(format!("{id}:{secret}").as_bytes())))
}

fn ask(world: &World, token: &str) -> Res {
    let app = world.value(&format!("SELECT id FROM apps WHERE audience = '{AUDIENCE}'")).as_str().unwrap().to_owned();
    world.send(basic(form(&format!("token={token}&token_type_hint=access_token")), &app, SECRET))
}

fn mint(world: &World, path: &str, jar: &Jar, audience: &str) -> String {
    let res = world.send(Req::post(path).jar(jar).json(json!({"audience": audience})));
    res.ok(200).json()["accessToken"].as_str().unwrap().to_owned()
}

fn scene() -> (World, Jar, String) {
    let world = World::seeded();
    make_app(&world);
    add_credential(&world, SECRET);
    let jar = world.login(BUYER);
    let token = mint(&world, "/api/customer_accounts/portal/app-token", &jar, AUDIENCE);
    (world, jar, token)
}

fn is_active(res: &Res) -> bool {
    res.ok(200).json()["active"] == json!(true)
}

#[test]
fn a_live_token_is_told_about_as_things_are_now() {
    let (world, _, token) = scene();
    let said = ask(&world, &token);
    assert_eq!((said.spent().d1, said.header("cache-control")), (1, Some("no-store")));
    let said = said.ok(200).json();
    assert_eq!(
        (&said["active"], &said["username"], &said["aud"], &said["realm"]),
        (&json!(true), &json!(BUYER), &json!(AUDIENCE), &json!("customer"))
    );
    assert_eq!((&said["resolvedFeatures"], &said["roles"]), (&json!(["portal.orders.*"]), &json!(["buyer"])));
    world.arrange("UPDATE customer_role_acls SET features_json = '[\"portal.orders.view\"]'");
    assert_eq!(ask(&world, &token).json()["resolvedFeatures"], json!(["portal.orders.view"]));
    let staff = mint(&world, "/api/auth/app-token", &world.staff_login(ADMIN), AUDIENCE);
    let said = ask(&world, &staff).ok(200).json();
    assert_eq!((&said["realm"], &said["resolvedFeatures"], &said["isSuperAdmin"]), (&json!("staff"), &json!(["auth.users.list"]), &json!(false)));
    world.arrange("UPDATE staff_role_acls SET features_json = '[\"auth.*\"]'");
}

#[test]
fn what_ended_a_moment_ago_is_inactive() {
    for end in [
        "UPDATE customer_user_sessions SET deleted_at = 1",
        "UPDATE customer_users SET is_active = 0",
        "UPDATE customer_users SET sessions_revoked_at = 9999999999999",
        "UPDATE customer_users SET must_change_password = 1",
        "UPDATE tenants SET is_active = 0",
        "UPDATE apps SET customers = 0",
    ] {
        let (world, _, token) = scene();
        assert!(is_active(&ask(&world, &token)));
        world.arrange(end);
        let res = ask(&world, &token);
        assert_eq!(res.ok(200).json(), json!({"active": false}), "{end}");
    }
    let (world, _, token) = scene();
    world.advance_seconds(600 + 60);
    assert!(!is_active(&ask(&world, &token)), "expired");
}

#[test]
fn tokens_for_others_and_no_tokens_are_inactive() {
    let (world, jar, token) = scene();
    let tenant = world.acme().tenant;
    world.arrange(&format!(
        "INSERT INTO apps (id, tenant_id, name, audience, customers, staff, created_at) VALUES ('{OTHER_APP}', '{tenant}', 'Other', 'other', 1, 1, 1)"
    ));
    let theirs = mint(&world, "/api/customer_accounts/portal/app-token", &jar, "other");
    let (head, _) = token.rsplit_once('.').unwrap();
    for other in [
        theirs.as_str(),
        jar.get("customer_auth_token"),
        jar.get("customer_session_token"),
        "x",
        "a.b.c",
        &format!("{head}.AAAA"),
        &"x".repeat(9_000),
    ] {
        let res = ask(&world, other);
        assert_eq!(res.ok(200).json(), json!({"active": false}), "{other}");
    }
}

#[test]
fn an_app_proves_itself_in_one_of_two_ways() {
    let (world, _, token) = scene();
    let app = world.value("SELECT id FROM apps").as_str().unwrap().to_owned();
    assert!(is_active(&world.send(form(&format!("token={token}&client_id={app}&client_secret={SECRET}")))));
    let body = format!("token={token}");
    for req in [
        form(&body),
        basic(form(&body), &app, "wrong"),
        basic(form(&body), OTHER_APP, SECRET),
        basic(form(&body), "nonsense", SECRET),
        form(&body).header("authorization", "Basic !!!"),
        form(&body).header("authorization", "Bearer x"),
        form(&format!("{body}&client_id={app}")),
        form(&format!("{body}&client_id={app}&client_secret=wrong")),
    ] {
        let res = world.send(req);
        res.is(401, "invalid_client");
        assert!(res.header("www-authenticate").is_some_and(|value| value.starts_with("Basic ")));
    }
    world.send(basic(form(&format!("{body}&client_id={app}&client_secret={SECRET}")), &app, SECRET)).is(400, "invalid_request");
    world.send(basic(form("token_type_hint=x"), &app, SECRET)).is(400, "invalid_request");
    for change in ["UPDATE app_credentials SET revoked_at = 1", "UPDATE app_credentials SET revoked_at = NULL; UPDATE apps SET is_active = 0"] {
        world.arrange(change);
        world.send(basic(form(&body), &app, SECRET)).is(401, "invalid_client");
    }
}

#[test]
fn an_apps_limit_is_spent_by_nobody_else() {
    let world = World::seeded_with(&[("RATE_LIMIT_INTROSPECT_POINTS", "3")]);
    let app = make_app(&world);
    add_credential(&world, SECRET);
    for _ in 0..10 {
        world.send(basic(form("token=x"), app, "wrong")).ok(401);
    }
    for _ in 0..3 {
        world.send(basic(form("token=x"), app, SECRET)).ok(200);
    }
    world.send(basic(form("token=x"), app, SECRET)).ok(429);
}
