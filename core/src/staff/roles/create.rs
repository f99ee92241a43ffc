//! `POST /api/auth/roles`: a role below the caller's own, which grants nothing yet. Who looks after some organizations
//! only makes a role that holds in those.

use serde_json::{Map, json};

use super::{NO_GLOBAL, NO_TENANT, event, facts, taken};
use crate::{
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        id::{Id, Role, Tenant},
        role,
    },
    ports::StoreError,
    problem::Problem,
    store::staff_role_admin::{self, Draft},
    web::{
        body::{Field, Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const NAME: Kind = Kind::Text { min: 2, max: 100 };
pub const SLUG: Field = optional("slug", Kind::Slug { max: 100 });
pub const DESCRIPTION: Field = optional("description", Kind::TextOrNull { min: 0, max: 1000 });
pub const PRIORITY: Field = optional("priority", Kind::Int { min: 1, max: role::SUPER_ADMIN });
pub const TENANT: Field = optional("tenantId", Kind::UuidOrNull);

pub const BODY: Schema =
    Schema { fields: &[required("name", NAME), SLUG, DESCRIPTION, PRIORITY, TENANT], refusal: Refusal::Detailed("Invalid input") };

pub const AUDIT: &[&str] = &["staff_role.created"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let caller = actor.caller();
    let (id, tenant) = (cx.new_id(), cx.body.opt_id("tenantId").unwrap_or(actor.tenant));
    let draft = draft(cx, id, tenant)?;
    caller.may_create_role(draft.priority)?;
    let writes = staff_role_admin::create(id, cx.new_id(), tenant, &draft, caller.organizations, cx.now);
    let detail: Map<_, _> = facts(&draft).into_iter().map(|(name, value)| (name.to_owned(), json!({"before": null, "after": value}))).collect();
    let change = Change::new(writes.to_vec()).audit(Entry::new("staff_role.created", "staff_role", id).detail(detail.into())).event(event(
        actor,
        "auth.role.created",
        id,
        draft.tenant,
        &draft.name,
    ));
    match cx.try_commit(change).await {
        Ok(_) => Ok(Response::json(201, &json!({"id": id}))),
        Err(StoreError::Precondition) => Err(Problem::not_found(NO_TENANT)),
        Err(error) => Err(taken(&error).unwrap_or_else(|| error.into())),
    }
}

fn draft(cx: &Cx<'_>, id: Id<Role>, tenant: Id<Tenant>) -> Result<Draft, Problem> {
    let (actor, body) = (cx.actor()?, &cx.body);
    if body.is_null("tenantId") {
        return Err(Problem::invalid(NO_GLOBAL));
    }
    let name = body.text("name")?;
    let slug = body.opt_text("slug").map(str::to_owned).or_else(|| role::slug_of(name)).unwrap_or_else(|| format!("role_{id}"));
    if role::is_reserved(name) || role::is_reserved(&slug) {
        return Err(Problem::invalid("Role name is reserved"));
    }
    Ok(Draft {
        tenant: Some(tenant),
        slug,
        name: name.to_owned(),
        description: body.opt_text("description").map(str::to_owned),
        priority: body.opt_int("priority").unwrap_or_else(|| actor.caller().default_priority()),
    })
}
