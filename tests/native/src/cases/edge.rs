//! What proxies and administrators of apps ask: forward-auth, path rules, ways back.

use serde_json::{Value, json};

use super::{Case, apps, case};
use crate::{Jar, Req, World};

pub const HOST: &str = "shop.example.com";

/// A request for the shop's cart, by a buyer who is signed in and by somebody whose session is none.
macro_rules! asks {
    ($proxy:literal, $method:literal) => {
        case("buyer", |w| shop(w, asked($proxy, $method, "/cart")), |w| nobody(w, asked($proxy, $method, "/cart")))
    };
}

pub fn of(name: &str) -> Option<Case> {
    Some(match name {
        "forward_auth_nginx" => asks!("nginx", "GET"),
        "forward_auth_caddy" => asks!("caddy", "GET"),
        "forward_auth_traefik" => asks!("traefik", "GET"),
        "forward_auth_envoy_get" => asks!("envoy", "GET"),
        "forward_auth_envoy_post" => asks!("envoy", "POST"),
        "forward_auth_envoy_put" => asks!("envoy", "PUT"),
        "forward_auth_envoy_patch" => asks!("envoy", "PATCH"),
        "forward_auth_envoy_delete" => asks!("envoy", "DELETE"),
        "forward_auth_envoy_options" => asks!("envoy", "OPTIONS"),
        "check_return_address" => case(
            "anonymous",
            |w| {
                apps::make_app(w);
                Req::get("/api/return?to=https://shop.example.com/cart")
            },
            |_| Req::get("/api/return?to=https://evil.example/"),
        ),
        "read_app_rules" => case("super", |w| Req::get(&of_app(w, "")), |_| Req::get("/api/apps/0190f5fe-7c00-7a00-8000-000000000001/rules")),
        "list_app_rules" => case("super", |w| Req::get(&of_app(w, "/history")), |_| Req::get("/api/apps/nonsense/rules/history")),
        "replace_app_rules" => case(
            "super",
            |w| Req::put(&of_app(w, "")).json(document(0, json!([{"path": "/**", "access": "public"}]))),
            |w| Req::put(&of_app(w, "")).json(document(0, json!([{"path": "/../", "access": "public"}]))),
        ),
        "try_app_rules" => case(
            "super",
            |w| Req::post(&of_app(w, "/what-if")).json(json!({"method": "GET", "path": "/cart"})),
            |w| Req::post(&of_app(w, "/what-if")).json(json!({"method": "GET"})),
        ),
        _ => return None,
    })
}

/// A proxy's question about a request for a path of the shop.
pub fn asked(proxy: &str, method: &str, uri: &str) -> Req {
    match proxy {
        "envoy" => Req::new(method.parse().unwrap(), &format!("/forward-auth/envoy/{HOST}{uri}")),
        "nginx" => about(Req::get("/forward-auth/nginx"), "x-original", method, uri),
        other => about(Req::get(&format!("/forward-auth/{other}")), "x-forwarded", method, uri),
    }
}

fn about(req: Req, family: &str, method: &str, uri: &str) -> Req {
    let header = |name: &str| format!("{family}-{name}");
    req.header(&header("method"), method).header(&header("proto"), "https").header(&header("host"), HOST).header(&header("uri"), uri)
}

pub fn document(version: u64, rules: Value) -> Value {
    json!({"version": version, "realm": "customer", "loginOrganization": "acme", "rules": rules})
}

fn of_app(world: &World, rest: &str) -> String {
    format!("/api/apps/{}/rules{rest}", apps::make_app(world))
}

fn shop(world: &World, req: Req) -> Req {
    apps::make_app(world);
    req
}

/// Somebody whose session is none, so that it is looked for.
fn nobody(world: &World, req: Req) -> Req {
    apps::make_app(world);
    req.jar(&Jar([("customer_session_token".into(), "A".repeat(43))].into()))
}
