//! What an administrator may say about an endpoint, checked: every field that is wrong is named.

use super::our_hosts;
use crate::{
    cx::Cx,
    domain::{outward, webhook},
    problem::{Details, Problem},
    store::webhooks::Terms,
    web::body::{Field, Kind, optional},
};

pub const DESCRIPTION: Field = optional("description", Kind::Text { min: 0, max: 200 });
pub const ENABLED: Field = optional("enabled", Kind::Bool);
pub const EVENTS: Kind = Kind::Texts { min: 1, max: webhook::MOST_FILTERS, each: 100 };
pub const URL: Kind = Kind::Text { min: 1, max: 500 };

/// The terms before, with what the body says instead.
pub fn from_body(cx: &Cx<'_>, before: Terms) -> Result<Terms, Problem> {
    let mut wrong = Details::new();
    let mut terms = before;
    if let Some(text) = cx.body.opt_text("url") {
        let config = &cx.deployment.config;
        match outward::webhook(text, config.webhooks.loopback, &our_hosts(config)) {
            Ok(url) => terms.url = url,
            Err(why) => wrong.push(("url".into(), vec![why.into()])),
        }
    }
    if cx.body.has("events") {
        terms.events = cx.body.texts("events");
        terms.events.sort();
        terms.events.dedup();
        if let Some(bad) = terms.events.iter().find(|filter| !webhook::is_filter(filter)) {
            wrong.push(("events".into(), vec![format!("`{bad}` is neither the name of an event nor the beginning of one")]));
        }
    }
    if let Some(text) = cx.body.opt_text("description") {
        terms.description = text.trim().to_owned();
    }
    terms.enabled = cx.body.opt_bool("enabled").unwrap_or(terms.enabled);
    if wrong.is_empty() { Ok(terms) } else { Err(Problem::validation("Validation failed", wrong)) }
}

/// The host of an address that was taken.
pub fn host(url: &str) -> &str {
    url.split('/').nth(2).unwrap_or_default().split(':').next().unwrap_or_default()
}
