//! `…/portal/users`: the people of the caller's company. Scope is company and tenant; who has no company is told so.
//!
//! What a portal user may hand out is limited: assignable roles only, never a portal-admin role, and never a
//! `portal.users.*` feature the caller lacks.

use serde_json::json;

use crate::{
    account::invitations::create::{InviteOrder, invite as send_invitation},
    actor::Actor,
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        event::Event,
        feature::Grants,
        id::{Entity, Id, Role, User},
        notification,
        realm::Realm,
    },
    ports::StoreError,
    problem::{Code, Problem},
    store::{
        self,
        company_users::{self, ColleagueRow, CompanyUserRow},
        invitations, notifications,
        roles::{self, GrantableRow},
        sessions, tokens,
        users::Count,
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

const MISSING: &str = "User not found";

pub fn company(actor: &Actor) -> Result<Id<Entity>, Problem> {
    actor.company.ok_or_else(|| Problem::forbidden("No company association"))
}

pub async fn list(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let company = company(actor)?;
    let page = cx.request.query_number("page", 1, 1..=1_000_000);
    let size = cx.request.query_number("pageSize", 25, 1..=100);
    let mut rows = cx.read(company_users::list(company, actor.tenant, page, size).to_vec()).await?.into_iter();
    let users: Vec<_> = rows.next().unwrap_or_default().all::<CompanyUserRow>()?.iter().map(CompanyUserRow::view).collect();
    let total = rows.next().unwrap_or_default().first::<Count>()?.map_or(0, |count| count.n);
    let pages = ((total + i64::from(size) - 1) / i64::from(size)).max(1);
    Ok(Response::json(200, &json!({"ok": true, "users": users, "total": total, "totalPages": pages, "page": page, "pageSize": size})))
}

pub const INVITE_BODY: Schema = Schema {
    fields: &[
        required("email", Kind::Email),
        required("roleIds", Kind::Uuids { min: 1 }),
        optional("displayName", Kind::Text { min: 1, max: 255 }),
        optional("customerEntityId", Kind::Uuid),
    ],
    refusal: Refusal::Detailed("Validation failed"),
};

pub const INVITE_AUDIT: &[&str] = &["user.invited"];

pub async fn invite(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let company = company(actor)?;
    let wanted: Vec<Id<Role>> = cx.body.ids("roleIds");
    let known = cx.read_one(roles::grantable(actor.tenant, actor.organization()?, &wanted)).await?.all::<GrantableRow>()?;
    for id in &wanted {
        let Some(role) = known.iter().find(|role| role.id == *id) else { return Err(Problem::invalid(format!("Role {id} not found"))) };
        if !may_grant(&actor.grants, role) {
            return Err(Problem::forbidden(format!("Role \"{}\" cannot be assigned by portal users", role.name)));
        }
    }
    let order = InviteOrder {
        email: cx.body.email("email")?,
        roles: wanted,
        company: Some(company),
        display_name: cx.body.opt_text("displayName").map(str::to_owned),
    };
    send_invitation(cx, &order).await
}

/// Whether a portal user may hand out a role.
pub fn may_grant(own: &Grants, role: &GrantableRow) -> bool {
    let reaches_users =
        |feature: &String| feature == "*" || feature == "portal.*" || feature == "portal.users" || feature.starts_with("portal.users.");
    role.customer_assignable && !role.is_portal_admin && role.features().iter().filter(|f| reaches_users(f)).all(|f| holds(own, f))
}

/// A grant is held when the caller's grants cover everything it covers.
fn holds(own: &Grants, grant: &str) -> bool {
    let stem = grant.strip_suffix(".*").unwrap_or(grant);
    let wildcard = grant == "*" || grant.ends_with(".*");
    own.admin
        || if wildcard {
            own.features.iter().any(|held| held == "*" || (held.ends_with(".*") && crate::domain::feature::grant_covers(held, stem)))
        } else {
            own.allow(grant)
        }
}

pub const REMOVE_AUDIT: &[&str] = &["user.deleted"];

pub async fn remove(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let company = company(actor)?;
    let id = cx.id_param::<User>("id", MISSING)?;
    if id == actor.user {
        return Err(Problem::invalid("Cannot delete your own account"));
    }
    let colleague = colleague(cx, id, company).await?;
    may_manage(actor, &colleague)?;
    let mut writes = vec![company_users::delete(id, actor.tenant, cx.now), store::changed_one()];
    writes.extend(sessions::end_all(Realm::Customer, id, cx.now));
    writes.extend(tokens::void_everything(id, cx.now));
    writes.push(invitations::cancel_of(id, cx.now));
    let payload = json!({"id": id, "email": colleague.email, "tenantId": actor.tenant, "organizationId": colleague.organization_id});
    let change = Change::new(writes).audit(Entry::new("user.deleted", "user", id)).event(Event::new(
        "customer_accounts.user.deleted",
        actor.tenant,
        Some(colleague.organization_id),
        payload,
    ));
    finish(cx, change).await
}

pub const ROLES_BODY: Schema = Schema { fields: &[required("roleIds", Kind::Uuids { min: 1 })], refusal: Refusal::Detailed("Validation failed") };

pub const ROLES_AUDIT: &[&str] = &["user.roles_changed"];

pub async fn set_roles(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let company = company(actor)?;
    let id = cx.id_param::<User>("id", MISSING)?;
    let wanted: Vec<Id<Role>> = cx.body.ids("roleIds");
    let queries = vec![company_users::colleague(id, company, actor.tenant), roles::grantable(actor.tenant, actor.organization()?, &wanted)];
    let mut rows = cx.read(queries).await?.into_iter();
    let colleague = rows.next().unwrap_or_default().first::<ColleagueRow>()?.ok_or_else(|| Problem::not_found(MISSING))?;
    let known = rows.next().unwrap_or_default().all::<GrantableRow>()?;
    may_manage(actor, &colleague)?;
    if known.len() != wanted.len() || !known.iter().all(|role| may_grant(&actor.grants, role)) {
        return Err(Problem::new(Code::ValidationError, "Role not found or not assignable"));
    }
    let names: Vec<String> = known.iter().map(|role| role.name.clone()).collect();
    let mut writes = roles::replace(id, &wanted, cx.now).to_vec();
    let notice = notification::roles_changed(&actor.organization_slug, &names);
    writes.push(notifications::insert(cx.new_id(), actor.tenant, Some(colleague.organization_id), id, &notice, cx.now));
    let payload = json!({
        "id": id, "recipientUserId": id, "email": colleague.email, "tenantId": actor.tenant, "organizationId": colleague.organization_id, "updatedBy": actor.user,
    });
    let before: serde_json::Value = serde_json::from_str(&colleague.roles).unwrap_or_default();
    let change = Change::new(writes)
        .audit(Entry::new("user.roles_changed", "user", id).detail(json!({"roles": {"before": before, "after": names}})))
        .event(Event::new("customer_accounts.user.updated", actor.tenant, Some(colleague.organization_id), payload));
    finish(cx, change).await
}

/// A portal admin is removed or demoted by another one only: managing users is less than being their admin.
fn may_manage(actor: &Actor, colleague: &ColleagueRow) -> Result<(), Problem> {
    if colleague.is_portal_admin && !actor.grants.admin { Err(Problem::forbidden("Insufficient permissions")) } else { Ok(()) }
}

async fn colleague(cx: &Cx<'_>, id: Id<User>, company: Id<Entity>) -> Result<ColleagueRow, Problem> {
    let tenant = cx.actor()?.tenant;
    cx.read_one(company_users::colleague(id, company, tenant)).await?.first::<ColleagueRow>()?.ok_or_else(|| Problem::not_found(MISSING))
}

async fn finish(cx: &Cx<'_>, change: Change) -> Result<Response, Problem> {
    match cx.try_commit(change).await {
        Err(StoreError::Precondition) => Err(Problem::not_found(MISSING)),
        other => other.map(|_| Response::ok()).map_err(Problem::from),
    }
}
