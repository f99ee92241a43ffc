//! One typical request of every route. The matrix sends it as everybody, the budget as somebody who may and somebody
//! who may not. **A new route needs an arm
//! in [`of`]**; the tests say so when it is missing.

mod admin;
pub mod apps;
pub mod directory;
pub mod edge;
pub mod embed;
mod keys;
mod links;
mod moving;
mod operations;
mod people;
mod portal;
pub mod roles;
mod seats;
mod staff;
mod webhooks;

pub use apps::{AUDIENCE, make_app};
pub use keys::add_credential;
pub use portal::{company as portal_company, role as portal_role};

use portcullis_core::routes::{Guard, Route};
use serde_json::json;

use crate::{
    Jar, Req, World,
    people::{BUYER, PASSWORD},
};

/// How a route is asked.
pub struct Case {
    /// Answered with success when somebody who may asks. Arranges what it needs, such as a token to use up.
    pub good: fn(&World) -> Req,
    /// Answered with an error of the handler's own, asked by the same person.
    pub bad: fn(&World) -> Req,
    /// Who may, on a route that wants somebody.
    pub by: &'static str,
}

const fn case(by: &'static str, good: fn(&World) -> Req, bad: fn(&World) -> Req) -> Case {
    Case { good, bad, by }
}

/// The case of a route, by the route's name. A new area makes a file beside this one and joins the chain.
pub fn of(route: &Route) -> Option<Case> {
    account(route.name)
        .or_else(|| links::of(route.name))
        .or_else(|| portal::of(route.name))
        .or_else(|| admin::of(route.name))
        .or_else(|| staff::of(route.name))
        .or_else(|| directory::of(route.name))
        .or_else(|| people::of(route.name))
        .or_else(|| seats::of(route.name))
        .or_else(|| roles::of(route.name))
        .or_else(|| apps::of(route.name))
        .or_else(|| edge::of(route.name))
        .or_else(|| embed::of(route.name))
        .or_else(|| keys::of(route.name))
        .or_else(|| moving::of(route.name))
        .or_else(|| webhooks::of(route.name))
        .or_else(|| operations::of(route.name))
        .or_else(|| open(route.name))
}

/// One's own account.
fn account(name: &str) -> Option<Case> {
    Some(match name {
        "login" => case("anonymous", |w| w.login_request(BUYER, PASSWORD), |w| w.login_request(BUYER, "wrong password")),
        "signup" => {
            case("anonymous", |w| w.signup_request("new@acme.example", "a fine passphrase"), |w| w.signup_request("new@acme.example", "password1"))
        }
        "verify_email" => case(
            "anonymous",
            |w| {
                w.send(w.signup_request("fresh@acme.example", "a fine passphrase")).ok(202);
                Req::post("/api/customer_accounts/email/verify").json(json!({"token": w.mailed_token("fresh@acme.example")}))
            },
            |_| Req::post("/api/customer_accounts/email/verify").json(json!({"token": "made-up"})),
        ),
        "logout" => case(
            "buyer",
            |_| Req::post("/api/customer_accounts/portal/logout"),
            |_| Req::post("/api/customer_accounts/portal/logout").header("sec-fetch-site", "cross-site"),
        ),
        "refresh_session" => case(
            "buyer",
            |_| Req::post("/api/customer_accounts/portal/sessions-refresh"),
            |_| Req::post("/api/customer_accounts/portal/sessions-refresh").jar(&Jar([("customer_session_token".into(), "made-up".into())].into())),
        ),
        "get_profile" => case(
            "buyer",
            |_| Req::get("/api/customer_accounts/portal/profile"),
            |_| Req::get("/api/customer_accounts/portal/profile").bearer("made-up"),
        ),
        "update_profile" => case(
            "buyer",
            |_| Req::put("/api/customer_accounts/portal/profile").json(json!({"displayName": "Renamed"})),
            |_| Req::put("/api/customer_accounts/portal/profile").json(json!({"displayName": ""})),
        ),
        "change_password" => case("buyer", |_| change_password(PASSWORD), |_| change_password("not the password")),
        "list_sessions" => case(
            "buyer",
            |_| Req::get("/api/customer_accounts/portal/sessions"),
            |_| Req::get("/api/customer_accounts/portal/sessions").bearer("made-up"),
        ),
        "revoke_session" => {
            case("buyer", revoke_another, |_| Req::delete("/api/customer_accounts/portal/sessions/0190f5fe-7c00-7a00-8000-000000000001"))
        }
        "revoke_other_sessions" => case(
            "buyer",
            |w| {
                w.login(BUYER);
                Req::post("/api/customer_accounts/portal/sessions/revoke-others")
            },
            |_| Req::post("/api/customer_accounts/portal/sessions/revoke-others").bearer("made-up"),
        ),
        "check_features" => case("buyer", |_| feature_check(json!(["portal.orders.view", "portal.users.view"])), |_| feature_check(json!([]))),
        _ => return None,
    })
}

/// What anybody may ask.
fn open(name: &str) -> Option<Case> {
    Some(match name {
        "lookup_organization" => case(
            "anonymous",
            |_| Req::get("/api/directory/organizations/lookup?slug=acme"),
            |_| Req::get("/api/directory/organizations/lookup?slug=nobody"),
        ),
        "lookup_tenant" => case(
            "anonymous",
            |w| Req::get(&format!("/api/directory/tenants/lookup?tenantId={}", w.acme().tenant)),
            |_| Req::get("/api/directory/tenants/lookup?tenantId=0190f5fe-7c00-7a00-8000-000000000001"),
        ),
        "list_audit_log" => case("owner", |_| Req::get("/api/audit/logs"), |_| Req::get("/api/audit/logs?since=nonsense")),
        "export_audit_log" => case("owner", |_| Req::get("/api/audit/logs.csv"), |_| Req::get("/api/audit/logs.csv?before=nonsense")),
        "verify_audit_log" => case("owner", |_| Req::get("/api/audit/verify"), |_| Req::get("/api/audit/verify").bearer("made-up")),
        "jwks" => same("/.well-known/jwks.json"),
        "list_revocations" => case("anonymous", |_| Req::get("/.well-known/revocations"), |_| Req::get("/.well-known/revocations?since=nonsense")),
        "check_by_query" => {
            case("buyer", |_| Req::get("/api/check?features=portal.orders.view"), |_| Req::get("/api/check?realm=customer").bearer("made-up"))
        }
        "check_by_body" => case(
            "buyer",
            |_| Req::post("/api/check").json(json!({"features": ["portal.orders.view"]})),
            |_| Req::post("/api/check").json(json!({"features": "portal.orders.view"})),
        ),
        "health" => same("/api/health"),
        "inbox_page" => same("/dev/inbox"),
        "inbox_list" => same("/dev/inbox.json"),
        "seed" => case("anonymous", |_| Req::post("/dev/seed"), |_| Req::post("/dev/seed")),
        _ => return None,
    })
}

/// Nothing to get wrong: both are the same.
fn same(path: &'static str) -> Case {
    match path {
        "/.well-known/jwks.json" => case("anonymous", |_| Req::get("/.well-known/jwks.json"), |_| Req::get("/.well-known/jwks.json")),
        "/api/health" => case("anonymous", |_| Req::get("/api/health"), |_| Req::get("/api/health")),
        "/dev/inbox" => case("anonymous", |_| Req::get("/dev/inbox"), |_| Req::get("/dev/inbox?to=nobody")),
        _ => case("anonymous", |_| Req::get("/dev/inbox.json"), |_| Req::get("/dev/inbox.json?to=nobody")),
    }
}

pub fn change_password(current: &str) -> Req {
    Req::post("/api/customer_accounts/portal/password-change").json(json!({"currentPassword": current, "newPassword": "another fine passphrase"}))
}

pub fn feature_check(features: serde_json::Value) -> Req {
    Req::post("/api/customer_accounts/portal/feature-check").json(json!({"features": features}))
}

/// Another session of the buyer's, to be revoked.
fn revoke_another(world: &World) -> Req {
    let other = world.login(BUYER);
    Req::delete(&format!("/api/customer_accounts/portal/sessions/{}", session_id(&other)))
}

/// The `sid` in a browser's access token.
pub fn session_id(jar: &Jar) -> String {
    claims(jar.get("customer_auth_token"))["sid"].as_str().unwrap().to_owned()
}

/// The claims of a token, unchecked.
pub fn claims(token: &str) -> serde_json::Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&crate::contract::base64url(payload)).unwrap()
}

/// Whether a route wants somebody signed in.
pub fn wants_somebody(route: &Route) -> bool {
    matches!(route.guard, Guard::Session(_) | Guard::AnySession(_) | Guard::Can(..) | Guard::CanEither(..) | Guard::Operator(_) | Guard::AnyPlace)
}
