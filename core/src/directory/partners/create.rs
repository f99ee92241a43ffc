//! `POST`: a partner without tenants.

use serde_json::json;

use super::event;
use crate::{
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        id::{Id, Partner},
    },
    problem::Problem,
    store::partners,
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[required("name", Kind::Text { min: 1, max: 200 }), optional("isActive", Kind::Bool)],
    refusal: Refusal::Detailed("Invalid input"),
};

pub const AUDIT: &[&str] = &["partner.created"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let id: Id<Partner> = cx.new_id();
    let (name, is_active) = (cx.body.text("name")?, cx.body.opt_bool("isActive").unwrap_or(true));
    let change = Change::new(vec![partners::insert(id, name, is_active, cx.now)])
        .audit(Entry::new("partner.created", "partner", id).detail(json!({"name": name, "isActive": is_active})))
        .event(event(cx, "directory.partner.created", id, "createdBy")?);
    cx.commit(change).await?;
    Ok(Response::json(201, &json!({"id": id})))
}
