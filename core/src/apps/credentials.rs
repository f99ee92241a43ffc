//! `…/apps/{id}/credentials`: what an app proves itself with. Two at a time, so that one can be changed for another
//! without a gap. The secret is 32 random bytes, shown once; its hash is kept. The client id is the app's.

use serde_json::{Value, json};

use super::{event, target};
use crate::{
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        id::{Id, Record},
    },
    ports::StoreError,
    problem::Problem,
    store::{
        self,
        apps::{self, CREDENTIALS, CredentialRow},
    },
    web::response::Response,
};

pub const CREATE_AUDIT: &[&str] = &["app.credential_created"];
pub const REVOKE_AUDIT: &[&str] = &["app.credential_revoked"];

const MISSING: &str = "Credential not found";

pub fn view(row: &CredentialRow) -> Value {
    json!({"id": row.id, "createdAt": row.created_at})
}

pub async fn create(cx: &Cx<'_>) -> Result<Response, Problem> {
    let (app, _) = target(cx, |_| Vec::new()).await?;
    let (id, secret): (Id<Record>, _) = (cx.new_id(), cx.new_token());
    let change = Change::new(vec![apps::add_credential(id, app.id, &secret.hash(), cx.now), store::changed_one()])
        .audit(Entry::new("app.credential_created", "app", app.id).detail(json!({"credential": id})))
        .event(event(cx, "platform.app.credential_created", app.id, app.tenant_id, json!({"credentialId": id}))?);
    match cx.try_commit(change).await {
        Err(StoreError::Precondition) => Err(Problem::conflict(format!("An app has at most {CREDENTIALS} credentials. Revoke one first."))),
        other => {
            other?;
            Ok(Response::json(201, &json!({"ok": true, "id": id, "clientId": app.id, "clientSecret": secret.reveal(), "createdAt": cx.now})))
        }
    }
}

pub async fn revoke(cx: &Cx<'_>) -> Result<Response, Problem> {
    let (app, _) = target(cx, |_| Vec::new()).await?;
    let id = cx.id_param::<Record>("credential", MISSING)?;
    let change = Change::new(vec![apps::revoke_credential(id, app.id, cx.now), store::changed_one()])
        .audit(Entry::new("app.credential_revoked", "app", app.id).detail(json!({"credential": id})))
        .event(event(cx, "platform.app.credential_revoked", app.id, app.tenant_id, json!({"credentialId": id}))?);
    match cx.try_commit(change).await {
        Err(StoreError::Precondition) => Err(Problem::not_found(MISSING)),
        other => other.map(|_| Response::ok()).map_err(Problem::from),
    }
}
