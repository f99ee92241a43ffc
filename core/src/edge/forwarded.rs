//! The request that a proxy asks about, from the one family of headers that its kind of proxy sends. Every path reads its
//! own family and no other, so that what a client adds of another family says nothing.
//!
//! What is read here decides only about whoever presents the credentials: somebody who asks directly, without a proxy,
//! can make up a request but learns no more than what they may do themselves.

use http::HeaderName;

use crate::{cx::Cx, domain::outward};

/// Kinds of proxies, by the last segment of the path they ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// `auth_request`: `X-Original-*`, set by its configuration. 401 and 403 are all it understands.
    Nginx,
    /// `forward_auth`: `X-Forwarded-*`.
    Caddy,
    /// ForwardAuth: `X-Forwarded-*`.
    Traefik,
    /// `ext_authz` over HTTP: the request's own method, and its path after a prefix that names the host.
    Envoy,
}

/// What a client asked of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    pub method: String,
    /// `http` or `https`.
    pub scheme: String,
    /// `host[:port]`, in lower case.
    pub host: String,
    /// Path and query, as sent.
    pub uri: String,
}

const ENVOY: &str = "/forward-auth/envoy/";

const fn names(family: Family) -> [HeaderName; 4] {
    match family {
        Family::Nginx => [
            HeaderName::from_static("x-original-method"),
            HeaderName::from_static("x-original-proto"),
            HeaderName::from_static("x-original-host"),
            HeaderName::from_static("x-original-uri"),
        ],
        Family::Caddy | Family::Traefik | Family::Envoy => [
            HeaderName::from_static("x-forwarded-method"),
            HeaderName::from_static("x-forwarded-proto"),
            HeaderName::from_static("x-forwarded-host"),
            HeaderName::from_static("x-forwarded-uri"),
        ],
    }
}

/// `None` when something is missing, twice there, or no host.
pub fn original(cx: &Cx<'_>, family: Family) -> Option<Original> {
    let development = cx.deployment.config.is_development();
    let plain = |host: &str| outward::host(host, development).ok();
    if family == Family::Envoy {
        let rest = cx.request.path.get(ENVOY.len()..)?;
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let query = if cx.request.query.is_empty() { String::new() } else { format!("?{}", cx.request.query) };
        let uri = format!("{}{query}", if path.is_empty() { "/" } else { path });
        let scheme = if development { cx.request.scheme.clone() } else { "https".to_owned() };
        return Some(Original { method: cx.request.method.to_string(), scheme, host: plain(host)?, uri });
    }
    let one = |name: HeaderName| {
        let mut values = cx.request.headers.get_all(name).iter();
        let value = values.next()?.to_str().ok()?;
        values.next().is_none().then(|| value.to_owned())
    };
    let [method, scheme, host, uri] = names(family).map(one);
    let (method, scheme) = (method?, scheme?.to_ascii_lowercase());
    let is_method = !method.is_empty() && method.len() <= 20 && method.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
    let fits = is_method && matches!(scheme.as_str(), "http" | "https");
    fits.then_some(Original { method, scheme, host: plain(&host?)?, uri: uri? })
}
