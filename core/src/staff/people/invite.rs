//! `POST /api/auth/users/resend-invite`: the link to the first password again, for 48 hours more. The one before is void.

use serde_json::json;

use super::{CREATE, authorize, credentials::mail, event, person};
use crate::{
    change::Change,
    cx::{Cx, RowId},
    domain::{
        audit::Entry,
        authority::Operation,
        id::{Id, User},
        keys::Purpose,
    },
    mail::template::Template,
    problem::Problem,
    staff::password_reset::link,
    store::staff_people,
    web::{
        body::{Kind, Refusal, Schema, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema { fields: &[required("id", Kind::Uuid)], refusal: Refusal::Unprocessable("Validation failed") };

pub const AUDIT: &[&str] = &["user.invited"];

pub async fn resend(cx: &Cx<'_>) -> Result<Response, Problem> {
    let id: Id<User> = cx.body.opt_id("id").ok_or_else(|| Problem::internal("the schema requires an id"))?;
    let person = person(cx, id, CREATE).await?;
    authorize(cx, &person, Operation::Support)?;
    if person.has_password {
        return Err(Problem::conflict("User already has a password"));
    }
    let row: RowId = cx.new_id();
    let actor = cx.actor()?;
    let mut writes = vec![staff_people::still(&person), staff_people::still_invited(person.id)];
    writes.extend(link(cx, row, person.id, Purpose::Invitation, Template::StaffInvitation, Some(actor.user)));
    let change = Change::new(writes)
        .audit(Entry::new("user.invited", "user", person.id))
        .event(event(cx, &person, "auth.user.invited", "invitedBy")?)
        .mail(mail(&person, Template::StaffInvitation, row, Some(actor.display_name.clone())));
    cx.commit(change).await?;
    Ok(Response::json(200, &json!({"ok": true})))
}
