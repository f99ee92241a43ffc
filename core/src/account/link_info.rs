//! `POST …/links/inspect`: which account a mailed link is for, without using it. The page behind a link shows this and
//! waits for a press, so that neither a mail scanner nor somebody in a stranger's browser acts without knowing.

use serde_json::json;

use crate::{
    cx::Cx,
    domain::{email::Email, keys::Purpose, time::Millis},
    problem::Problem,
    store::links::{self, LinkRow},
    web::{
        body::{Kind, Refusal, Schema, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[required("token", Kind::Text { min: 1, max: 512 }), required("purpose", Kind::Text { min: 1, max: 32 })],
    refusal: Refusal::Detailed("Validation failed"),
};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let purpose = cx.body.text("purpose")?;
    let purpose =
        Purpose::parse(purpose).ok_or_else(|| Problem::validation("Validation failed", vec![("purpose".into(), vec!["Unknown purpose".into()])]))?;
    let row = cx.read_one(links::inspect(purpose, &cx.body.token("token")?.hash(), cx.now)).await?.first::<LinkRow>()?;
    let row = row.filter(|row| cx.host.admits(row.tenant_id)).ok_or_else(|| Problem::invalid("Invalid or expired token"))?;
    let view = json!({
        "purpose": purpose.name(), "email": Email::as_typed(&row.email).masked(), "expiresAt": Millis(row.expires_at),
        "organization": {"name": row.organization_name, "slug": row.organization_slug},
        "displayName": row.display_name,
    });
    Ok(Response::json(200, &json!({"ok": true, "link": view})))
}
