//! `GET /api/auth/users/consents?userId=`: what a person agreed to, and whether the rows are as they were written.

use serde_json::{Value, json};

use super::{EDIT, seen};
use crate::{
    cx::Cx,
    domain::id::{Id, User},
    problem::Problem,
    store::consents::{self, ConsentRow},
    web::response::Response,
};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let id: Option<Id<User>> = cx.request.query_value("userId").and_then(|text| Id::parse(&text));
    let id = id.ok_or_else(|| Problem::invalid("Invalid userId"))?;
    let (_, mut rows) = seen(cx, id, EDIT, vec![consents::of(id, cx.actor()?.tenant)]).await?;
    let keys = &cx.deployment.keys;
    let items: Vec<Value> = rows
        .next()
        .unwrap_or_default()
        .all::<ConsentRow>()?
        .iter()
        .map(|row| {
            json!({
                "id": row.id, "consentType": row.consent_type, "isGranted": row.is_granted, "grantedAt": row.granted_at,
                "withdrawnAt": row.withdrawn_at, "source": row.source, "ipAddress": row.ip_address,
                "integrityValid": keys.consent_mac(&row.canonical()) == row.integrity_hash, "createdAt": row.created_at, "updatedAt": row.updated_at,
            })
        })
        .collect();
    Ok(Response::json(200, &json!({"ok": true, "items": items})))
}
