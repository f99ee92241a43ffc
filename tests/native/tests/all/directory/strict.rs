//! The named policy `strict`, in both realms.

use portcullis_tests::{
    Jar, Req, Res, World,
    people::{BUYER, PASSWORD},
    staff::{ADMIN, SUPERADMIN, login_request},
};
use serde_json::json;

use super::put;

const HOUR: i64 = 3_600;

fn strict() -> World {
    let world = World::seeded();
    let root = world.staff_login(SUPERADMIN);
    put(&world, &root, "tenants", json!({"id": world.acme().tenant, "policy": "strict"})).ok(200);
    world
}

fn refresh(world: &World, jar: &Jar) -> Res {
    world.send(Req::post("/api/customer_accounts/portal/sessions-refresh").jar(jar))
}

fn remembered(world: &World) -> Res {
    world.send(Req::post("/api/auth/login").json(json!({"email": ADMIN, "password": PASSWORD, "remember": true})))
}

fn bounce(world: &World, jar: &Jar) -> Res {
    world.send(Req::get("/api/auth/session/refresh").jar(jar))
}

/// Whether a bounce went on instead of to the sign-in page.
fn goes_on(res: &Res) -> bool {
    res.header("location") == Some("/")
}

#[test]
fn dir_strict_cookies_stay_at_home() {
    let world = strict();
    let customer = world.try_login(BUYER, PASSWORD);
    let staff = world.send(login_request(ADMIN, PASSWORD));
    let kept = remembered(&world);
    for (res, names) in [
        (&customer, ["customer_auth_token", "customer_session_token", "customer_device"]),
        (&staff, ["auth_token", "session_token", "staff_device"]),
        (&kept, ["auth_token", "session_token", "staff_device"]),
        (&refresh(&world, &Jar::of(&customer)), ["customer_auth_token"; 3]),
        (&bounce(&world, &Jar::of(&staff)), ["auth_token"; 3]),
    ] {
        for name in names {
            assert!(res.set_cookie(name).unwrap().ends_with("SameSite=strict"), "{name}");
        }
    }
    assert!(customer.set_cookie("customer_session_token").unwrap().contains("Max-Age=86400;"));
    assert!(staff.set_cookie("session_token").unwrap().contains("Max-Age=28800;"), "never longer than usual");
    // Somebody else's tenant is as it was.
    let globex = world.found("globex");
    world.add_user(&globex, "gina@globex.example", "buyer");
    let lax = world.try_login("gina@globex.example", PASSWORD);
    assert!(lax.set_cookie("customer_session_token").unwrap().ends_with("SameSite=lax"));
    assert!(lax.set_cookie("customer_session_token").unwrap().contains("Max-Age=2592000;"));
}

/// A day, unless somebody comes back in its last quarter.
#[test]
fn dir_strict_sessions_of_customers_last_a_day() {
    let world = strict();
    let jar = world.login(BUYER);
    world.advance_seconds(17 * HOUR);
    let early = refresh(&world, &jar);
    early.ok(200);
    assert!(early.set_cookie("customer_session_token").unwrap().contains(&format!("Max-Age={};", 7 * HOUR)), "not yet");
    world.advance_seconds(7 * HOUR);
    refresh(&world, &jar).is(401, "Invalid or expired session");

    let jar = world.login(BUYER);
    for _ in 0..3 {
        world.advance_seconds(19 * HOUR);
        let renewed = refresh(&world, &jar);
        renewed.ok(200);
        assert!(renewed.set_cookie("customer_session_token").unwrap().contains("Max-Age=86400;"));
    }
    world.advance_seconds(24 * HOUR);
    refresh(&world, &jar).is(401, "Invalid or expired session");
    refresh(&world, &jar).is(401, "Invalid or expired session");
}

#[test]
fn dir_strict_sessions_of_staff_last_a_day_at_most() {
    let world = strict();
    let jar = Jar::of(&remembered(&world));
    world.advance_seconds(17 * HOUR);
    assert!(goes_on(&bounce(&world, &jar)));
    world.advance_seconds(7 * HOUR);
    assert!(!goes_on(&bounce(&world, &jar)), "not used in its last quarter");

    let jar = Jar::of(&remembered(&world));
    world.advance_seconds(19 * HOUR);
    let renewed = bounce(&world, &jar);
    assert!(goes_on(&renewed) && renewed.set_cookie("session_token").is_some());
    world.advance_seconds(23 * HOUR);
    assert!(goes_on(&bounce(&world, &jar)));

    // A working day stays a working day.
    let jar = world.staff_login(ADMIN);
    world.advance_seconds(7 * HOUR);
    assert!(goes_on(&bounce(&world, &jar)));
    world.advance_seconds(HOUR);
    assert!(!goes_on(&bounce(&world, &jar)));
}

/// Sessions of before are cut to a day after their last use, at once and for good.
#[test]
fn dir_sessions_of_before_become_strict_with_their_tenant() {
    let world = World::seeded();
    let (used, left) = (world.login(BUYER), world.login(BUYER));
    let staff = Jar::of(&remembered(&world));
    let profile = |jar: &Jar| world.send(Req::get("/api/customer_accounts/portal/profile").jar(jar)).status;
    world.arrange("UPDATE tenants SET policy = 'strict'");
    assert_eq!(profile(&used), 200);
    world.advance_seconds(7 * HOUR);
    refresh(&world, &used).ok(200);
    world.advance_seconds(17 * HOUR);
    refresh(&world, &left).is(401, "Invalid or expired session");
    refresh(&world, &left).is(401, "Invalid or expired session");
    assert!(!goes_on(&bounce(&world, &staff)) && !goes_on(&bounce(&world, &staff)));
    let end = world.value("SELECT max(expires_at - last_used_at) FROM customer_user_sessions WHERE last_used_at > created_at");
    assert_eq!(end, 24 * HOUR * 1_000);
}

/// Five tries in a quarter of an hour, for an address that is there and for one that is not.
#[test]
fn dir_strict_tenants_take_five_sign_ins_in_a_quarter_of_an_hour() {
    let world = strict();
    for address in [BUYER, "nobody@acme.example"] {
        let mut seen = Vec::new();
        for n in 0..12 {
            seen.push(world.try_login(address, "wrong password").status);
            // Past every usual window.
            world.advance_seconds(if n < 10 { 61 } else { 15 * 60 });
        }
        assert_eq!(seen, [[401; 5].as_slice(), [429; 6].as_slice(), [401; 1].as_slice()].concat(), "{address}");
    }
    world.advance_seconds(HOUR);
    for _ in 0..8 {
        world.try_login(BUYER, PASSWORD).ok(200);
    }
}

/// The same for staff, with and without the tenant's name; and nobody gains by naming another.
#[test]
fn dir_strict_tenants_take_five_sign_ins_of_staff() {
    let world = strict();
    let (acme, globex) = (world.acme().tenant, world.found("globex").tenant);
    let attempt = |tenant: Option<_>| {
        let mut body = json!({"email": ADMIN, "password": "wrong password"});
        if let Some(tenant) = tenant {
            body["tenantId"] = json!(tenant);
        }
        world.advance_seconds(61);
        world.send(Req::post("/api/auth/login").json(body)).status
    };
    assert_eq!([attempt(Some(acme)), attempt(None), attempt(Some(globex)), attempt(None)], [401; 4]);
    assert_eq!([attempt(Some(acme)), attempt(None)], [401; 2]);
    assert_eq!([attempt(Some(acme)), attempt(None)], [429; 2]);
    assert_eq!(attempt(Some(globex)), 401, "another tenant's own limit");
    world.arrange("UPDATE tenants SET policy = 'default'");
    assert_eq!(attempt(None), 401);
}
