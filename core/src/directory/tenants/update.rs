//! `PUT`, the id in the body. An absent member stays as it is.

use super::{MISSING, POLICIES, detail, event, load, partner_missing};
use crate::{
    admin::lock,
    app::Later,
    change::Change,
    cx::Cx,
    directory::lookup,
    domain::{
        audit::Entry,
        id::{Id, Partner, Tenant},
    },
    ports::StoreError,
    problem::Problem,
    store::{
        self,
        partners::{self, PartnerRow},
        tenants::{self, TenantRow},
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        required("id", Kind::Uuid),
        optional("name", Kind::Text { min: 1, max: 200 }),
        optional("isActive", Kind::Bool),
        optional("policy", Kind::Word(POLICIES)),
        optional("partnerId", Kind::UuidOrNull),
    ],
    refusal: Refusal::Detailed("Invalid input"),
};

pub const AUDIT: &[&str] = &["tenant.updated"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let id: Id<Tenant> = cx.body.opt_id("id").ok_or_else(|| Problem::not_found(MISSING))?;
    for _ in 0..3 {
        let before = load(cx, id).await?;
        lock::check(cx, lock::TENANT, before.updated_at)?;
        let after = after(cx, &before);
        match save(cx, &before, &after, "tenant.updated", "directory.tenant.updated").await {
            // Somebody else changed it, or the partner is gone.
            Err(StoreError::Precondition) => check_partner(cx, after.partner_id).await?,
            other => return other.map(|()| Response::ok()).map_err(Problem::from),
        }
    }
    Err(lock::lost())
}

fn after(cx: &Cx<'_>, before: &TenantRow) -> TenantRow {
    TenantRow {
        name: cx.body.opt_text("name").unwrap_or(&before.name).to_owned(),
        policy: cx.body.opt_text("policy").unwrap_or(&before.policy).to_owned(),
        is_active: cx.body.opt_bool("isActive").unwrap_or(before.is_active),
        partner_id: if cx.body.has("partnerId") { cx.body.opt_id("partnerId") } else { before.partner_id },
        ..before.clone()
    }
}

async fn check_partner(cx: &Cx<'_>, partner: Option<Id<Partner>>) -> Result<(), Problem> {
    let Some(id) = partner else { return Ok(()) };
    cx.read_one(partners::one(id)).await?.first::<PartnerRow>()?.map(drop).ok_or_else(partner_missing)
}

/// One change of a tenant, whichever route asked for it.
pub(super) async fn save(cx: &Cx<'_>, before: &TenantRow, after: &TenantRow, action: &'static str, name: &'static str) -> Result<(), StoreError> {
    let by = event(cx, name, after.id, "updatedBy").map_err(|_| StoreError::Broken("a change of a tenant by nobody".into()))?;
    let writes = vec![
        tenants::partner_is_there(after.partner_id),
        tenants::update(after, before.updated_at, lock::next(before.updated_at, cx.now)),
        store::changed_one(),
    ];
    let entry = Entry::new(action, "tenant", after.id).within(after.id, None).detail(detail(before, after));
    cx.try_commit(Change::new(writes).audit(entry).event(by)).await?;
    // Look-ups of the tenant and of all its organizations hang on these copies.
    cx.after(Later::Uncache { keys: vec![lookup::tenant_key(after.id), lookup::open_key(after.id)] });
    Ok(())
}
