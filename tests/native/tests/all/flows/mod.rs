//! What people do, with right and wrong answers.

mod admin_roles;
mod admin_users;
mod apps;
mod audit;
mod company_users;
mod cookies;
mod credentials;
mod crm;
mod csrf;
mod directory;
mod embed;
mod hosts;
mod http;
mod limits;
mod lockout;
mod login;
mod mail;
mod main_job;
mod moving;
mod password;
mod pending_invitations;
mod portal;
mod refresh;
mod signup;
mod staff;

use portcullis_tests::{Jar, Req, Res, World};

pub const CA: &str = "/api/customer_accounts";

pub fn get(world: &World, path: &str, jar: &Jar) -> Res {
    world.send(Req::get(&format!("{CA}{path}")).jar(jar))
}

pub fn post(world: &World, path: &str, jar: &Jar, body: serde_json::Value) -> Res {
    world.send(Req::post(&format!("{CA}{path}")).jar(jar).json(body))
}

pub fn refresh(world: &World, jar: &Jar) -> Res {
    world.send(Req::post(&format!("{CA}/portal/sessions-refresh")).jar(jar))
}

pub fn profile(world: &World, jar: &Jar) -> Res {
    get(world, "/portal/profile", jar)
}
