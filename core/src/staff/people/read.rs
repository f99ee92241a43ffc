//! `GET /api/auth/users/{id}`: one person, with where they work and whether they can come in.

use serde_json::{Value, json};

use super::{LIST, named, seen};
use crate::{
    cx::Cx,
    problem::Problem,
    store::{
        staff_people::PersonRow,
        staff_sessions::{self, StaffSessionRow},
    },
    web::response::Response,
};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let id = named(cx)?;
    let live = staff_sessions::live(id, cx.deployment.config.staff_idle(), cx.now);
    let (person, mut rows) = seen(cx, id, LIST, vec![live]).await?;
    let sessions = rows.next().unwrap_or_default().all::<StaffSessionRow>()?.len();
    // What somebody does in another tenant is nobody's business here, and neither is where else.
    let actor = cx.actor()?;
    let memberships: Vec<Value> = person
        .memberships()
        .iter()
        .filter(|held| actor.grants.admin || held.tenant == actor.tenant)
        .map(|held| {
            json!({
                "id": held.id, "tenantId": held.tenant, "organizationId": held.organization, "organizationName": held.organization_name,
                "role": {"id": held.role, "name": held.name, "slug": held.slug, "priority": held.priority},
            })
        })
        .collect();
    Ok(Response::json(200, &view(cx, &person, memberships, sessions)))
}

fn view(cx: &Cx<'_>, person: &PersonRow, memberships: Vec<Value>, sessions: usize) -> Value {
    json!({
        "ok": true, "id": person.id, "email": person.email, "name": person.display_name, "tenantId": person.tenant_id,
        "tenantName": person.tenant_name, "organizationId": person.organization_id, "hasPassword": person.has_password,
        "isActive": person.is_active, "isLocked": person.locked_until.is_some_and(|until| until > cx.now), "lockedUntil": person.locked_until,
        "failedLoginAttempts": person.failed_login_attempts, "mustChangePassword": person.must_change_password,
        "lastLoginAt": person.last_login_at, "createdAt": person.created_at, "updatedAt": person.updated_at,
        "isSuperAdmin": person.is_super_admin, "memberships": memberships, "sessionCount": sessions,
    })
}
