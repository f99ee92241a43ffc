//! `DELETE …/admin/roles/{id}`: a role nobody holds, that is neither a default nor one the system came with.

use serde_json::json;

use super::target;
use crate::{
    admin::lock,
    change::Change,
    cx::Cx,
    domain::{audit::Entry, event::Event},
    ports::StoreError,
    problem::Problem,
    store::{self, admin_roles, admin_roles::RoleRow, users::Count},
    web::response::Response,
};

pub const AUDIT: &[&str] = &["role.deleted"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    for _ in 0..3 {
        let (scope, role, mut rows) = target(cx, |id| vec![admin_roles::assigned(id)]).await?;
        let holders = rows.next().unwrap_or_default().first::<Count>()?.map_or(0, |count| count.n);
        refuse_kept(&role)?;
        lock::check(cx, lock::ROLE, role.updated_at)?;
        if holders > 0 {
            return Err(Problem::invalid(format!("Cannot delete role with {holders} assigned user(s). Reassign users first.")));
        }
        let mut writes = vec![admin_roles::delete(scope, &role, lock::next(role.updated_at, cx.now), cx.now), store::changed_one()];
        writes.extend(admin_roles::delete_rest(scope, role.id, cx.now));
        let payload = json!({"id": role.id, "name": role.name, "slug": role.slug, "tenantId": scope.tenant, "organizationId": scope.organization});
        let change = Change::new(writes)
            .audit(Entry::new("role.deleted", "role", role.id).detail(json!({"name": role.name, "slug": role.slug})))
            .event(Event::new("customer_accounts.role.deleted", scope.tenant, Some(scope.organization), payload));
        match cx.try_commit(change).await {
            Ok(_) => return Ok(Response::ok()),
            // Changed, deleted or given to somebody meanwhile: decide again.
            Err(StoreError::Precondition) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(lock::lost())
}

/// What stays, whoever asks.
fn refuse_kept(role: &RoleRow) -> Result<(), Problem> {
    if role.is_default {
        Err(Problem::invalid("Cannot delete the default role. Set another role as default first."))
    } else if role.is_system {
        Err(Problem::invalid("Cannot delete a system role"))
    } else {
        Ok(())
    }
}
