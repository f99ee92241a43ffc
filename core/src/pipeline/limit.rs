//! Charging limits. Keys hold the realm's prefix, the tenant, and a keyed hash of the address: never an address in the
//! clear. When the limiter is out of reach the request is refused: that is decided here, once, for every limit.

use serde_json::Value;

use crate::{
    actor::Actor,
    app::{Deployment, Incoming},
    config::{LimitName, LimitRow},
    cx::cookie_style,
    domain::{
        device,
        email::Email,
        id::{App, Id, Tenant, User},
        limit::{Decision, Policy},
        realm::Realm,
        secret::RawToken,
    },
    io::Io,
    problem::Problem,
    routes::{Route, Subject},
    web::cookies,
};

/// 429 for a refusal; the decision goes on to the response's headers otherwise.
pub fn enforce(decision: Decision) -> Result<Decision, Problem> {
    if decision.allowed { Ok(decision) } else { Err(Problem::rate_limited(decision)) }
}

fn row(deployment: &Deployment, name: Option<LimitName>) -> Option<LimitRow> {
    deployment.config.limits.of(name?).copied().filter(|_| deployment.config.limits.enabled)
}

async fn charge(io: &Io<'_>, key: String, policy: Option<Policy>) -> Result<Option<Decision>, Problem> {
    match policy {
        None => Ok(None),
        Some(policy) => Ok(Some(io.take(key, policy).await?)),
    }
}

/// Layer 1: the client's address.
pub async fn per_client(deployment: &Deployment, io: &Io<'_>, route: &Route, client: &str) -> Result<Option<Decision>, Problem> {
    let Some(row) = row(deployment, route.limit.name) else { return Ok(None) };
    charge(io, format!("{}-ip|{client}", row.prefix), row.ip).await
}

/// Sessions that proxies bring along to be renewed, by who asks.
pub async fn for_renewal(deployment: &Deployment, io: &Io<'_>, client: &str) -> Result<Option<Decision>, Problem> {
    let Some(row) = row(deployment, Some(LimitName::ForwardAuthRenewal)) else { return Ok(None) };
    charge(io, format!("{}-ip|{client}", row.prefix), row.ip).await
}

/// A signed-in user's own window, over all their devices.
pub async fn per_user(deployment: &Deployment, io: &Io<'_>, route: &Route, user: Id<User>) -> Result<Option<Decision>, Problem> {
    if !route.limit.user {
        return Ok(None);
    }
    let Some(row) = row(deployment, Some(LimitName::SignedIn)) else { return Ok(None) };
    charge(io, format!("{}|{}|{user}", row.prefix, route.realm().name()), row.subject).await
}

/// Layer 2 of a public route: the address in its tenant, all strangers together; a known device by itself.
pub async fn per_address(
    deployment: &Deployment,
    io: &Io<'_>,
    incoming: &Incoming,
    route: &Route,
    body: &Value,
    tenant: Id<Tenant>,
) -> Result<(Option<Decision>, Option<String>), Problem> {
    let typed = body.get("email").and_then(Value::as_str).map(Email::as_typed).filter(|email| !email.as_str().is_empty());
    let (Some(row), Some(email)) = (row(deployment, route.limit.name), typed) else { return Ok((None, None)) };
    let address = deployment.keys.lookup_hash(&email);
    let device = known_device(deployment, incoming, route, tenant, &address);
    // Staff may sign in with or without naming their tenant; both ways count in one bucket.
    let scope = if route.realm() == Realm::Staff { "staff".to_owned() } else { tenant.to_string() };
    let key = match device {
        Some(device) => format!("{}|{scope}|{address}|{}", row.prefix, device.nonce),
        None => format!("{}|{scope}|{address}", row.prefix),
    };
    Ok((charge(io, key.clone(), row.subject).await?, Some(key)))
}

/// Layer 2 of a route that a token opens: the token itself, by its hash, whoever brings it.
pub async fn per_token(deployment: &Deployment, io: &Io<'_>, incoming: &Incoming, route: &Route, body: &Value) -> Result<Option<Decision>, Problem> {
    let (Some(row), Subject::Token) = (row(deployment, route.limit.name), route.limit.subject) else { return Ok(None) };
    let name = cookie_style(deployment, &incoming.request).name(route.realm().session_cookie());
    let cookie = || cookies::find(incoming.request.header(&http::header::COOKIE)?, &name);
    // A route that takes a body reads the token there and nowhere else.
    let token = if route.body.is_some() { body.get("refreshToken").and_then(Value::as_str).map(str::to_owned) } else { cookie() };
    match token {
        None => Ok(None),
        Some(token) => charge(io, format!("{}|{}", row.prefix, RawToken::presented(&token).hash().as_str()), row.subject).await,
    }
}

/// The entry of the device cookie for an address, if it holds a genuine one.
fn known_device(deployment: &Deployment, incoming: &Incoming, route: &Route, tenant: Id<Tenant>, address: &str) -> Option<device::Entry> {
    let realm = route.realm();
    let name = cookie_style(deployment, &incoming.request).name(realm.device_cookie());
    let cookie = cookies::find(incoming.request.header(&http::header::COOKIE)?, &name)?;
    device::find(&deployment.keys, &cookie, realm, tenant, address)
}

/// An app that has proved itself, from wherever it asks. Charged after the proof, so that nobody else spends it.
pub async fn per_app(deployment: &Deployment, io: &Io<'_>, app: Id<App>) -> Result<(), Problem> {
    let Some(row) = row(deployment, Some(LimitName::Introspect)) else { return Ok(()) };
    if let Some(decision) = charge(io, format!("{}|{app}", row.prefix), row.subject).await? {
        enforce(decision)?;
    }
    Ok(())
}

/// Layer 2 of a signed-in route that costs more than others.
pub async fn per_subject(deployment: &Deployment, io: &Io<'_>, route: &Route, actor: &Actor, body: &Value) -> Result<Option<Decision>, Problem> {
    let Some(row) = row(deployment, route.limit.name) else { return Ok(None) };
    let subject = match route.limit.subject {
        Subject::None | Subject::Token => return Ok(None),
        Subject::User => actor.user.to_string(),
        Subject::Address | Subject::TypedAddress => match body.get("email").and_then(Value::as_str) {
            None => return Ok(None),
            Some(email) => deployment.keys.lookup_hash(&Email::as_typed(email)),
        },
    };
    charge(io, format!("{}|{}|{subject}", row.prefix, actor.tenant), row.subject).await
}
