//! `…/admin/invitations`: who has been invited into the organization and has not answered yet, by whomever.

use super::{scope, scope_or};
use crate::{account::invitations::pending, cx::Cx, problem::Problem, store::pending_invitations::Of, web::response::Response};

pub async fn list(cx: &Cx<'_>) -> Result<Response, Problem> {
    match scope(cx.actor()?) {
        Some(scope) => pending::list(cx, Of::Organization(scope.tenant, scope.organization)).await,
        None => Ok(pending::nothing(cx)),
    }
}

pub async fn cancel(cx: &Cx<'_>) -> Result<Response, Problem> {
    let scope = scope_or(cx, "Invitation not found")?;
    pending::cancel(cx, Of::Organization(scope.tenant, scope.organization), true).await
}
