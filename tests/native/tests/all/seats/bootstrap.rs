//! The first administrator of a deployment.

use portcullis_tests::{Jar, Req, Res, World, cases::claims, staff::login_request, world::BOOTSTRAP_SECRET as SECRET};
use serde_json::{Value, json};

const EMAIL: &str = "root@id.example.com";
const PASSPHRASE: &str = "a long and quiet phrase";
const REFUSED: &str = "Bootstrapping is closed, or the secret is wrong.";

fn empty() -> World {
    World::new()
}

/// A deployment that has no secret, or has it no more.
fn without() -> World {
    World::with(&[("BOOTSTRAP_SECRET", "")])
}

fn bootstrap(world: &World, more: Value) -> Res {
    let mut body = json!({"secret": SECRET, "email": EMAIL, "password": PASSPHRASE, "displayName": "Root"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.send(Req::post("/api/auth/bootstrap").json(body))
}

fn health(world: &World) -> Value {
    world.send(Req::get("/api/health")).ok(200).json()["bootstrap"].clone()
}

#[test]
fn the_secret_makes_the_first_super_admin_and_a_place_to_be_at_home_once() {
    let world = empty();
    assert_eq!(health(&world), "open");
    let made = bootstrap(&world, json!({"tenantName": "Acme", "organizationName": "Acme Ltd.", "organizationSlug": "admin"}));
    let made = made.ok(201).json();
    let login = world.send(login_request(EMAIL, PASSPHRASE));
    let jar = Jar::of(login.ok(200));
    let token = claims(jar.get("auth_token"));
    assert_eq!(
        (&token["isSuperAdmin"], &token["aud"], &token["tenantId"], &token["orgId"]),
        (&json!(true), &json!(["staff", "operator"]), &made["tenantId"], &made["organizationId"])
    );
    let slug = world.value("SELECT slug FROM organizations");
    assert_eq!(slug, "admin-1", "reserved");
    assert_eq!((world.count("staff_roles"), world.count("customer_roles")), (7, 3));
    assert_eq!(world.count("audit_log WHERE action = 'platform.bootstrapped'"), 1);
    assert_eq!(world.count("event_outbox WHERE name = 'auth.platform.bootstrapped'"), 1);

    assert_eq!(health(&world), "closed");
    bootstrap(&world, json!({"email": "second@id.example.com"})).is(403, REFUSED);
    // Not even when nobody is left.
    world.arrange("UPDATE staff_users SET deleted_at = 1");
    bootstrap(&world, json!({"email": "second@id.example.com"})).is(403, REFUSED);
    assert_eq!(world.count("staff_users"), 1);
}

#[test]
fn without_an_organization_the_super_admin_sits_in_the_tenant() {
    let world = empty();
    let made = bootstrap(&world, json!({})).ok(201).json();
    assert_eq!(
        (&made["organizationId"], world.count("organizations"), world.value("SELECT name FROM tenants")),
        (&Value::Null, 0, json!("Platform"))
    );
    world.send(login_request(EMAIL, PASSPHRASE)).ok(200);
}

#[test]
fn what_is_there_already_is_built_on() {
    let world = empty();
    let place = world.found("globex");
    let made = bootstrap(&world, json!({"tenantName": "Ignored", "organizationName": "Ignored"})).ok(201).json();
    assert_eq!((&made["tenantId"], &made["organizationId"]), (&json!(place.tenant), &json!(place.organization)));
    assert_eq!((world.count("tenants"), world.count("organizations")), (1, 1));
}

#[test]
fn a_wrong_secret_costs_and_tells_nothing() {
    let said = |res: &Res| {
        let mut body = res.json();
        body["requestId"] = Value::Null;
        (res.status, body)
    };
    let world = empty();
    let hashes = world.hasher.count.get();
    let wrong = bootstrap(&world, json!({"secret": "wrong"}));
    assert_eq!((wrong.status, wrong.spent().d1, world.hasher.count.get()), (403, 0, hashes));
    // The same where there is no secret at all, and where it is used up.
    assert_eq!(said(&bootstrap(&without(), json!({}))), said(&wrong));
    bootstrap(&world, json!({})).ok(201);
    assert_eq!(said(&bootstrap(&world, json!({}))), said(&wrong));
    assert_eq!(health(&without()), "closed");
}

#[test]
fn a_platform_that_is_governed_is_not_for_the_taking() {
    let world = World::seeded();
    assert_eq!(health(&world), "closed");
    let (users, hashes) = (world.count("staff_users"), world.hasher.count.get());
    bootstrap(&world, json!({})).is(403, REFUSED);
    world.arrange("UPDATE staff_users SET is_active = 0");
    bootstrap(&world, json!({})).is(403, REFUSED);
    assert_eq!((world.count("staff_users"), world.hasher.count.get()), (users, hashes));
}

/// Whoever gets there first is the only one, and the others leave nothing: neither a tenant nor a role.
#[test]
fn of_two_at_once_one_wins_and_the_other_leaves_nothing() {
    const OTHER: &str = "INSERT INTO tenants (id, name, created_at) VALUES ('0190f5fe-7c00-7a00-8000-0000000000a1', 'T', 1); \
        INSERT INTO staff_users (id, tenant_id, email, email_hash, created_at) VALUES ('0190f5fe-7c00-7a00-8000-0000000000b1', '0190f5fe-7c00-7a00-8000-0000000000a1', 'x', 'x', 1);";
    for first in [
        "INSERT INTO bootstrap (id, user_id, used_at) VALUES (1, '0190f5fe-7c00-7a00-8000-0000000000b1', 1)",
        "INSERT INTO staff_user_acls (id, user_id, tenant_id, is_super_admin, created_at) VALUES ('0190f5fe-7c00-7a00-8000-0000000000c1', \
         '0190f5fe-7c00-7a00-8000-0000000000b1', '0190f5fe-7c00-7a00-8000-0000000000a1', 1, 1)",
    ] {
        let world = empty();
        world.database.before_next_write(&format!("{OTHER} {first}"));
        bootstrap(&world, json!({"organizationName": "Mine"})).is(403, REFUSED);
        assert_eq!(
            (world.count("tenants"), world.count("staff_users"), world.count("staff_roles"), world.count("organizations")),
            (1, 1, 0, 0),
            "{first}"
        );
        assert_eq!(world.count("audit_log WHERE action = 'platform.bootstrapped'"), 0);
    }
}

#[test]
fn passwords_are_held_to_the_policy_of_staff_and_tries_are_limited() {
    let world = empty();
    for password in ["short", "password1234", EMAIL] {
        bootstrap(&world, json!({"password": password})).is(400, "Validation failed");
    }
    let knock =
        || world.send(Req::post("/api/auth/bootstrap").ip("192.0.2.7").json(json!({"secret": "guess", "email": EMAIL, "password": PASSPHRASE})));
    for _ in 0..5 {
        knock().is(403, REFUSED);
    }
    assert_eq!(knock().status, 429);
}
