//! `PUT`, the id in the body. An absent member stays as it is. Staff of a partner that is not active see none of its tenants.

use serde_json::json;

use super::{MISSING, event, load};
use crate::{
    admin::lock,
    change::Change,
    cx::Cx,
    directory::changes,
    domain::{
        audit::Entry,
        id::{Id, Partner},
    },
    ports::StoreError,
    problem::Problem,
    store::{
        self,
        partners::{self, PartnerRow},
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[required("id", Kind::Uuid), optional("name", Kind::Text { min: 1, max: 200 }), optional("isActive", Kind::Bool)],
    refusal: Refusal::Detailed("Invalid input"),
};

pub const AUDIT: &[&str] = &["partner.updated"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let id: Id<Partner> = cx.body.opt_id("id").ok_or_else(|| Problem::not_found(MISSING))?;
    for _ in 0..3 {
        let before = load(cx, id).await?;
        lock::check(cx, lock::PARTNER, before.updated_at)?;
        let after = PartnerRow {
            name: cx.body.opt_text("name").unwrap_or(&before.name).to_owned(),
            is_active: cx.body.opt_bool("isActive").unwrap_or(before.is_active),
            ..before.clone()
        };
        let detail = changes(&[("name", json!(before.name), json!(after.name)), ("isActive", json!(before.is_active), json!(after.is_active))]);
        let writes = vec![partners::update(&after, before.updated_at, lock::next(before.updated_at, cx.now)), store::changed_one()];
        let change = Change::new(writes).audit(Entry::new("partner.updated", "partner", id).detail(detail)).event(event(
            cx,
            "directory.partner.updated",
            id,
            "updatedBy",
        )?);
        match cx.try_commit(change).await {
            Err(StoreError::Precondition) => {}
            other => return other.map(|_| Response::ok()).map_err(Problem::from),
        }
    }
    Err(lock::lost())
}
