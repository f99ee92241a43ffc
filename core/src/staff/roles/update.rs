//! `PUT /api/auth/roles`: name, slug, description, priority and, for super admins, the tenant. A name that people know a
//! role by stays while somebody holds it, and a role that came with the system keeps what it is called for good.

use serde_json::{Map, json};

use super::{
    NO_GLOBAL, NO_TENANT,
    create::{DESCRIPTION, NAME, PRIORITY, SLUG, TENANT},
    event, facts, taken, target,
};
use crate::{
    admin::lock,
    change::Change,
    cx::Cx,
    domain::{audit::Entry, role},
    ports::StoreError,
    problem::Problem,
    store::{
        self,
        staff_role_admin::{self, Draft, StaffRoleRow},
    },
    web::{
        body::{Kind, Refusal, Schema, Valid, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[required("id", Kind::Uuid), optional("name", NAME), SLUG, DESCRIPTION, PRIORITY, TENANT],
    refusal: Refusal::Detailed("Invalid input"),
};

pub const AUDIT: &[&str] = &["staff_role.updated"];

pub const MISSING: &str = "Role not found";

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let id = cx.body.opt_id("id").ok_or_else(|| Problem::not_found(MISSING))?;
    if cx.body.is_null("tenantId") {
        return Err(Problem::invalid(NO_GLOBAL));
    }
    for _ in 0..3 {
        let (role, _) = target(cx, id, MISSING, Vec::new()).await?;
        let (before, after) = (before(&role), after(&role, &cx.body));
        check(cx, &role, &before, &after)?;
        lock::check(cx, lock::STAFF_ROLE, role.updated_at)?;
        let version = lock::next(role.updated_at, cx.now);
        let unheld = is_renamed(&before, &after) || before.tenant != after.tenant;
        let change = Change::new(vec![staff_role_admin::update(&role, &after, unheld, version), store::changed_one()])
            .audit(Entry::new("staff_role.updated", "staff_role", id).detail(detail(&before, &after).into()))
            .event(event(actor, "auth.role.updated", id, after.tenant, &after.name));
        match cx.try_commit(change).await {
            Ok(_) => return Ok(Response::ok()),
            Err(StoreError::Precondition) if before.tenant != after.tenant && role.users == 0 => return Err(Problem::not_found(NO_TENANT)),
            Err(StoreError::Precondition) => {}
            Err(error) => return Err(taken(&error).unwrap_or_else(|| error.into())),
        }
    }
    Err(lock::lost())
}

fn before(role: &StaffRoleRow) -> Draft {
    Draft { tenant: role.tenant_id, slug: role.slug.clone(), name: role.name.clone(), description: role.description.clone(), priority: role.priority }
}

fn after(role: &StaffRoleRow, body: &Valid) -> Draft {
    let text = |name: &str, stays: &str| body.opt_text(name).unwrap_or(stays).to_owned();
    Draft {
        tenant: body.opt_id("tenantId").or(role.tenant_id),
        slug: text("slug", &role.slug),
        name: text("name", &role.name),
        description: if body.has("description") { body.opt_text("description").map(str::to_owned) } else { role.description.clone() },
        priority: body.opt_int("priority").unwrap_or(role.priority),
    }
}

/// What people and other systems know a role by.
fn is_renamed(before: &Draft, after: &Draft) -> bool {
    before.name != after.name || before.slug != after.slug
}

fn check(cx: &Cx<'_>, role: &StaffRoleRow, before: &Draft, after: &Draft) -> Result<(), Problem> {
    let caller = cx.actor()?.caller();
    let access = role.access();
    caller.may_manage_role(&role.at(&access))?;
    let renamed = is_renamed(before, after);
    if role.is_system && (renamed || before.priority != after.priority || before.tenant != after.tenant) {
        return Err(Problem::invalid("Cannot change name of a system role"));
    }
    if renamed && (role::is_reserved(&after.name) || role::is_reserved(&after.slug)) {
        return Err(Problem::invalid("Role name is reserved"));
    }
    if renamed && role.users > 0 {
        return Err(Problem::invalid("Role name cannot be changed while users are assigned"));
    }
    if before.tenant != after.tenant && role.users > 0 {
        return Err(Problem::invalid("Role cannot be moved to another tenant while users are assigned"));
    }
    Ok(caller.may_create_role(after.priority)?)
}

fn detail(before: &Draft, after: &Draft) -> Map<String, serde_json::Value> {
    let pairs = facts(before).into_iter().zip(facts(after));
    pairs.filter(|((_, old), (_, new))| old != new).map(|((name, old), (_, new))| (name.to_owned(), json!({"before": old, "after": new}))).collect()
}
