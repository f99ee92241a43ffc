//! `/api/operations/mails`: what waits in the outbox and what was given up, for operators who want it sent or gone.

use serde_json::json;

use crate::{
    app::Later,
    audit::asked::wrong,
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        event::Event,
        id::{Id, Record},
    },
    ports::{Statement, StoreError},
    problem::Problem,
    store::{
        self,
        mail_queue::{self, MailRow, Place, Which},
    },
    web::response::Response,
};

pub const RETRY_AUDIT: &[&str] = &["mail.retried"];
pub const ABANDON_AUDIT: &[&str] = &["mail.abandoned"];

const MISSING: &str = "Mail not found";

pub async fn list(cx: &Cx<'_>) -> Result<Response, Problem> {
    let which = match cx.request.query_value("state").as_deref() {
        None | Some("waiting") => Which::Waiting,
        Some("late") => Which::Late,
        Some("abandoned") => Which::Abandoned,
        Some(_) => return Err(wrong("state", "Expected waiting, late or abandoned")),
    };
    let behind = match cx.request.query_value("cursor").filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => Some(Place::parse(&text).ok_or_else(|| wrong("cursor", "Not a nextCursor that was answered"))?),
    };
    let size = i64::from(cx.request.query_number("limit", 50, 1..=100));
    let rows = cx.read_one(mail_queue::page(which, behind, size, cx.now)).await?.all::<MailRow>()?;
    let next = rows.last().filter(|_| rows.len() as i64 == size).map(|row| row.place(which).text());
    let items: Vec<_> = rows.iter().map(|row| row.view(cx.now)).collect();
    Ok(Response::json(200, &json!({"ok": true, "items": items, "nextCursor": next})))
}

/// Sent once more, with all its tries before it. Its link is as old as it was: a mail that waited longer than its link
/// lives tells people to ask for another.
pub async fn retry(cx: &Cx<'_>) -> Result<Response, Problem> {
    settle(cx, "mail.retried", "platform.mail.retried", |mail| mail_queue::retry(mail, cx.now)).await?;
    cx.after(Later::SendMail);
    Ok(Response::ok())
}

/// Never sent.
pub async fn abandon(cx: &Cx<'_>) -> Result<Response, Problem> {
    settle(cx, "mail.abandoned", "platform.mail.abandoned", |mail| mail_queue::abandon(mail, cx.now)).await?;
    Ok(Response::ok())
}

/// A mail that a sender holds is left to it: sent anew it would go twice, and given up it may go nevertheless.
async fn settle(cx: &Cx<'_>, action: &'static str, event: &'static str, write: impl Fn(&MailRow) -> Statement) -> Result<(), Problem> {
    let id: Id<Record> = cx.id_param("id", MISSING)?;
    for _ in 0..3 {
        let mail = cx.read_one(mail_queue::one(id)).await?.first::<MailRow>()?.ok_or_else(|| Problem::not_found(MISSING))?;
        if mail.sent_at.is_some() {
            return Err(Problem::conflict("The mail has been sent."));
        }
        if mail.may_be_on_its_way(cx.now) {
            return Err(Problem::conflict("The mail is being sent, or will be within two minutes."));
        }
        if action == "mail.abandoned" && mail.abandoned_at.is_some() {
            return Err(Problem::conflict("The mail has been given up."));
        }
        let detail = json!({"template": mail.template, "attempts": mail.attempts, "lastError": mail.last_error});
        let change = Change::new(vec![write(&mail), store::changed_one()])
            .audit(Entry::new(action, "mail", id).within(mail.tenant_id, mail.organization_id).detail(detail))
            .event(Event::new(
                event,
                mail.tenant_id,
                mail.organization_id,
                json!({"id": id, "template": mail.template, "updatedBy": cx.actor()?.user}),
            ));
        match cx.try_commit(change).await {
            Err(StoreError::Precondition) => {}
            other => return other.map(drop).map_err(Problem::from),
        }
    }
    Err(Problem::conflict("The mail is being sent, or will be within two minutes."))
}
