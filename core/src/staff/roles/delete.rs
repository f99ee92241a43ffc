//! `DELETE /api/auth/roles?id=`: a role nobody holds, and that the system did not come with.

use serde_json::json;

use super::{event, target, update::MISSING};
use crate::{
    admin::lock,
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        id::{Id, Role},
    },
    ports::StoreError,
    problem::Problem,
    store::{self, staff_role_admin, staff_role_overrides},
    web::response::Response,
};

pub const AUDIT: &[&str] = &["staff_role.deleted"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let text = cx.request.query_value("id").filter(|text| !text.is_empty()).ok_or_else(|| Problem::invalid("Role id required"))?;
    let id: Id<Role> = Id::parse(&text).ok_or_else(|| Problem::not_found(MISSING))?;
    for _ in 0..3 {
        let (role, _) = target(cx, id, MISSING, Vec::new()).await?;
        let access = role.access();
        actor.caller().may_manage_role(&role.at(&access))?;
        if role.is_system {
            return Err(Problem::invalid("Cannot delete a system role"));
        }
        if role.users > 0 {
            return Err(Problem::invalid("Role has assigned users"));
        }
        lock::check(cx, lock::STAFF_ROLE, role.updated_at)?;
        let writes = vec![
            staff_role_admin::delete(&role, lock::next(role.updated_at, cx.now), cx.now),
            store::changed_one(),
            staff_role_admin::delete_acl(id, cx.now),
            staff_role_overrides::delete_all(id),
        ];
        let change = Change::new(writes)
            .audit(Entry::new("staff_role.deleted", "staff_role", id).detail(json!({"name": role.name, "slug": role.slug})))
            .event(event(actor, "auth.role.deleted", id, role.tenant_id, &role.name));
        match cx.try_commit(change).await {
            Ok(_) => return Ok(Response::ok()),
            // Changed, deleted or given to somebody meanwhile: decide again.
            Err(StoreError::Precondition) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(lock::lost())
}
