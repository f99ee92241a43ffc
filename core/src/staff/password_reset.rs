//! `POST /api/auth/reset` and `/api/auth/reset/confirm`, JSON or a form.
//!
//! The request answers 200 for every address that is one, after the same work: one read, one write. An address that is
//! live in two tenants, with none named, is no match, as at sign-in.
//!
//! The confirmation is also how an invitation is accepted: it sets the first password. It ends every session, voids
//! whatever else could open the account, and proves the address.

use serde_json::json;

use super::new_password;
use crate::{
    account::signup::MAILS_PER_HOUR,
    change::{Change, MailOrder},
    cx::{Cx, RowId},
    domain::{
        audit::Entry,
        email::Email,
        event::Event,
        id::{Id, Tenant, User},
        keys::Purpose,
        locale::Locale,
        notification,
        realm::Realm,
    },
    mail::{render::moment, template::Template},
    ports::{Statement, StoreError},
    problem::Problem,
    store::{
        self,
        audit::count_attempt,
        sessions,
        staff_accounts::{self, MailableRow, NewLink, ResettingRow},
        staff_notices, tokens,
        users::{self, Count},
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const REQUEST_BODY: Schema = Schema {
    fields: &[required("email", Kind::Email), optional("tenantId", Kind::Uuid), optional("tenant", Kind::Uuid)],
    refusal: Refusal::Unprocessable("Validation failed"),
};

pub const REQUEST_AUDIT: &[&str] = &["password_reset.requested"];

/// Pages that a link, its mail, its notice and its trail are written to. (A test holds it to the schema.)
const PAGES_OF_A_LINK: u32 = 24;

pub async fn request(cx: &Cx<'_>) -> Result<Response, Problem> {
    let email = cx.body.email("email")?;
    let place = cx.place()?;
    let lookup = cx.deployment.keys.lookup_hash(&email);
    let queries = vec![staff_accounts::mailable(place.named_tenant(), &lookup), staff_accounts::recent_mails(place.named_tenant(), &lookup, cx.now)];
    let mut rows = cx.read(queries).await?.into_iter();
    let mut found = rows.next().unwrap_or_default().all::<MailableRow>()?;
    let found = if found.len() == 1 { found.pop() } else { None };
    let mails = rows.next().unwrap_or_default().first::<Count>()?.map_or(0, |count| count.n);
    // Over the cap the request is coalesced silently: the mails of the last hour still work.
    let applies = found.is_some() && mails < MAILS_PER_HOUR;

    let tenant = found.as_ref().map_or(place.tenant, |found| found.tenant_id);
    let user = found.as_ref().map_or_else(|| cx.new_id(), |found| found.id);
    let target: Id<User> = if applies { user } else { cx.new_id() };
    let row = cx.new_id();
    let mut writes = link(cx, row, target, Purpose::PasswordReset, Template::StaffPasswordReset, None);
    writes.push(staff_notices::to_one(cx.new_id(), target, &notification::staff_reset_requested(), cx.now));
    writes.push(count_attempt(tenant, "staff.password_reset.requested", cx.now));
    let change = Change::new(writes)
        .audit(Entry::new("password_reset.requested", "user", user).within(tenant, None))
        .event(Event::new("auth.password_reset.requested", tenant, None, json!({"userId": user, "tenantId": tenant})))
        .mail(MailOrder {
            template: Template::StaffPasswordReset,
            to: found.as_ref().map_or_else(|| email.clone(), |found| Email::as_typed(&found.email)),
            locale: found.as_ref().and_then(|found| Locale::parse(&found.locale)).unwrap_or_default(),
            tenant,
            organization: found.as_ref().and_then(|found| found.organization_id),
            token_row: Some(row),
            recipient_name: found.as_ref().and_then(|found| found.display_name.clone()),
            inviter: None,
            facts: Vec::new(),
        })
        .applies(applies)
        .ballast(if applies { 0 } else { PAGES_OF_A_LINK });
    cx.commit(change).await?;
    Ok(Response::ok())
}

/// The statements that void every link of before and issue a new one. Nobody at the id means that nothing happens.
pub fn link(cx: &Cx<'_>, row: RowId, user: Id<User>, purpose: Purpose, template: Template, issued_by: Option<Id<User>>) -> Vec<Statement> {
    let token = cx.deployment.keys.mailed_token(purpose, row).hash();
    let life = template.valid_for().map_or(0, crate::mail::template::Validity::millis);
    let link = NewLink { id: row, user, token: &token, purpose, issued_by, life };
    vec![tokens::void_resets(Realm::Staff, user, cx.now), staff_accounts::issue(&link, cx.now)]
}

pub const CONFIRM_BODY: Schema = Schema {
    fields: &[required("token", Kind::Text { min: 10, max: 512 }), required("password", Kind::Text { min: 1, max: 1_024 })],
    refusal: Refusal::Detailed("Invalid request"),
};

pub const CONFIRM_AUDIT: &[&str] = &["password.changed", "invitation.accepted"];

fn refused() -> Problem {
    Problem::invalid("Invalid or expired token")
}

pub async fn confirm(cx: &Cx<'_>) -> Result<Response, Problem> {
    let hash = cx.body.token("token")?.hash();
    let password = cx.body.password("password")?;
    // The link is checked before anything is hashed.
    let found = cx
        .read_one(staff_accounts::by_link(&hash, cx.now))
        .await?
        .first::<ResettingRow>()?
        .filter(|row| cx.host.admits(row.tenant_id))
        .ok_or_else(refused)?;
    let name = found.display_name.clone().unwrap_or_default();
    let faults = new_password::faults(cx, &password, &found.tenant_policy, &[&found.email, &found.tenant_name, &name]);
    if !faults.is_empty() {
        return Err(Problem::validation("Invalid request", vec![("password".into(), faults)]));
    }
    let phc = cx.io.hash(password).await?;
    let change = change(cx, &found, &phc);
    #[cfg(feature = "twins")]
    let change = if cx.twin("reset-unchecked") { unchecked(change) } else { change };
    match cx.try_commit(change).await {
        // Somebody else used the link, or the password changed meanwhile.
        Err(StoreError::Precondition) => Err(refused()),
        other => other.map(|_| Response::json(200, &json!({"ok": true, "redirect": "/login"}))).map_err(Problem::from),
    }
}

fn change(cx: &Cx<'_>, found: &ResettingRow, phc: &str) -> Change {
    let user = found.id;
    let mut writes = vec![tokens::consume_reset(Realm::Staff, found.token_id, cx.now), store::changed_one()];
    writes.extend([users::set_password(Realm::Staff, user, phc, false, found.credential_epoch), store::changed_one()]);
    writes.extend(ended(cx, user));
    writes.push(users::stamp_verified(Realm::Staff, user, cx.now));
    // A lock is against guessing the old password; who reads the mail has not guessed.
    writes.extend([users::clear_lock(Realm::Staff, user), staff_accounts::forget_device_failures(user)]);
    if found.has_password { reset(cx, found, writes) } else { accepted(cx, found, writes) }
}

/// The twin that loses the race: it never asks whether somebody else was first.
#[cfg(feature = "twins")]
fn unchecked(mut change: Change) -> Change {
    change.writes.retain(|statement| !statement.sql.contains("INTO precondition"));
    change
}

/// Every session is over and every pending link void.
pub fn ended(cx: &Cx<'_>, user: Id<User>) -> Vec<Statement> {
    let mut writes = sessions::end_all(Realm::Staff, user, cx.now).to_vec();
    writes.push(tokens::void_resets(Realm::Staff, user, cx.now));
    writes
}

fn reset(cx: &Cx<'_>, found: &ResettingRow, mut writes: Vec<Statement>) -> Change {
    let (user, tenant) = (found.id, found.tenant_id);
    writes.push(staff_notices::to_one(cx.new_id(), user, &notification::staff_reset_completed(), cx.now));
    let payload = json!({"userId": user, "tenantId": tenant, "changedBy": "reset", "changedById": null, "at": cx.now});
    let person = Notified { tenant, email: &found.email, name: found.display_name.as_deref(), locale: &found.locale };
    Change::new(writes)
        .audit(Entry::new("password.changed", "user", user).within(tenant, None).by(user).detail(json!({"by": "reset"})))
        .event(Event::new("auth.password_reset.completed", tenant, None, json!({"userId": user, "tenantId": tenant})))
        .event(Event::new("auth.password.changed", tenant, None, payload))
        .mail(password_changed(cx, &person))
}

/// The first password: there was nothing before, so nothing is reported as changed, and the inviter hears of it.
fn accepted(cx: &Cx<'_>, found: &ResettingRow, mut writes: Vec<Statement>) -> Change {
    let (user, tenant) = (found.id, found.tenant_id);
    if let Some(inviter) = found.issued_by {
        let notice = notification::staff_invitation_accepted(found.display_name.as_deref().unwrap_or(&found.email), user.to_string());
        writes.push(staff_notices::to_one(cx.new_id(), inviter, &notice, cx.now));
    }
    let payload = json!({"userId": user, "tenantId": tenant, "invitedBy": found.issued_by});
    Change::new(writes)
        .audit(Entry::new("invitation.accepted", "user", user).within(tenant, None).by(user).detail(json!({"invitedBy": found.issued_by})))
        .event(Event::new("auth.invitation.accepted", tenant, None, payload))
}

/// Whom a notice about an account goes to.
pub struct Notified<'a> {
    pub tenant: Id<Tenant>,
    pub email: &'a str,
    pub name: Option<&'a str>,
    pub locale: &'a str,
}

/// "Your password was changed".
pub fn password_changed(cx: &Cx<'_>, person: &Notified) -> MailOrder {
    notice(cx, Template::PasswordChanged, person)
}

/// "The address was changed", to the address that was: the only one that still reaches the owner if it was not them.
pub fn address_changed(cx: &Cx<'_>, person: &Notified) -> MailOrder {
    notice(cx, Template::AddressChanged, person)
}

/// No organization goes with it, whose portal it would link to.
fn notice(cx: &Cx<'_>, template: Template, person: &Notified) -> MailOrder {
    MailOrder {
        template,
        to: Email::as_typed(person.email),
        locale: Locale::parse(person.locale).unwrap_or_default(),
        tenant: person.tenant,
        organization: None,
        token_row: None,
        recipient_name: person.name.map(str::to_owned),
        inviter: None,
        facts: vec![("when".into(), moment(cx.now)), ("device".into(), cx.user_agent())],
    }
}
