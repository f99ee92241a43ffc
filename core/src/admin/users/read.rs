//! `GET …/admin/users/{id}`: one account, flat, with its live sessions.

use serde_json::{Value, json};

use super::target_and;
use crate::{
    cx::Cx,
    domain::{
        id::{Id, User},
        realm::Realm,
    },
    problem::Problem,
    store::sessions::{self, SessionRow},
    web::response::Response,
};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    // Said so by this route alone; elsewhere an id that is none is simply not found.
    let id: Result<Id<User>, _> = cx.id_param("id", "");
    id.map_err(|_| Problem::invalid("Invalid user ID"))?;
    let idle = cx.deployment.config.customer_session.idle;
    let (target, mut rows) = target_and(cx, |_, id| vec![sessions::live(Realm::Customer, id, idle, cx.now)]).await?;
    let user = &target.user;
    Ok(Response::json(
        200,
        &json!({
            "ok": true, "id": user.id, "email": user.email, "displayName": user.display_name, "emailVerifiedAt": user.email_verified_at,
            "isActive": user.is_active, "lockedUntil": user.locked_until, "lastLoginAt": user.last_login_at,
            "customerEntityId": user.customer_entity_id, "personEntityId": user.person_entity_id,
            "createdAt": user.created_at, "updatedAt": user.updated_at, "roles": user.role_views(),
            "sessions": session_views(rows.next().unwrap_or_default().all()?),
        }),
    ))
}

/// Last used first.
pub fn session_views(mut rows: Vec<SessionRow>) -> Value {
    rows.sort_by_key(|row| std::cmp::Reverse((row.last_used_at, row.created_at)));
    rows.iter().map(|row| json!(row)).collect()
}
