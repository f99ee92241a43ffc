//! Secrets of endpoints: made, shown once, kept wrapped. `POST …/{id}/rotate-secret` changes one; for a while both sign, so
//! that a receiver can change over without missing anything.

use serde_json::json;

use super::{MANAGE, belongs_to, event, target};
use crate::{
    admin::lock,
    app::Deployment,
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        id::{Id, Webhook},
        webhook::Secret,
        wrapping,
    },
    ports::StoreError,
    problem::Problem,
    store::{self, webhooks},
    web::response::Response,
};

pub const ROTATE_AUDIT: &[&str] = &["webhook.secret_rotated"];

/// A new secret and how it is kept.
pub fn fresh(cx: &Cx<'_>, id: Id<Webhook>) -> Result<(Secret, String), Problem> {
    let secret = Secret::new(cx.io.random::<{ Secret::LENGTH }>().to_vec());
    let wrapped = wrapping::wrap(cx.deployment.keys.wrapping_key(), cx.io.random(), &belongs_to(id), secret.bytes());
    Ok((secret, wrapped.ok_or_else(|| Problem::internal("a secret could not be wrapped"))?))
}

/// A secret that is kept; `None` for one that was wrapped under another master secret.
pub fn open(deployment: &Deployment, id: Id<Webhook>, wrapped: &str) -> Option<Secret> {
    wrapping::unwrap(deployment.keys.wrapping_key(), &belongs_to(id), wrapped).map(|bytes| Secret::new(bytes.to_vec()))
}

pub async fn rotate(cx: &Cx<'_>) -> Result<Response, Problem> {
    for _ in 0..3 {
        let row = target(cx, MANAGE).await?;
        let (secret, wrapped) = fresh(cx, row.id)?;
        let until = cx.now.plus(cx.deployment.config.webhooks.overlap);
        let version = lock::next(row.updated_at, cx.now);
        let change = Change::new(vec![webhooks::rotate(&row, &wrapped, until, version), store::changed_one()])
            .audit(
                Entry::new("webhook.secret_rotated", "webhook", row.id)
                    .within(row.tenant_id, row.organization_id)
                    .detail(json!({"previousUntil": until})),
            )
            .event(event("platform.webhook.secret_rotated", &row, json!({"rotatedBy": cx.actor()?.user})));
        match cx.try_commit(change).await {
            Ok(_) => return Ok(Response::json(200, &json!({"ok": true, "secret": secret.reveal(), "previousSecretUntil": until}))),
            Err(StoreError::Precondition) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(lock::lost())
}
