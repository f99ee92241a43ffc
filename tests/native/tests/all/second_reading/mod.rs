//! What a second reader of the security code found, one test a finding. Each was seen to fail before its fix.

mod background;
mod events;
mod invitations;
mod links;
mod organizations;
mod recovery;
mod waiting_passwords;
mod windows;

use portcullis_tests::{Jar, Req, Res, World, people::Place, staff::OWNER};
use serde_json::{Value, json};

use crate::flows::CA;

const PASSPHRASE: &str = "a fine passphrase";
const REFUSED: &str = "Invalid email or password";

fn owner(world: &World) -> Jar {
    world.staff(&world.acme(), "owner", &OWNER)
}

/// A path about an account, for administrators.
fn admin_path(world: &World, email: &str, rest: &str) -> String {
    format!("{CA}/admin/users/{}{rest}", world.user_id(email))
}

fn post(world: &World, path: &str, jar: &Jar, body: Value) -> Res {
    world.send(Req::post(path).jar(jar).json(body))
}

fn role_in(world: &World, place: &Place, slug: &str) -> String {
    let sql = format!("SELECT id FROM customer_roles WHERE slug = '{slug}' AND organization_id = '{}'", place.organization);
    world.value(&sql).as_str().unwrap().to_owned()
}

fn sign_up_at(world: &World, place: &Place, email: &str, password: &str) -> Res {
    let body = json!({"email": email, "password": password, "displayName": "New Person", "organizationId": place.organization});
    world.send(Req::post(&format!("{CA}/signup")).json(body))
}

fn accept(world: &World, token: &str) -> Res {
    world.send(Req::post(&format!("{CA}/invitations/accept")).json(json!({"token": token, "password": PASSPHRASE, "displayName": "Guest"})))
}

/// The slugs of the roles a signed-in customer holds.
fn held_roles(world: &World, jar: &Jar) -> Vec<String> {
    let profile = crate::flows::profile(world, jar).ok(200).json();
    profile["roles"].as_array().unwrap().iter().map(|role| role["slug"].as_str().unwrap().to_owned()).collect()
}

fn map_host(world: &World, host: &str, place: &Place) {
    world.arrange(&format!(
        "INSERT INTO domain_mappings (id, hostname, tenant_id, organization_id, status, created_at) \
         VALUES ('{host}', '{host}', '{}', '{}', 'active', 1)",
        place.tenant, place.organization
    ));
}
