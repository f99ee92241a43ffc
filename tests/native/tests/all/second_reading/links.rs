//! 24, 25: a host of its own shows nobody else's things, and a strange host shows nothing.

use portcullis_tests::{Req, World, people::Place, staff::OWNER};
use serde_json::{Value, json};

use super::{PASSPHRASE, map_host, post, role_in, sign_up_at};
use crate::flows::CA;

const ACMES: &str = "https://portal.acme.test";
const STRANGER: &str = "stranger@globex.example";

fn ask(world: &World, path: &str, place: &Place) {
    world.send(Req::post(&format!("{CA}/{path}")).json(json!({"email": STRANGER, "tenantId": place.tenant}))).ok(200);
}

/// Orders a link of a kind in Globex; the address it was mailed to comes back.
fn order(world: &World, place: &Place, purpose: &str) -> &'static str {
    match purpose {
        "magic_link" => ask(world, "magic-link/request", place),
        "password_reset" => ask(world, "password/reset-request", place),
        "invitation" => {
            let body = json!({"email": "guest@globex.example", "roleIds": [role_in(world, place, "viewer")]});
            post(world, &format!("{CA}/admin/users-invite"), &world.staff(place, "gina", &OWNER), body).ok(201);
            return "guest@globex.example";
        }
        _ => {
            sign_up_at(world, place, "new@globex.example", PASSPHRASE).ok(202);
            return "new@globex.example";
        }
    }
    STRANGER
}

/// 24.
#[test]
fn a_link_of_another_tenant_stays_unused_on_a_tenants_own_host() {
    for (purpose, path, status) in [
        ("magic_link", "magic-link/verify", 200),
        ("email_verification", "email/verify", 200),
        ("password_reset", "password/reset-confirm", 200),
        ("invitation", "invitations/accept", 201),
    ] {
        let world = World::seeded();
        map_host(&world, "portal.acme.test", &world.acme());
        let globex = world.found("globex");
        world.add_user(&globex, STRANGER, "portal_admin");
        let token = world.mailed_token(order(&world, &globex, purpose));
        let open = || Req::post(&format!("{CA}/{path}")).json(json!({"token": token, "password": PASSPHRASE, "displayName": "Guest"}));
        let inspect = || Req::post(&format!("{CA}/links/inspect")).json(json!({"token": token, "purpose": purpose}));
        let before = world.dump(|table| table != "audit_log" && table != "attempt_counters");
        for _ in 0..2 {
            assert_eq!(world.send(open().at(ACMES)).status, 400, "{purpose}");
        }
        assert!(before == world.dump(|table| table != "audit_log" && table != "attempt_counters"), "{purpose} changed something");
        assert_eq!(world.send(inspect().at(ACMES)).status, 400, "{purpose} shows whose it is");
        world.send(inspect()).ok(200);
        world.send(open()).ok(status);
    }
}

/// 25: a page under a name that points here (DNS rebinding) reads no mail and seeds nothing.
#[test]
fn development_routes_answer_under_their_own_name_only() {
    let world = World::seeded();
    world.send(world.signup_request("nina@acme.example", PASSPHRASE)).ok(202);
    for req in [Req::get("/dev/inbox.json"), Req::get("/dev/inbox"), Req::post("/dev/seed")] {
        for origin in ["http://evil.example", "http://evil.example:8787", "http://127.0.0.1.evil.example:8787"] {
            let res = world.send(req.clone().at(origin));
            assert_eq!(res.status, 404, "{} at {origin}", req.request.path);
            assert!(!res.text().contains("token="));
        }
        world.send(req).ok(200);
    }
    // Keys and health are the same under every name.
    world.send(Req::get("/.well-known/jwks.json").at("http://evil.example")).ok(200);
    assert_eq!(world.send(Req::get("/api/health").at("http://evil.example")).ok(200).json()["ok"], Value::Bool(true));
}
