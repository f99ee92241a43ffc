//! `DELETE /api/auth/users?id=`, or with the id in the body: the account is gone for everyone, with its sessions, links,
//! memberships and its own ACL, and its address is free. The roles it held stay.

use super::{DELETE, act, event};
use crate::{
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        authority::Operation,
        id::{Id, User},
    },
    problem::Problem,
    staff::password_reset::ended,
    store::{self, staff_people},
    web::{json, request::Body, response::Response},
};

pub const AUDIT: &[&str] = &["user.deleted"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let id = wanted(cx).ok_or_else(|| Problem::invalid("User id required"))?;
    act(cx, id, DELETE, Operation::Delete, |person, version| {
        let mut writes = vec![staff_people::delete(person, version, cx.now), store::changed_one()];
        writes.extend(ended(cx, person.id));
        writes.extend(staff_people::strip(person.id, cx.now));
        Ok(Change::new(writes).audit(Entry::new("user.deleted", "user", person.id)).event(event(cx, person, "auth.user.deleted", "deletedBy")?))
    })
    .await?;
    Ok(Response::ok())
}

fn wanted(cx: &Cx<'_>) -> Option<Id<User>> {
    let query = cx.request.query_value("id").filter(|text| !text.is_empty());
    let text = query.or_else(|| {
        let Body::Bytes(bytes) = &cx.request.body else { return None };
        json::parse(bytes).ok()?.get("id")?.as_str().map(str::to_owned)
    });
    Id::parse(&text?)
}
