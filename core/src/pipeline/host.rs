//! Which host was asked, and who asked.

use crate::{
    app::{Deployment, Incoming},
    domain::id::{Id, Tenant},
    io::Io,
    problem::{Code, Problem},
    routes::{Limit, Route},
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
pub async fn recognise(deployment: &Deployment, io: &Io<'_>, request: &Request, route: &Route) -> Result<Host, Problem> {
    let host = request.host().to_ascii_lowercase();
    let host = host.trim_end_matches('.');
    let config = &deployment.config;
    let app_host = config.app_url.split("://").nth(1).unwrap_or_default();
    let app_host = app_host.rsplit_once(':').map_or(app_host, |(name, _)| name);
    if is_loopback(host) || host == app_host || config.platform_domains.iter().any(|domain| domain == host) || route.limit == Limit::NONE {
        return Ok(Host::Platform);
    }
    let card = io.read_one(directory::host(host)).await?.first::<HostCard>()?;
    card.map(Host::Mapped).ok_or_else(|| Problem::not_found("This domain is not configured for any active organization"))
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
