//! `…/admin/roles`: the customer roles of the caller's organization and what they grant.

pub mod acl;
pub mod create;
pub mod delete;
pub mod list;
pub mod read;
pub mod update;

use serde_json::json;

use super::scope_or;
use crate::{
    cx::Cx,
    domain::{
        event::Event,
        id::{Id, Role},
    },
    ports::{Query, Rows},
    problem::Problem,
    store::{
        admin_roles::{self, RoleRow},
        admin_users::Scope,
    },
};

pub const MISSING: &str = "Role not found";

/// The role the path names, or 404, with further reads in the same round trip.
pub async fn target(cx: &Cx<'_>, more: impl FnOnce(Id<Role>) -> Vec<Query>) -> Result<(Scope, RoleRow, std::vec::IntoIter<Rows>), Problem> {
    let scope = scope_or(cx, MISSING)?;
    let id = cx.id_param::<Role>("id", MISSING)?;
    let mut queries = vec![admin_roles::one(scope, id)];
    queries.extend(more(id));
    let mut rows = cx.read(queries).await?.into_iter();
    let role = rows.next().unwrap_or_default().first::<RoleRow>()?.ok_or_else(|| Problem::not_found(MISSING))?;
    Ok((scope, role, rows))
}

/// `role.updated` reaches every portal page of the organization, so that it asks anew what its person may do.
pub fn updated(scope: Scope, role: &RoleRow, name: &str) -> Event {
    let payload = json!({"id": role.id, "name": name, "tenantId": scope.tenant, "organizationId": scope.organization});
    Event::new("customer_accounts.role.updated", scope.tenant, Some(scope.organization), payload)
}
