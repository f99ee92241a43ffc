//! `…/one-time-password` and `…/send-reset-link`: letting somebody in who has lost the password.

use serde_json::{Value, json};

use super::{EDIT, SUPPORT, act, authorize, event, named, person_and};
use crate::{
    account::signup::MAILS_PER_HOUR,
    change::{Change, MailOrder},
    cx::{Cx, RowId},
    domain::{audit::Entry, authority::Operation, email::Email, event::Event, keys::Purpose, locale::Locale, notification, one_time, realm::Realm},
    mail::template::Template,
    ports::Statement,
    problem::Problem,
    staff::password_reset::{self, Notified, ended, password_changed},
    store::{
        self, staff_accounts, staff_notices,
        staff_people::{self, PersonRow},
        users::{self, Count},
    },
    web::response::Response,
};

/// The statements that give an account a password its owner did not choose, with everything that goes with it.
pub fn replaced(cx: &Cx<'_>, person: &PersonRow, phc: &str, one_time: bool) -> Vec<Statement> {
    let mut writes = vec![users::set_password(Realm::Staff, person.id, phc, one_time, person.credential_epoch), store::changed_one()];
    writes.extend(ended(cx, person.id));
    writes.extend([users::clear_lock(Realm::Staff, person.id), staff_accounts::forget_device_failures(person.id)]);
    writes.push(staff_notices::to_one(cx.new_id(), person.id, &notification::staff_password_changed(), cx.now));
    writes
}

/// What is told of it: an event, and a mail to whoever reads the address.
pub fn told(cx: &Cx<'_>, person: &PersonRow, change: Change) -> Result<Change, Problem> {
    let payload = json!({"userId": person.id, "tenantId": person.tenant_id, "changedBy": "admin", "changedById": cx.actor()?.user, "at": cx.now});
    let mail = by_an_administrator(password_changed(cx, &notified(person)));
    Ok(change.event(Event::new("auth.password.changed", person.tenant_id, person.organization_id, payload)).mail(mail))
}

/// The person, at the address they have until this change.
pub fn notified(person: &PersonRow) -> Notified<'_> {
    Notified { tenant: person.tenant_id, email: &person.email, name: person.display_name.as_deref(), locale: &person.locale }
}

/// Without the device, which is not the person's own.
pub fn by_an_administrator(mut mail: MailOrder) -> MailOrder {
    mail.facts.retain(|(name, _)| name != "device");
    mail
}

pub const ONE_TIME_AUDIT: &[&str] = &["password.one_time_issued"];

/// The server makes a password that reads well aloud, answers with it once and keeps only its hash. Signing in with it
/// leads to choosing another and nowhere else.
pub async fn one_time_password(cx: &Cx<'_>) -> Result<Response, Problem> {
    let id = named(cx)?;
    // Asked before anything is hashed, and again when it is written.
    authorize(cx, &super::person(cx, id, EDIT).await?, Operation::ResetPassword)?;
    let password = one_time::password(cx.io.random());
    let phc = cx.io.hash(password.clone()).await?;
    act(cx, id, EDIT, Operation::ResetPassword, |person, _| {
        let change = Change::new(replaced(cx, person, &phc, true)).audit(Entry::new("password.one_time_issued", "user", person.id));
        told(cx, person, change)
    })
    .await?;
    Ok(Response::json(200, &json!({"ok": true, "oneTimePassword": password.reveal()})))
}

pub const RESET_LINK_AUDIT: &[&str] = &["password_reset.link_sent"];

/// Mails the person a link to choose a new password. A link of before is void. Who may set the password sees the link,
/// too, and may have to pass it on another way; support have it mailed.
pub async fn send_reset_link(cx: &Cx<'_>) -> Result<Response, Problem> {
    let id = named(cx)?;
    let (person, mut rows) = person_and(cx, id, SUPPORT, vec![staff_people::recent_mails(id, cx.now)]).await?;
    authorize(cx, &person, Operation::ResetPassword)?;
    let mails = rows.next().unwrap_or_default().first::<Count>()?.map_or(0, |count| count.n);
    let row: RowId = cx.new_id();
    let mut writes = vec![staff_people::still(&person)];
    writes.extend(password_reset::link(cx, row, person.id, Purpose::PasswordReset, Template::StaffPasswordReset, None));
    let change = Change::new(writes).audit(Entry::new("password_reset.link_sent", "user", person.id)).event(event(
        cx,
        &person,
        "auth.password_reset.link_sent",
        "sentBy",
    )?);
    // An address that got its share of mails this hour gets none.
    let change = if mails < MAILS_PER_HOUR { change.mail(mail(&person, Template::StaffPasswordReset, row, None)) } else { change };
    cx.commit(change).await?;
    let mut body = json!({"ok": true});
    if let (true, Value::Object(object)) = (cx.actor()?.grants.allow("auth.users.edit"), &mut body) {
        let token = cx.deployment.keys.mailed_token(Purpose::PasswordReset, row);
        object.insert("resetLink".into(), json!(format!("/reset/{}", token.reveal())));
    }
    Ok(Response::json(200, &body))
}

/// A mail with a link for somebody who has an account.
pub fn mail(person: &PersonRow, template: Template, row: RowId, inviter: Option<String>) -> MailOrder {
    MailOrder {
        template,
        to: Email::as_typed(&person.email),
        locale: Locale::parse(&person.locale).unwrap_or_default(),
        tenant: person.tenant_id,
        organization: person.organization_id,
        token_row: Some(row),
        recipient_name: person.display_name.clone(),
        inviter,
        facts: Vec::new(),
    }
}
