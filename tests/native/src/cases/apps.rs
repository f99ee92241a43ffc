//! Apps and the tokens minted for them.

use serde_json::{Value, json};

use super::{Case, case};
use crate::{Req, World};

const APPS: &str = "/api/apps";
const NOBODY: &str = "0190f5fe-7c00-7a00-8000-000000000001";
const MADE: &str = "0190f5fe-7c00-7a00-8000-0000000000b0";
const CREDENTIAL: &str = "0190f5fe-7c00-7a00-8000-0000000000c0";

/// The audience of [`make_app`].
pub const AUDIENCE: &str = "https://shop.example.com";

pub fn of(name: &str) -> Option<Case> {
    Some(match name {
        "mint_customer_app_token" => {
            case("buyer", |w| mint(w, "/api/customer_accounts/portal"), |_| mint_for_nobody("/api/customer_accounts/portal"))
        }
        "mint_staff_app_token" => case("owner", |w| mint(w, "/api/auth"), |_| mint_for_nobody("/api/auth")),
        "list_apps" => case("super", |_| Req::get(APPS), |_| Req::get("/api/apps?page=0")),
        "create_app" => case("super", |_| create(AUDIENCE), |_| create("customer")),
        "read_app" => case("super", |w| Req::get(&of_app(w, "")), |_| Req::get(&nobodys(""))),
        "update_app" => case("super", |w| Req::put(&of_app(w, "")).json(change()), |_| Req::put(&nobodys("")).json(change())),
        "delete_app" => case("super", |w| Req::delete(&of_app(w, "")), |_| Req::delete(&nobodys(""))),
        "create_app_credential" => case("super", |w| Req::post(&of_app(w, "/credentials")), |_| Req::post(&nobodys("/credentials"))),
        "revoke_app_credential" => case(
            "super",
            |w| {
                let path = of_app(w, &format!("/credentials/{CREDENTIAL}"));
                w.arrange(&format!("INSERT INTO app_credentials (id, app_id, secret_hash, created_at) VALUES ('{CREDENTIAL}', '{MADE}', 'hash', 1)"));
                Req::delete(&path)
            },
            |w| Req::delete(&of_app(w, &format!("/credentials/{NOBODY}"))),
        ),
        _ => return None,
    })
}

/// An app of Acme's for people of both realms, with hosts and without credentials.
pub fn make_app(world: &World) -> &'static str {
    let tenant = world.acme().tenant;
    world.arrange(&format!(
        "INSERT INTO apps (id, tenant_id, name, audience, features_json, customers, staff, admin_claims, created_at) VALUES ('{MADE}', '{tenant}', 'Shop', \
         '{AUDIENCE}', '[\"portal.orders.*\", \"auth.users.list\"]', 1, 1, 1, 1); INSERT INTO app_hosts (host, app_id) VALUES ('shop.example.com', '{MADE}');"
    ));
    MADE
}

fn of_app(world: &World, rest: &str) -> String {
    format!("{APPS}/{}{rest}", make_app(world))
}

fn nobodys(rest: &str) -> String {
    format!("{APPS}/{NOBODY}{rest}")
}

fn mint(world: &World, area: &str) -> Req {
    make_app(world);
    Req::post(&format!("{area}/app-token")).json(json!({"audience": AUDIENCE}))
}

fn mint_for_nobody(area: &str) -> Req {
    Req::post(&format!("{area}/app-token")).json(json!({"audience": "nobody"}))
}

fn create(audience: &str) -> Req {
    Req::post(APPS).json(json!({"name": "Shop", "audience": audience, "features": ["portal.orders.*"], "returnHosts": ["shop.example.com"]}))
}

fn change() -> Value {
    json!({"name": "Shop II", "features": ["portal.*"], "returnHosts": ["shop.example.com", "shop2.example.com"], "isActive": false})
}
