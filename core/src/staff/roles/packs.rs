//! Role packs: `GET /api/auth/role-packs` lists them, `POST …/{pack}/apply` brings a tenant the roles of one, and
//! `POST /api/auth/roles/acl/sync` gives a tenant back what its default roles lack. Both merge: a role that is there keeps
//! its name, height and everything it grants. Both ask for authority over what they change and nothing else, so that
//! whoever may not grant a thing cannot have it granted by a pack; and a second time changes nothing.

use serde_json::{Map, Value, json};

use super::{NO_TENANT, event};
use crate::{
    actor::Actor,
    admin::lock,
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        authority::{Access, Refusal as Denial, RoleAt, Standing},
        id::{Id, Role, Tenant},
        realm::Realm,
        registry,
    },
    pack::{self, Scope, StaffRole},
    ports::{Statement, StoreError},
    problem::Problem,
    store::{
        self,
        staff_role_admin::{self, StaffRoleRow},
        staff_roles::{self, NewStaffRole},
        users::Count,
    },
    web::{
        body::{Kind, Refusal, Schema, optional},
        response::Response,
    },
};

pub const BODY: Schema = Schema { fields: &[optional("tenantId", Kind::Uuid)], refusal: Refusal::Detailed("Invalid input") };
pub const APPLY_AUDIT: &[&str] = &["staff_role.pack_applied"];
pub const SYNC_AUDIT: &[&str] = &["staff_role.acls_synced"];

pub async fn list(_: &Cx<'_>) -> Result<Response, Problem> {
    let mut items = Vec::new();
    for (id, title, _) in pack::PACKS {
        let roles: Vec<Value> = load(id)?
            .into_iter()
            .map(|role| {
                json!({"slug": role.slug, "name": role.name(), "priority": role.priority, "platform": role.scope == Scope::Platform, "features": grants(&role)})
            })
            .collect();
        items.push(json!({"id": id, "title": title, "roles": roles}));
    }
    Ok(Response::json(200, &json!({"items": items})))
}

pub async fn apply(cx: &Cx<'_>) -> Result<Response, Problem> {
    let id = cx.params.iter().find(|(name, _)| name == "pack").map_or("", |(_, id)| id.as_str());
    merge(cx, load(id)?, id == "default", "staff_role.pack_applied").await
}

pub async fn sync(cx: &Cx<'_>) -> Result<Response, Problem> {
    merge(cx, load("default")?, true, "staff_role.acls_synced").await
}

fn load(id: &str) -> Result<Vec<StaffRole>, Problem> {
    let found = pack::named(id).ok_or_else(|| Problem::not_found("Role pack not found"))?;
    Ok(found.map_err(Problem::internal)?.staff)
}

fn grants(role: &StaffRole) -> Vec<String> {
    registry::default_grants(Realm::Staff, &role.slug, &role.features)
}

/// What a merge comes to.
#[derive(Default)]
struct Plan {
    writes: Vec<Statement>,
    created: Vec<(Id<Role>, String)>,
    updated: Vec<(Id<Role>, String, Option<Id<Tenant>>)>,
    detail: Map<String, Value>,
}

async fn merge(cx: &Cx<'_>, pack: Vec<StaffRole>, system: bool, action: &'static str) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let tenant = cx.body.opt_id("tenantId").unwrap_or(actor.tenant);
    let slugs: Vec<&str> = pack.iter().map(|role| role.slug.as_str()).collect();
    for _ in 0..3 {
        let mut rows = cx.read(vec![staff_role_admin::tenant_is_live(tenant), staff_role_admin::by_slugs(tenant, &slugs)]).await?.into_iter();
        if rows.next().unwrap_or_default().first::<Count>()?.is_none_or(|count| count.n == 0) {
            return Err(Problem::not_found(NO_TENANT));
        }
        let known = rows.next().unwrap_or_default().all::<StaffRoleRow>()?;
        let plan = plan(cx, actor, tenant, &pack, &known, system)?;
        let answer =
            json!({"ok": true, "created": names(&plan.created), "updated": plan.updated.iter().map(|(_, slug, _)| slug).collect::<Vec<_>>()});
        if plan.writes.is_empty() {
            return Ok(Response::json(200, &answer));
        }
        let mut change = Change::new(plan.writes).audit(Entry::new(action, "tenant", tenant).within(tenant, None).detail(plan.detail.into()));
        for (id, slug) in &plan.created {
            change = change.event(event(actor, "auth.role.created", *id, Some(tenant), slug));
        }
        for (id, slug, of) in &plan.updated {
            change = change.event(event(actor, "auth.role_acl.updated", *id, *of, slug));
        }
        match cx.try_commit(change).await {
            Ok(_) => return Ok(Response::json(200, &answer)),
            // A role was changed, or made by somebody else meanwhile: look again.
            Err(StoreError::Precondition) => {}
            Err(StoreError::Unique(index)) if index.contains("by_slug") => {}
            Err(StoreError::Unique(_)) => return Err(Problem::conflict("A role with this name already exists")),
            Err(other) => return Err(other.into()),
        }
    }
    Err(lock::lost())
}

fn names(created: &[(Id<Role>, String)]) -> Vec<&String> {
    created.iter().map(|(_, slug)| slug).collect()
}

/// The platform's roles are there once: they are given what they lack by super admins, and made by nobody here.
fn plan(cx: &Cx<'_>, actor: &Actor, tenant: Id<Tenant>, pack: &[StaffRole], known: &[StaffRoleRow], system: bool) -> Result<Plan, Problem> {
    let mut plan = Plan::default();
    for role in pack {
        let platform = role.scope == Scope::Platform;
        match known.iter().find(|row| row.slug == role.slug && row.tenant_id.is_none() == platform) {
            Some(row) => amend(cx, actor, role, row, &mut plan)?,
            None if platform => {}
            None => create(cx, actor, tenant, role, system, &mut plan)?,
        }
    }
    Ok(plan)
}

fn amend(cx: &Cx<'_>, actor: &Actor, role: &StaffRole, row: &StaffRoleRow, plan: &mut Plan) -> Result<(), Problem> {
    let caller = actor.caller();
    let before = row.access();
    let missing: Vec<String> = grants(role).into_iter().filter(|grant| !before.features.contains(grant)).collect();
    if missing.is_empty() || (row.tenant_id.is_none() && !caller.standing.admin) {
        return Ok(());
    }
    caller.may_manage_role(&row.at(&before))?;
    let after = Access { features: [before.features.clone(), missing.clone()].concat(), ..before.clone() };
    caller.may_change_access(&before, &after)?;
    plan.writes.extend([staff_role_admin::set_acl(row, &after, lock::next(row.acl_updated_at, cx.now)), store::changed_one()]);
    plan.detail.insert(role.slug.clone(), json!({"added": missing}));
    plan.updated.push((row.id, role.slug.clone(), row.tenant_id));
    Ok(())
}

fn create(cx: &Cx<'_>, actor: &Actor, tenant: Id<Tenant>, role: &StaffRole, system: bool, plan: &mut Plan) -> Result<(), Problem> {
    let caller = actor.caller();
    let features = grants(role);
    caller.may_create_role(role.priority)?;
    if caller.organizations.is_some() {
        return Err(Denial::UnrestrictedOrganizations.into());
    }
    let standing = Standing { priority: role.priority, admin: role.is_super_admin };
    caller.may_grant_role(&RoleAt { tenant: Some(tenant), standing, features: &features, organizations: None }, tenant)?;
    let id = cx.new_id();
    let new = NewStaffRole { id, tenant: Some(tenant), slug: &role.slug, name: role.name(), priority: role.priority, is_system: system };
    plan.writes.push(staff_role_admin::in_live_tenant(tenant));
    plan.writes.extend(staff_roles::insert(&new, cx.new_id(), &features, role.is_super_admin, cx.now));
    plan.detail.insert(role.slug.clone(), json!({"created": true, "added": features}));
    plan.created.push((id, role.slug.clone()));
    Ok(())
}
