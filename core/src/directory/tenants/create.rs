//! `POST`: a tenant, with the staff roles of its pack.

use serde_json::json;

use super::{POLICIES, event, partner_missing};
use crate::{
    change::Change,
    cx::Cx,
    directory::founding,
    domain::audit::Entry,
    pack,
    ports::StoreError,
    problem::Problem,
    store::tenants::{self, NewTenant},
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        required("name", Kind::Text { min: 1, max: 200 }),
        optional("isActive", Kind::Bool),
        optional("policy", Kind::Word(POLICIES)),
        optional("partnerId", Kind::UuidOrNull),
    ],
    refusal: Refusal::Detailed("Invalid input"),
};

pub const AUDIT: &[&str] = &["tenant.created"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let new = NewTenant {
        id: cx.new_id(),
        name: cx.body.text("name")?,
        policy: cx.body.opt_text("policy").unwrap_or("default"),
        is_active: cx.body.opt_bool("isActive").unwrap_or(true),
        partner: cx.body.opt_id("partnerId"),
    };
    let pack = pack::default().map_err(Problem::internal)?;
    let mut writes = vec![tenants::partner_is_there(new.partner), tenants::insert(&new, cx.now)];
    writes.extend(founding::tenant_roles(cx, &pack, new.id));
    let detail = json!({"name": new.name, "policy": new.policy, "isActive": new.is_active, "partnerId": new.partner});
    let change = Change::new(writes).audit(Entry::new("tenant.created", "tenant", new.id).within(new.id, None).detail(detail)).event(event(
        cx,
        "directory.tenant.created",
        new.id,
        "createdBy",
    )?);
    match cx.try_commit(change).await {
        Err(StoreError::Precondition) => Err(partner_missing()),
        other => other.map(|_| Response::json(201, &json!({"id": new.id}))).map_err(Problem::from),
    }
}
