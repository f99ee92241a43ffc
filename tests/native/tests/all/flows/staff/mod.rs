//! Staff signing in and out. `TC-AUTH-…` are the behaviours that compatible systems assert.

mod authority;
mod limits;
mod login;
mod notifications;
mod own_account;
mod password_reset;
mod people;
mod role_acls;
mod role_overrides;
mod role_packs;
mod roles;
mod sessions;
mod user_acl;

use portcullis_tests::{Jar, Req, Res, World, people::PASSWORD, staff::ADMIN};
use serde_json::{Value, json};

const LOGIN: &str = "/api/auth/login";
const REFUSED: &str = "Invalid email or password";
const NO_ACCESS: &str = "You do not have permission to access this area. Please contact your administrator.";

fn login(world: &World, more: Value) -> Res {
    let mut body = json!({"email": ADMIN, "password": PASSWORD});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.send(Req::post(LOGIN).json(body))
}

fn form(fields: &[(&str, &str)]) -> Req {
    let escape = portcullis_core::web::request::percent_encode;
    let body = fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect::<Vec<_>>().join("&");
    Req::post(LOGIN).header("content-type", "application/x-www-form-urlencoded").bytes(body)
}

fn profile(world: &World, jar: &Jar) -> Res {
    world.send(Req::get("/api/auth/profile").jar(jar))
}

fn refresh(world: &World, token: &str) -> Res {
    world.send(Req::post("/api/auth/session/refresh").json(json!({"refreshToken": token})))
}

fn bounce(world: &World, query: &str, jar: &Jar) -> Res {
    world.send(Req::get(&format!("/api/auth/session/refresh{query}")).jar(jar))
}

fn logout(world: &World, jar: &Jar) -> Res {
    world.send(Req::post("/api/auth/logout").jar(jar))
}

fn id_of(world: &World, email: &str) -> String {
    world.value(&format!("SELECT id FROM staff_users WHERE email = '{email}'")).as_str().unwrap().to_owned()
}

fn cleared(res: &Res) -> bool {
    ["auth_token", "session_token"].iter().all(|name| res.set_cookie(name).is_some_and(|line| line.contains("=; Path=/; Max-Age=0")))
}
