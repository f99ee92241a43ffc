//! `GET` and `PUT /api/auth/roles/acl`: what a role grants and where, in force on the next request of everyone who holds
//! it. A member that is absent stays as it is.

use serde_json::{Value, json};

use super::{event, target};
use crate::{
    actor::Actor,
    admin::{lock, roles::acl::oversized},
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        authority::{Access, Refusal as Denial},
        id::{Id, Organization, Role, Tenant},
        role::{SystemAcl, system_acl},
    },
    ports::{Rows, StoreError},
    problem::Problem,
    store::{
        self,
        staff_role_admin::{self, OrganizationRow, StaffRoleRow},
        succession::{self, Losing, OutlookRow},
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        required("roleId", Kind::Uuid),
        optional("isSuperAdmin", Kind::Bool),
        optional("features", FEATURES),
        optional("organizations", Kind::UuidsOrNull),
        optional("tenantId", Kind::UuidOrNull),
    ],
    refusal: Refusal::Detailed("Invalid input"),
};

pub const FEATURES: Kind = Kind::Texts { min: 0, max: 200, each: 100 };

pub const AUDIT: &[&str] = &["staff_role.acl_replaced"];

const MISSING: &str = "Not found";

pub async fn read(cx: &Cx<'_>) -> Result<Response, Problem> {
    let invalid = || Problem::invalid("Invalid input");
    let id: Id<Role> = cx.request.query_value("roleId").and_then(|text| Id::parse(&text)).ok_or_else(invalid)?;
    let tenant = cx.request.query_value("tenantId").and_then(|text| Id::parse(&text));
    let (role, _) = target(cx, id, MISSING, Vec::new()).await?;
    of_tenant(&role, tenant)?;
    let access = role.access();
    Ok(Response::json(
        200,
        &json!({
            "isSuperAdmin": access.admin, "features": access.features, "organizations": access.organizations, "updatedAt": role.acl_updated_at,
        }),
    ))
}

pub async fn replace(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let id: Id<Role> = cx.body.opt_id("roleId").ok_or_else(|| Problem::not_found(MISSING))?;
    let named = cx.body.ids::<Organization>("organizations");
    for _ in 0..3 {
        let more = vec![succession::outlook(&Losing::RoleFlag(id)), staff_role_admin::known_organizations(&named)];
        let (role, rows) = target(cx, id, MISSING, more).await?;
        of_tenant(&role, cx.body.opt_id("tenantId"))?;
        let (before, after) = (role.access(), after(cx, &role));
        let loses_flag = before.admin && !after.admin;
        check(cx, &role, &before, &after, rows)?;
        lock::check(cx, lock::STAFF_ROLE_ACL, role.acl_updated_at)?;
        let version = lock::next(role.acl_updated_at, cx.now);
        let mut writes = if loses_flag { vec![succession::hold(&Losing::RoleFlag(id))] } else { Vec::new() };
        writes.extend([staff_role_admin::set_acl(&role, &after, version), store::changed_one()]);
        let change = Change::new(writes).audit(Entry::new("staff_role.acl_replaced", "staff_role", id).detail(detail(&before, &after))).event(event(
            actor,
            "auth.role_acl.updated",
            id,
            role.tenant_id,
            &role.name,
        ));
        match cx.try_commit(change).await {
            Ok(_) => return Ok(Response::json(200, &answer(&after.features, false))),
            Err(StoreError::Precondition) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(lock::lost())
}

/// A caller who names a tenant means a role of that one.
fn of_tenant(role: &StaffRoleRow, named: Option<Id<Tenant>>) -> Result<(), Problem> {
    match (named, role.tenant_id) {
        (Some(named), Some(own)) if named != own => Err(Problem::not_found(MISSING)),
        _ => Ok(()),
    }
}

/// Grants that may be too many for a token are pointed out.
pub fn answer(features: &[String], sanitized: bool) -> Value {
    let mut answer = json!({"ok": true, "sanitized": sanitized});
    if let (true, Some(object)) = (oversized(features), answer.as_object_mut()) {
        object.insert("warning".into(), json!("features_omitted"));
    }
    answer
}

/// A list without its repeats, in its order.
pub fn unique<T: PartialEq>(list: Vec<T>) -> Vec<T> {
    list.into_iter().fold(Vec::new(), |mut kept, item| {
        if !kept.contains(&item) {
            kept.push(item);
        }
        kept
    })
}

fn after(cx: &Cx<'_>, role: &StaffRoleRow) -> Access {
    let (body, before) = (&cx.body, role.access());
    let organizations = match (body.has("organizations"), body.is_null("organizations")) {
        (false, _) => before.organizations,
        (true, true) => None,
        (true, false) => Some(body.ids("organizations")),
    };
    Access {
        admin: body.opt_bool("isSuperAdmin").unwrap_or(before.admin),
        features: if body.has("features") { unique(body.texts("features")) } else { before.features },
        denied: Vec::new(),
        organizations,
    }
}

fn check(cx: &Cx<'_>, role: &StaffRoleRow, before: &Access, after: &Access, mut rows: std::vec::IntoIter<Rows>) -> Result<(), Problem> {
    let caller = cx.actor()?.caller();
    caller.may_manage_role(&role.at(before))?;
    match system_acl(&role.slug) {
        SystemAcl::Fixed if role.is_system => return Err(Problem::invalid("Cannot change the access of this system role")),
        SystemAcl::SuperAdmins if role.is_system && !caller.standing.admin => {
            return Err(Problem::forbidden("Only super administrators can modify this system role."));
        }
        _ => {}
    }
    caller.may_change_access(before, after)?;
    let outlook = rows.next().unwrap_or_default().first::<OutlookRow>()?;
    if let (Some(outlook), true) = (outlook, before.admin && !after.admin) {
        outlook.check()?;
    }
    let known = rows.next().unwrap_or_default().all::<OrganizationRow>()?;
    unknown_places(cx.actor()?, role.tenant_id, before, after, &known)
}

/// Every organization that comes into the list is a live one of the tenant; of any, for a role of the platform.
pub fn unknown_places(actor: &Actor, tenant: Option<Id<Tenant>>, before: &Access, after: &Access, known: &[OrganizationRow]) -> Result<(), Problem> {
    let added = after.organizations.iter().flatten().filter(|id| !before.organizations.iter().flatten().any(|old| old == *id));
    let in_tenant = |row: &OrganizationRow| tenant.is_none_or(|tenant| row.tenant_id == tenant);
    let is_known = |id: &Id<Organization>| known.iter().any(|row| row.id == *id && in_tenant(row));
    match (added.into_iter().all(is_known), actor.grants.admin) {
        (true, _) => Ok(()),
        (false, true) => Err(Problem::not_found("Organization not found")),
        (false, false) => Err(Denial::ForeignOrganization.into()),
    }
}

/// Before and after, of what changed.
pub fn detail(before: &Access, after: &Access) -> Value {
    let facts = |access: &Access| {
        [
            ("features", json!(access.features)),
            ("denied", json!(access.denied)),
            ("isSuperAdmin", json!(access.admin)),
            ("organizations", json!(access.organizations)),
        ]
    };
    let pairs = facts(before).into_iter().zip(facts(after)).filter(|((_, old), (_, new))| old != new);
    pairs.map(|((name, old), (_, new))| (name.to_owned(), json!({"before": old, "after": new}))).collect()
}
