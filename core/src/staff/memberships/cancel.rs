//! `DELETE /api/auth/memberships/invitations/{id}`: an invitation that was not accepted yet is void.

use serde_json::json;

use crate::{
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        event::Event,
        id::{Id, Record},
    },
    problem::Problem,
    store::{
        self,
        membership_invitations::{self, PendingRow},
    },
    web::response::Response,
};

pub const AUDIT: &[&str] = &["invitation.cancelled"];

const MISSING: &str = "Invitation not found";

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let id: Id<Record> = cx.id_param("id", MISSING)?;
    let query = membership_invitations::one_within(id, actor.tenant, &actor.scope(super::invite::INVITE), cx.now);
    let row = cx.read_one(query).await?.first::<PendingRow>()?.ok_or_else(|| Problem::not_found(MISSING))?;
    let payload = json!({"invitationId": id, "tenantId": row.tenant_id, "organizationId": row.organization_id});
    let change = Change::new(vec![membership_invitations::cancel(id, cx.now), store::changed_one()])
        .audit(Entry::new("invitation.cancelled", "invitation", id).within(row.tenant_id, row.organization_id))
        .event(Event::new("auth.invitation.cancelled", row.tenant_id, row.organization_id, payload));
    cx.commit(change).await?;
    Ok(Response::ok())
}
