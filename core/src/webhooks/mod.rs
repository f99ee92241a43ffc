//! Webhooks: what staff set up, and [`send`], which carries events to whoever wants to hear of them.
//!
//! An event is queued by a trigger in the batch of its own change. After the response, and every minute, [`send`] deals
//! queued events out to the endpoints that listen and makes the deliveries that are due, at least once each.

pub mod create;
pub mod delete;
pub mod deliveries;
pub mod events;
pub mod list;
pub mod read;
pub mod replay;
pub mod secret;
pub mod send;
pub mod terms;
pub mod test;
pub mod update;

use serde_json::{Value, json};

use crate::{
    config::Config,
    cx::Cx,
    domain::{
        event::Event,
        id::{Id, Webhook},
    },
    problem::Problem,
    store::webhooks::{self, WebhookRow},
};

pub const MISSING: &str = "Webhook not found";
const VIEW: &str = "webhooks.view";
const MANAGE: &str = "webhooks.manage";

/// The endpoint the path names, if the caller's scope for the feature holds it.
async fn target(cx: &Cx<'_>, feature: &str) -> Result<WebhookRow, Problem> {
    let id = cx.id_param::<Webhook>("id", MISSING)?;
    let actor = cx.actor()?;
    let found = cx.read_one(webhooks::one(id, actor.tenant, &actor.scope(feature))).await?.first::<WebhookRow>()?;
    found.ok_or_else(|| Problem::not_found(MISSING))
}

/// An event about the endpoint itself, for where it stands.
fn event(name: &'static str, row: &WebhookRow, more: Value) -> Event {
    Event::new(name, row.tenant_id, row.organization_id, payload(row.id, &row.url, row, more))
}

fn payload(id: Id<Webhook>, url: &str, row: &WebhookRow, more: Value) -> Value {
    let mut payload = json!({"id": id, "url": url, "tenantId": row.tenant_id, "organizationId": row.organization_id});
    if let (Some(payload), Value::Object(more)) = (payload.as_object_mut(), more) {
        payload.extend(more);
    }
    payload
}

/// `name` or `name:port` of this deployment: nothing is sent there.
pub fn our_hosts(config: &Config) -> Vec<String> {
    let origins = [&config.app_url, &config.issuer].map(|origin| origin.split("://").nth(1).unwrap_or(origin).split('/').next().unwrap_or_default());
    origins.into_iter().map(str::to_ascii_lowercase).chain(config.platform_domains.iter().cloned()).filter(|host| !host.is_empty()).collect()
}

/// What a wrapped secret belongs to.
pub fn belongs_to(id: Id<Webhook>) -> String {
    format!("portcullis/webhook-secret/{id}")
}
