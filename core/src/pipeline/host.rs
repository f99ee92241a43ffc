//! Which host was asked, and who asked.

use crate::{
    app::{Deployment, Incoming, Later, Trace},
    domain::id::{Id, Tenant},
    io::Io,
    problem::{Code, Problem},
    routes::{Guard, Limit, Route},
    store::directory::{self, HostCard},
    web::{host::is_loopback, request::Request},
};

/// The host as the tenant rule sees it.
pub enum Host {
    /// Loopback, `APP_URL`'s host, or one of `PLATFORM_DOMAINS`.
    Platform,
    /// A tenant's own host.
    Mapped(HostCard),
}

impl Host {
    /// On a tenant's own host nobody of another tenant is signed in.
    pub fn admits(&self, tenant: Id<Tenant>) -> bool {
        match self {
            Self::Platform => true,
            Self::Mapped(card) => tenant == card.tenant_id,
        }
    }
}

/// An unknown host is refused: whoever points a domain at us does not get a working sign-in page out of it.
pub async fn recognise(deployment: &Deployment, io: &Io<'_>, request: &Request, route: &Route, trace: &mut Trace) -> Result<Host, Problem> {
    let host = request.host().to_ascii_lowercase();
    let host = host.trim_end_matches('.');
    let config = &deployment.config;
    let app_host = config.app_url.split("://").nth(1).unwrap_or_default();
    let app_host = app_host.rsplit_once(':').map_or(app_host, |(name, _)| name);
    if is_loopback(host) || host == app_host || config.platform_domains.iter().any(|domain| domain == host) || is_for_everyone(route) {
        return Ok(Host::Platform);
    }
    let key = format!("host:{host}");
    if let Some(card) = io.cached(&key).await.and_then(|text| serde_json::from_str(&text).ok()) {
        return Ok(Host::Mapped(card));
    }
    let card = io.read_one(directory::host(host)).await?.first::<HostCard>()?;
    if let Some(card) = &card {
        trace.later.push(Later::Cache { key, value: serde_json::to_string(card).unwrap_or_default() });
    }
    card.map(Host::Mapped).ok_or_else(|| Problem::not_found("This domain is not configured for any active organization"))
}

/// Keys and health, which are the same under any name. Development's own routes are not: a page under a rebound name
/// must not read the inbox.
fn is_for_everyone(route: &Route) -> bool {
    route.guard == Guard::Public && route.limit == Limit::NONE
}

/// The client's address. Without one in production nobody can be limited, so nobody is served.
pub fn client_ip(deployment: &Deployment, incoming: &Incoming, route: &Route) -> Result<String, Problem> {
    match &incoming.client_ip {
        Some(ip) if crate::web::host::client_key(ip).is_some() => Ok(ip.clone()),
        _ if deployment.config.is_development() || route.limit == Limit::NONE => Ok("127.0.0.1".into()),
        _ => {
            Err(Problem::new(Code::Unavailable, "Service temporarily unavailable. Please try again in a moment.").note("no usable CF-Connecting-IP"))
        }
    }
}
