//! Signing keys, discovery and introspection.

use serde_json::json;

use super::{AUDIENCE, Case, case, make_app};
use crate::{Req, World, people::BUYER};

const SECRET: &str = "a-secret-of-an-app";

pub fn of(name: &str) -> Option<Case> {
    Some(match name {
        "list_keys" => case("super", |_| Req::get("/api/keys"), |_| Req::get("/api/keys").bearer("made-up")),
        "rotate_keys" => case("super", rotate, |_| Req::post("/api/keys/rotate")),
        "remove_key" => case("super", remove, |_| Req::post("/api/keys/none/remove").json(json!({"reason": "leaked"}))),
        "discover_server" => {
            case("anonymous", |_| Req::get("/.well-known/oauth-authorization-server"), |_| Req::get("/.well-known/oauth-authorization-server"))
        }
        "introspect_token" => case("anonymous", |w| introspect(w, SECRET), |w| introspect(w, "another secret")),
        _ => return None,
    })
}

/// The first keys, and a waiting one that everybody knows.
fn ready(world: &World) {
    world.minute();
    world.arrange("UPDATE signing_keys SET since = 0 WHERE state = 'next'");
}

fn rotate(world: &World) -> Req {
    ready(world);
    Req::post("/api/keys/rotate")
}

fn remove(world: &World) -> Req {
    ready(world);
    let kid = world.value("SELECT kid FROM signing_keys WHERE state = 'next'");
    Req::post(&format!("/api/keys/{}/remove", kid.as_str().unwrap())).json(json!({"reason": "leaked"}))
}

/// A credential of the app of [`make_app`], by the secret it is made of.
pub fn add_credential(world: &World, secret: &str) {
    let hash = portcullis_core::domain::secret::RawToken::presented(secret).hash();
    let app = world.value("SELECT id FROM apps").as_str().unwrap().to_owned();
    let id = world.id::<portcullis_core::domain::id::Record>();
    world.arrange(&format!("INSERT INTO app_credentials (id, app_id, secret_hash, created_at) VALUES ('{id}', '{app}', '{}', 1)", hash.as_str()));
}

fn introspect(world: &World, secret: &str) -> Req {
    let app = make_app(world);
    add_credential(world, SECRET);
    let jar = world.login(BUYER);
    let minted = world.send(Req::post("/api/customer_accounts/portal/app-token").jar(&jar).json(json!({"audience": AUDIENCE})));
    let token = minted.ok(200).json()["accessToken"].as_str().unwrap().to_owned();
    Req::post("/api/introspect").json(json!({"token": token, "client_id": app, "client_secret": secret}))
}
