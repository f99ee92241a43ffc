//! What is mailed: magic links, resets, invitations.

use serde_json::json;

use super::{Case, case};
use crate::{
    Req, World,
    people::{ADMIN, BUYER},
};

const CA: &str = "/api/customer_accounts";

pub fn of(name: &str) -> Option<Case> {
    Some(match name {
        "request_magic_link" => case("anonymous", |w| ask(w, "magic-link/request"), |_| post("magic-link/request", json!({}))),
        "verify_magic_link" => case(
            "anonymous",
            |w| {
                w.send(ask(w, "magic-link/request")).ok(200);
                post("magic-link/verify", json!({"token": w.mailed_token(BUYER)}))
            },
            |_| post("magic-link/verify", json!({"token": "made-up"})),
        ),
        "request_password_reset" => case("anonymous", |w| ask(w, "password/reset-request"), |_| post("password/reset-request", json!({}))),
        "confirm_password_reset" => case(
            "anonymous",
            |w| {
                w.send(ask(w, "password/reset-request")).ok(200);
                post("password/reset-confirm", json!({"token": w.mailed_token(BUYER), "password": "another fine passphrase"}))
            },
            |_| post("password/reset-confirm", json!({"token": "made-up", "password": "another fine passphrase"})),
        ),
        "inspect_link" => case(
            "anonymous",
            |w| {
                w.send(ask(w, "magic-link/request")).ok(200);
                post("links/inspect", json!({"token": w.mailed_token(BUYER), "purpose": "magic_link"}))
            },
            |_| post("links/inspect", json!({"token": "made-up", "purpose": "magic_link"})),
        ),
        "accept_invitation" => case(
            "anonymous",
            |w| {
                let token = invited(w, "guest@acme.example");
                post("invitations/accept", json!({"token": token, "password": "a fine passphrase", "displayName": "Guest"}))
            },
            |_| post("invitations/accept", json!({"token": "made-up", "password": "a fine passphrase", "displayName": "Guest"})),
        ),
        _ => return None,
    })
}

fn post(path: &str, body: serde_json::Value) -> Req {
    Req::post(&format!("{CA}/{path}")).json(body)
}

/// The seeded buyer asks for a link.
fn ask(world: &World, path: &str) -> Req {
    post(path, json!({"email": BUYER, "tenantId": world.acme().tenant}))
}

/// Invites an address as the seeded administrator; the mailed token comes back.
pub fn invited(world: &World, email: &str) -> String {
    let admin = world.login(ADMIN);
    world.send(super::portal::invite(world, email).jar(&admin)).ok(201);
    world.mailed_token(email)
}
