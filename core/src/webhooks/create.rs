//! `POST /api/webhooks`: an endpoint for one organization and what is under it, or, for those who look after all of it, for
//! the whole tenant. The answer is the only one that shows the secret.

use serde_json::json;

use super::{
    MANAGE, secret,
    terms::{self, DESCRIPTION, ENABLED, EVENTS, URL},
};
use crate::{
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        event::Event,
        id::{Id, Organization, Webhook},
        webhook::MOST,
    },
    ports::StoreError,
    problem::Problem,
    store::{
        self,
        webhooks::{self, InReach, New, Terms, WebhookRow},
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[required("url", URL), required("events", EVENTS), DESCRIPTION, ENABLED, optional("organizationId", Kind::UuidOrNull)],
    refusal: Refusal::Detailed("Validation failed"),
};

pub const AUDIT: &[&str] = &["webhook.created"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let terms = terms::from_body(cx, Terms { url: String::new(), description: String::new(), events: Vec::new(), enabled: true })?;
    let organization: Option<Id<Organization>> = cx.body.opt_id("organizationId");
    let reach = cx.read_one(webhooks::in_reach(actor.tenant, organization, &actor.scope(MANAGE))).await?.first::<InReach>()?;
    let reach = reach.ok_or_else(|| match organization {
        Some(_) => Problem::not_found("Organization not found"),
        None => Problem::forbidden("Only those who look after the whole tenant may hear of all of it. Name an organization."),
    })?;
    let id: Id<Webhook> = cx.new_id();
    let (secret, wrapped) = secret::fresh(cx, id)?;
    let new = New { id, tenant: actor.tenant, organization, terms: &terms, secret: &wrapped };
    let writes = vec![webhooks::no_portal(terms::host(&terms.url)), webhooks::insert(&new, cx.now), store::changed_one()];
    let detail = json!({"url": terms.url, "events": terms.events, "enabled": terms.enabled});
    let payload = json!({"id": id, "url": terms.url, "tenantId": actor.tenant, "organizationId": organization, "createdBy": actor.user});
    let change = Change::new(writes)
        .audit(Entry::new("webhook.created", "webhook", id).within(actor.tenant, organization).detail(detail))
        .event(Event::new("platform.webhook.created", actor.tenant, organization, payload));
    match cx.try_commit(change).await {
        Err(StoreError::Precondition) => {
            return Err(Problem::conflict(format!("A tenant has at most {MOST} webhooks, and none of them leads to a portal.")));
        }
        other => other?,
    };
    let view = WebhookRow::fresh(&new, reach.organization_name, cx.now).view();
    Ok(Response::json(201, &json!({"ok": true, "webhook": view, "secret": secret.reveal()})))
}
