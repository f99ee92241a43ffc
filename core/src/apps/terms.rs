//! What an administrator may say about an app, checked: every field that is wrong is named.

use crate::{
    cx::Cx,
    domain::{app::is_grant, outward},
    problem::{Details, Problem},
    store::apps::Terms,
    web::body::{Field, Kind, optional},
};

/// Fields that creating and changing share.
pub const FEATURES: Field = optional("features", Kind::Texts { min: 0, max: 200, each: 100 });
pub const HOSTS: Field = optional("returnHosts", Kind::Texts { min: 0, max: 20, each: 260 });
pub const REALMS: Field = optional("realms", Kind::Texts { min: 1, max: 2, each: 20 });
pub const ADMIN_CLAIMS: Field = optional("adminClaims", Kind::Bool);
pub const IS_ACTIVE: Field = optional("isActive", Kind::Bool);

/// The terms before, with what the body says instead.
pub fn from_body(cx: &Cx<'_>, before: Terms) -> Result<Terms, Problem> {
    let mut wrong = Details::new();
    let mut terms = before;
    if let Some(name) = cx.body.opt_text("name") {
        terms.name = name.trim().to_owned();
        if terms.name.is_empty() {
            wrong.push(("name".into(), vec!["Must not be empty".into()]));
        }
    }
    if cx.body.has("features") {
        terms.features = once(cx.body.texts("features"));
        if let Some(bad) = terms.features.iter().find(|grant| !is_grant(grant)) {
            wrong.push(("features".into(), vec![format!("`{bad}` is no grant")]));
        }
    }
    if cx.body.has("returnHosts") {
        match hosts(cx) {
            Ok(hosts) => terms.hosts = hosts,
            Err(message) => wrong.push(("returnHosts".into(), vec![message])),
        }
    }
    if cx.body.has("realms") {
        let realms = cx.body.texts("realms");
        (terms.customers, terms.staff) = (realms.iter().any(|r| r == "customer"), realms.iter().any(|r| r == "staff"));
        if realms.iter().any(|realm| realm != "customer" && realm != "staff") {
            wrong.push(("realms".into(), vec!["Expected `customer`, `staff` or both".into()]));
        }
    }
    terms.admin_claims = cx.body.opt_bool("adminClaims").unwrap_or(terms.admin_claims);
    terms.is_active = cx.body.opt_bool("isActive").unwrap_or(terms.is_active);
    if wrong.is_empty() { Ok(terms) } else { Err(Problem::validation("Validation failed", wrong)) }
}

fn hosts(cx: &Cx<'_>) -> Result<Vec<String>, String> {
    let config = &cx.deployment.config;
    let mut hosts = Vec::new();
    for text in cx.body.texts("returnHosts") {
        let host = outward::host(&text, config.is_development()).map_err(|why| format!("`{text}`: {why}"))?;
        let name = host.split(':').next().unwrap_or_default();
        if config.app_url.split("://").nth(1) == Some(host.as_str()) || config.platform_domains.iter().any(|own| own == name) {
            return Err(format!("`{text}` is the platform's own"));
        }
        hosts.push(host);
    }
    Ok(once(hosts))
}

fn once(mut items: Vec<String>) -> Vec<String> {
    items.sort();
    items.dedup();
    items
}
