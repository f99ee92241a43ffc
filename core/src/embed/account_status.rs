//! `GET /api/embed/account-status`: whether a person of the CRM has an account, and how it stands.

use serde_json::json;

use super::read;
use crate::{
    cx::Cx,
    domain::{embed::View, entity::EntityKind},
    problem::Problem,
    store::embed::{self, AccountRow},
    web::response::Response,
};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let (person, mut rows) = read(cx, View::AccountStatus, |at| vec![embed::account_of(at.entity, at.tenant, at.organization, cx.now)]).await?;
    let account = rows.next().unwrap_or_default().first::<AccountRow>()?;
    Ok(Response::json(200, &json!({"ok": true, "person": person.view(EntityKind::Person), "account": account.map(|row| row.view(cx.now))})))
}
