//! `PUT /api/auth/users/{id}/memberships/{membership}`: another role, or other merchants, at the same place.

use serde_json::json;

use super::{EDIT, NO_MEMBERSHIP, Wanted, events, person};
use crate::{
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        authority::{Operation, Refusal},
        id::{Id, Record},
    },
    ports::StoreError,
    problem::Problem,
    store::{
        self,
        memberships::{self, MembershipRow},
        succession::{self, Losing, OutlookRow},
    },
    web::{
        body::{Kind, Refusal as Bad, Schema, optional},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[optional("roleId", Kind::Uuid), optional("merchantIds", Kind::Uuids { min: 0 })],
    refusal: Bad::Detailed("Validation failed"),
};

pub const AUDIT: &[&str] = &["membership.updated"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let (caller, scope) = (actor.caller(), actor.scope(EDIT));
    let id: Id<Record> = cx.id_param("membership", NO_MEMBERSHIP)?;
    let (person, mut rows) = person(cx, EDIT, vec![memberships::one(id, cx.id_param("id", super::NO_USER)?, &scope)]).await?;
    let before = rows.next().unwrap_or_default().first::<MembershipRow>()?.ok_or_else(|| Problem::not_found(NO_MEMBERSHIP))?;
    if person.id == actor.user {
        return Err(Refusal::Oneself(Operation::Demote).into());
    }
    caller.may_manage_membership(person.id, before.standing())?;
    let wanted = Wanted {
        tenant: before.tenant_id,
        organization: before.organization_id,
        role: cx.body.opt_id("roleId").unwrap_or(before.role_id),
        merchants: if cx.body.has("merchantIds") { cx.body.ids("merchantIds") } else { before.merchant_ids() },
    };
    if wanted.organization.is_none() && !wanted.merchants.is_empty() {
        return Err(super::invalid("merchantIds", "Merchants belong to an organization: name it"));
    }
    let losing = [id];
    let losing = Losing::Memberships(&losing);
    let changes_role = wanted.role != before.role_id;
    let mut rows = cx.read([wanted.queries(), vec![succession::outlook(&losing)]].concat()).await?.into_iter();
    let (_, role) = wanted.check(&caller, &scope, &mut rows)?;
    let outlook = rows.next().unwrap_or_default().first::<OutlookRow>()?;
    let mut writes = Vec::new();
    if changes_role {
        outlook.map_or(Ok(()), OutlookRow::check)?;
        writes.push(succession::hold(&losing));
    }
    writes.extend([memberships::change_role(id, person.id, before.role_id, &role, cx.now), store::changed_one()]);
    writes.extend([memberships::unassign(id), memberships::assign(id, &wanted.merchants, cx.now)]);
    let detail = json!({
        "user": person.id,
        "before": {"roleId": before.role_id, "merchantIds": before.merchants()}, "after": {"roleId": role.id, "merchantIds": wanted.merchants},
    });
    let entry = Entry::new("membership.updated", "membership", id).within(wanted.tenant, wanted.organization).detail(detail);
    let [own, user] = events("auth.membership.updated", id, person.id, wanted.seat(), role.id);
    match cx.try_commit(Change::new(writes).audit(entry).event(own).event(user)).await {
        Err(StoreError::Unique(_)) => Err(Problem::conflict("This person holds the role there already")),
        other => other.map(|_| Response::ok()).map_err(Problem::from),
    }
}
