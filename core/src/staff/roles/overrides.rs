//! `/api/auth/roles/{id}/overrides/{organization}`: what an organization adds to a role and takes from it, for itself. It
//! counts where that organization is active, and nowhere under it. What is added, or no longer taken away, has to be the
//! editor's own to give.

use serde_json::{Value, json};

use super::{
    acl::{FEATURES, detail, unique},
    target,
    update::MISSING,
};
use crate::{
    actor::Actor,
    admin::lock,
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        authority::Access,
        event::Event,
        id::{Organization, Role},
    },
    ports::StoreError,
    problem::Problem,
    store::{
        self,
        staff_role_admin::StaffRoleRow,
        staff_role_overrides::{self, OverrideRow},
    },
    web::{
        body::{Refusal, Schema, optional},
        response::Response,
    },
};

pub const BODY: Schema = Schema { fields: &[optional("adds", FEATURES), optional("removes", FEATURES)], refusal: Refusal::Detailed("Invalid input") };

pub const REPLACE_AUDIT: &[&str] = &["staff_role.override_replaced", "staff_role.override_deleted"];
pub const DELETE_AUDIT: &[&str] = &["staff_role.override_deleted"];

const NO_ORGANIZATION: &str = "Organization not found";

pub async fn read(cx: &Cx<'_>) -> Result<Response, Problem> {
    let (role, row) = load(cx).await?;
    let access = row.access();
    Ok(Response::json(
        200,
        &json!({"roleId": role.id, "organizationId": row.organization, "adds": access.features, "removes": access.denied, "updatedAt": row.updated_at}),
    ))
}

pub async fn replace(cx: &Cx<'_>) -> Result<Response, Problem> {
    let after = Access { features: unique(cx.body.texts("adds")), denied: unique(cx.body.texts("removes")), ..Access::default() };
    change(cx, &after).await
}

pub async fn delete(cx: &Cx<'_>) -> Result<Response, Problem> {
    change(cx, &Access::default()).await
}

/// The role, and the organization where the caller looks after it.
async fn load(cx: &Cx<'_>) -> Result<(StaffRoleRow, OverrideRow), Problem> {
    let actor = cx.actor()?;
    let id = cx.id_param::<Role>("id", MISSING)?;
    let organization = cx.id_param::<Organization>("organization", NO_ORGANIZATION)?;
    let (role, mut rows) = target(cx, id, MISSING, vec![staff_role_overrides::one(id, organization)]).await?;
    let row = rows.next().unwrap_or_default().first::<OverrideRow>()?.filter(|row| is_own(actor, &role, row));
    Ok((role, row.ok_or_else(|| Problem::not_found(NO_ORGANIZATION))?))
}

fn is_own(actor: &Actor, role: &StaffRoleRow, row: &OverrideRow) -> bool {
    let of_role = role.tenant_id.is_none_or(|tenant| tenant == row.tenant_id);
    let within = actor.caller().organizations.is_none_or(|own| own.contains(&row.organization));
    of_role && (actor.grants.admin || (row.tenant_id == actor.tenant && within))
}

async fn change(cx: &Cx<'_>, after: &Access) -> Result<Response, Problem> {
    let caller = cx.actor()?.caller();
    for _ in 0..3 {
        let (role, row) = load(cx).await?;
        let before = row.access();
        caller.may_override_role(role.tenant_id, role.standing())?;
        caller.may_change_access(&before, after)?;
        lock::check(cx, lock::STAFF_ROLE_ACL, row.updated_at)?;
        let gone = *after == Access::default();
        if gone && row.updated_at.is_none() {
            return Ok(Response::ok());
        }
        let version = lock::next(row.updated_at, cx.now);
        let write = if gone { staff_role_overrides::delete(role.id, &row) } else { staff_role_overrides::set(&role, &row, after, version) };
        let action = if gone { "staff_role.override_deleted" } else { "staff_role.override_replaced" };
        let change = Change::new(vec![write, store::changed_one()])
            .audit(Entry::new(action, "staff_role", role.id).within(row.tenant_id, Some(row.organization)).detail(named(&before, after)))
            .event(Event::new(
                "auth.role_acl.updated",
                row.tenant_id,
                Some(row.organization),
                json!({"id": role.id, "name": role.name, "tenantId": row.tenant_id, "organizationId": row.organization}),
            ));
        match cx.try_commit(change).await {
            Ok(_) => return Ok(Response::ok()),
            Err(StoreError::Precondition | StoreError::Unique(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(lock::lost())
}

/// Before and after, in the words of an override.
fn named(before: &Access, after: &Access) -> Value {
    let mut detail = detail(before, after);
    if let Some(object) = detail.as_object_mut() {
        for (from, to) in [("features", "adds"), ("denied", "removes")] {
            if let Some(value) = object.remove(from) {
                object.insert(to.into(), value);
            }
        }
    }
    detail
}
