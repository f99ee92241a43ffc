//! `POST /api/auth/users/{id}/memberships`: one more place, or role, for somebody the caller looks after already. People
//! of elsewhere are invited, and decide for themselves.

use serde_json::json;

use super::{EDIT, Wanted, events, person};
use crate::{
    change::Change,
    cx::{Cx, RowId},
    domain::audit::Entry,
    ports::StoreError,
    problem::Problem,
    store::{self, memberships},
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        required("roleId", Kind::Uuid),
        optional("organizationId", Kind::UuidOrNull),
        optional("tenantId", Kind::Uuid),
        optional("merchantIds", Kind::Uuids { min: 0 }),
    ],
    refusal: Refusal::Detailed("Validation failed"),
};

pub const AUDIT: &[&str] = &["membership.created"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let wanted = Wanted::asked(cx)?;
    let (person, mut rows) = person(cx, EDIT, wanted.queries()).await?;
    let (_, role) = wanted.check(&actor.caller(), &actor.scope(EDIT), &mut rows)?;
    let id: RowId = cx.new_id();
    let mut writes = vec![memberships::join(id, person.id, wanted.seat(), &role, cx.now), store::changed_one()];
    writes.push(memberships::assign(id, &wanted.merchants, cx.now));
    let detail = json!({"user": person.id, "after": {"roleId": role.id, "organizationId": wanted.organization, "merchantIds": wanted.merchants}});
    let entry = Entry::new("membership.created", "membership", id).within(wanted.tenant, wanted.organization).detail(detail);
    let [own, user] = events("auth.membership.created", id, person.id, wanted.seat(), role.id);
    match cx.try_commit(Change::new(writes).audit(entry).event(own).event(user)).await {
        Err(StoreError::Unique(_)) => Err(Problem::conflict("This person holds the role there already")),
        other => other.map(|_| Response::json(201, &json!({"id": id}))).map_err(Problem::from),
    }
}
