//! `…/portal/invitations`: who has been invited into the caller's company and has not answered yet.

use super::users::company;
use crate::{account::invitations::pending, cx::Cx, problem::Problem, store::pending_invitations::Of, web::response::Response};

pub async fn list(cx: &Cx<'_>) -> Result<Response, Problem> {
    pending::list(cx, of(cx)?).await
}

pub async fn cancel(cx: &Cx<'_>) -> Result<Response, Problem> {
    pending::cancel(cx, of(cx)?, cx.actor()?.grants.admin).await
}

fn of(cx: &Cx<'_>) -> Result<Of, Problem> {
    let actor = cx.actor()?;
    Ok(Of::Company(actor.tenant, company(actor)?))
}
