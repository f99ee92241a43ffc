//! `DELETE /api/auth/users/{id}/memberships/{membership}`: somebody does not work there any more. In force on their next
//! request: what a session may do is asked of the memberships each time.

use serde_json::json;

use super::{EDIT, NO_MEMBERSHIP, events, person};
use crate::{
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        authority::{Operation, Refusal},
        id::{Id, Record},
        membership::Seat,
    },
    problem::Problem,
    store::{
        self,
        memberships::{self, MembershipRow},
        succession::{self, Losing, OutlookRow},
    },
    web::response::Response,
};

pub const AUDIT: &[&str] = &["membership.deleted"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let id: Id<Record> = cx.id_param("membership", NO_MEMBERSHIP)?;
    let losing = [id];
    let losing = Losing::Memberships(&losing);
    let user = cx.id_param("id", super::NO_USER)?;
    let (person, mut rows) = person(cx, EDIT, vec![memberships::one(id, user, &actor.scope(EDIT)), succession::outlook(&losing)]).await?;
    let row = rows.next().unwrap_or_default().first::<MembershipRow>()?.ok_or_else(|| Problem::not_found(NO_MEMBERSHIP))?;
    if person.id == actor.user {
        return Err(Refusal::Oneself(Operation::Demote).into());
    }
    actor.caller().may_manage_membership(person.id, row.standing())?;
    rows.next().unwrap_or_default().first::<OutlookRow>()?.map_or(Ok(()), OutlookRow::check)?;
    remove(cx, &row, &losing, "membership.deleted").await?;
    Ok(Response::ok())
}

/// Ends a membership, unless it is the last of its kind when the batch runs.
pub async fn remove(cx: &Cx<'_>, row: &MembershipRow, losing: &Losing<'_>, action: &'static str) -> Result<(), Problem> {
    let seat = Seat { tenant: row.tenant_id, organization: row.organization_id };
    let writes = vec![succession::hold(losing), memberships::end(row.id, row.user_id, cx.now), store::changed_one()];
    let detail =
        json!({"user": row.user_id, "before": {"roleId": row.role_id, "organizationId": row.organization_id, "merchantIds": row.merchants()}});
    let entry = Entry::new(action, "membership", row.id).within(seat.tenant, seat.organization).detail(detail);
    let [own, user] = events("auth.membership.deleted", row.id, row.user_id, seat, row.role_id);
    cx.commit(Change::new(writes).audit(entry).event(own).event(user)).await.map(drop)
}
