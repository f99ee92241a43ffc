//! `POST …/password/reset-request` and `…/password/reset-confirm`.
//!
//! The request answers 200 whatever was asked, after the same work: one read, one write. The confirmation ends every
//! session, voids whatever else could open the account, and proves the address.

use serde_json::{Value, json};

use crate::{
    account::new_password,
    change::{Change, MailOrder},
    cx::{Cx, RowId},
    domain::{
        audit::Entry,
        email::Email,
        event::Event,
        id::{Id, Organization, User},
        locale::Locale,
        notification,
        realm::Realm,
        secret::TokenHash,
    },
    mail::template::Template,
    ports::{Statement, StoreError},
    problem::Problem,
    store::{
        self,
        audit::count_attempt,
        notifications, sessions, tokens,
        users::{self, Count, MailableRow},
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const REQUEST_BODY: Schema = Schema {
    fields: &[required("email", Kind::Email), optional("tenantId", Kind::Uuid), optional("organizationId", Kind::Uuid)],
    refusal: Refusal::Silent,
};

pub const REQUEST_AUDIT: &[&str] = &["password_reset.requested"];

/// Pages that a link, its mail and its trail are written to. (A test holds it to the schema.)
const PAGES_OF_A_LINK: u32 = 17;

pub async fn request(cx: &Cx<'_>) -> Result<Response, Problem> {
    send_link(cx, Template::PasswordReset, "password_reset.requested", |cx, user, row, token| {
        vec![tokens::void_resets(Realm::Customer, user, cx.now), tokens::issue_reset(Realm::Customer, row, user, token, tokens::RESET_LIFE, cx.now)]
    })
    .await
}

/// The statements that void older links of a kind and issue the new one.
pub type Issue = fn(&Cx<'_>, Id<User>, RowId, &TokenHash) -> Vec<Statement>;

/// The common part of the two routes that mail a link to whoever owns an address. With nobody there the same
/// statements run, write as many pages, and leave nothing but an hourly counter.
pub async fn send_link(cx: &Cx<'_>, template: Template, action: &'static str, issue: Issue) -> Result<Response, Problem> {
    let email = cx.body.email("email")?;
    let tenant = cx.place()?.tenant;
    let lookup = cx.deployment.keys.lookup_hash(&email);
    let mut rows = cx.read(vec![users::mailable(tenant, &lookup), users::recent_mails(tenant, &lookup, cx.now)]).await?.into_iter();
    let found = rows.next().unwrap_or_default().first::<MailableRow>()?;
    let mails = rows.next().unwrap_or_default().first::<Count>()?.map_or(0, |count| count.n);
    // Over the cap the request is coalesced silently: the mails of the last hour still work.
    let applies = found.is_some() && mails < super::signup::MAILS_PER_HOUR;

    let user = found.as_ref().map_or_else(|| cx.new_id(), |found| found.id);
    let target = if applies { user } else { cx.new_id() };
    let row = cx.new_id();
    let purpose = template.purpose().ok_or_else(|| Problem::internal("the template carries no token"))?;
    let token = cx.deployment.keys.mailed_token(purpose, row).hash();
    let mut writes = issue(cx, target, row, &token);
    writes.push(count_attempt(tenant, action, cx.now));
    let organization = found.as_ref().map(|found| found.organization_id);
    let change = Change::new(writes)
        .audit(Entry::new(action, "user", user).within(tenant, organization))
        .event(Event::new(event_name(template), tenant, organization, payload(template, &user.to_string(), cx, organization)?))
        .mail(MailOrder {
            template,
            to: found.as_ref().map_or_else(|| email.clone(), |found| Email::as_typed(&found.email)),
            locale: found.as_ref().and_then(|found| Locale::parse(&found.locale)).unwrap_or_default(),
            tenant,
            organization,
            token_row: Some(row),
            recipient_name: found.as_ref().map(|found| found.display_name.clone()),
            inviter: None,
            facts: Vec::new(),
        })
        .applies(applies)
        .ballast(if applies { 0 } else { PAGES_OF_A_LINK });
    cx.commit(change).await?;
    Ok(Response::ok())
}

fn event_name(template: Template) -> &'static str {
    match template {
        Template::MagicLink => "customer_accounts.magic_link.requested",
        _ => "customer_accounts.password_reset.requested",
    }
}

fn payload(template: Template, user: &str, cx: &Cx<'_>, organization: Option<Id<Organization>>) -> Result<Value, Problem> {
    let tenant = cx.place()?.tenant;
    Ok(match template {
        Template::MagicLink => json!({"userId": user, "tenantId": tenant, "organizationId": organization}),
        _ => json!({"userId": user, "tenantId": tenant}),
    })
}

pub const CONFIRM_BODY: Schema = Schema {
    fields: &[required("token", Kind::Text { min: 1, max: 512 }), required("password", Kind::Text { min: 8, max: 128 })],
    refusal: Refusal::Detailed("Validation failed"),
};

pub const CONFIRM_AUDIT: &[&str] = &["password.changed"];

fn refused() -> Problem {
    Problem::invalid("Invalid or expired token")
}

pub async fn confirm(cx: &Cx<'_>) -> Result<Response, Problem> {
    let hash = cx.body.token("token")?.hash();
    let password = cx.body.password("password")?;
    // The link is checked before anything is hashed.
    let found = cx
        .read_one(users::by_reset(Realm::Customer, &hash, cx.now))
        .await?
        .first::<users::ResettingRow>()?
        .filter(|row| cx.host.admits(row.tenant_id))
        .ok_or_else(refused)?;
    new_password::check(cx, "password", &password, &found.tenant_policy, &[&found.email, &found.organization_name, &found.display_name])?;
    let phc = cx.io.hash(password).await?;

    let user = found.id;
    let mut writes = vec![tokens::consume_reset(Realm::Customer, found.token_id, cx.now), store::changed_one()];
    writes.push(users::set_password(Realm::Customer, user, &phc, false, found.credential_epoch));
    writes.push(store::changed_one());
    writes.push(users::stamp_verified(Realm::Customer, user, cx.now));
    writes.extend(sessions::end_all(Realm::Customer, user, cx.now));
    writes.extend(tokens::void_everything(user, cx.now));
    // A lock is against guessing the old password; who reads the mail has not guessed.
    writes.push(users::clear_lock(Realm::Customer, user));
    let notice = notification::password_changed(&found.organization_slug);
    writes.push(notifications::insert(cx.new_id(), found.tenant_id, Some(found.organization_id), user, &notice, cx.now));
    let payload = json!({"userId": user, "tenantId": found.tenant_id, "organizationId": found.organization_id, "changedBy": "reset", "changedById": null, "at": cx.now});
    let change = Change::new(writes)
        .audit(
            Entry::new("password.changed", "user", user).within(found.tenant_id, Some(found.organization_id)).by(user).detail(json!({"by": "reset"})),
        )
        .event(Event::new("customer_accounts.password.changed", found.tenant_id, Some(found.organization_id), payload))
        .mail(MailOrder {
            template: Template::PasswordChanged,
            to: Email::as_typed(&found.email),
            locale: Locale::parse(&found.locale).unwrap_or_default(),
            tenant: found.tenant_id,
            organization: Some(found.organization_id),
            token_row: None,
            recipient_name: Some(found.display_name.clone()),
            inviter: None,
            facts: vec![("when".into(), crate::mail::render::moment(cx.now)), ("device".into(), cx.user_agent())],
        });
    match cx.try_commit(change).await {
        Err(StoreError::Precondition) => Err(refused()),
        other => other.map(|_| Response::ok()).map_err(Problem::from),
    }
}
