//! `POST …/portal/password-change`: proves the current password, ends every session, and opens a new one for the
//! caller in the same batch. Whatever could still open the account (links, resets) is void.

use serde_json::json;

use super::sign_in::{Opening, Person};
use crate::{
    account::new_password,
    change::{Change, MailOrder},
    cx::Cx,
    domain::{
        audit::{Entry, Outcome},
        event::Event,
        locale::Locale,
        notification,
        realm::Realm,
    },
    hashing,
    mail::{render::moment, template::Template},
    problem::{Code, Problem},
    store::{
        self, notifications, password_kinds, sessions, tokens,
        users::{self, CredentialRow},
    },
    web::{
        body::{Kind, Refusal, Schema, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[required("currentPassword", Kind::Text { min: 1, max: 128 }), required("newPassword", Kind::Text { min: 8, max: 128 })],
    refusal: Refusal::Detailed("Validation failed"),
};

pub const AUDIT: &[&str] = &["password.changed", "password.change_failed"];

/// A wrong current password is recorded and counted by session: the fifth in a row ends it, since whoever guesses here
/// sits in front of somebody else's open session.
async fn wrong_guess(cx: &Cx<'_>) -> Result<Problem, Problem> {
    let actor = cx.actor()?;
    let counter = format!("session:{}", actor.session);
    let writes = vec![
        users::count_device_failure(Realm::Customer, actor.user, &counter, cx.now),
        sessions::end_when_locked(Realm::Customer, actor.session, actor.user, &counter, cx.now),
    ];
    let payload =
        json!({"userId": actor.user, "tenantId": actor.tenant, "organizationId": actor.organization, "sessionId": actor.session, "at": cx.now});
    let change = Change::new(writes)
        .audit(Entry::new("password.change_failed", "user", actor.user).outcome(Outcome::Failure).detail(json!({"session": actor.session})))
        .event(Event::new("customer_accounts.password.change_failed", actor.tenant, actor.organization, payload));
    cx.commit(change).await?;
    Ok(Problem::new(Code::WrongCurrentPassword, "Current password is incorrect"))
}

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let (current, new) = (cx.body.password("currentPassword")?, cx.body.password("newPassword")?);
    new_password::check(cx, "newPassword", &new, &actor.tenant_policy, &[&actor.email, &actor.organization_name, &actor.display_name])?;
    let stored = cx.read_one(users::credential(Realm::Customer, actor.user)).await?.first::<CredentialRow>()?;
    let Some(stored) = stored else { return Err(Problem::not_found("User not found")) };
    let phc = stored
        .password_hash
        .as_deref()
        .map_or_else(|| hashing::DUMMY.to_owned(), |phc| password_kinds::opened(&cx.deployment.keys, actor.tenant, phc));
    if !cx.io.verify_password(current, phc).await?.matches || stored.password_hash.is_none() {
        return Err(wrong_guess(cx).await?);
    }
    let phc = cx.io.hash(new).await?;

    let person = Person {
        user: actor.user,
        tenant: actor.tenant,
        organization: actor.organization()?,
        email: actor.email(),
        display_name: actor.display_name.clone(),
        email_verified: true,
        company: actor.company,
        person: actor.person,
        roles: actor.role_names().into_iter().map(str::to_owned).collect(),
        grants: actor.grants.clone(),
        must_change_password: false,
        epoch: stored.credential_epoch + 1,
    };
    let opening = Opening::new(cx);
    let mut writes = vec![users::set_password(Realm::Customer, actor.user, &phc, false, stored.credential_epoch), store::changed_one()];
    writes.extend(sessions::end_all(Realm::Customer, actor.user, cx.now));
    writes.extend(tokens::void_everything(actor.user, cx.now));
    let notice = notification::password_changed(&actor.organization_slug);
    writes.push(notifications::insert(cx.new_id(), actor.tenant, actor.organization, actor.user, &notice, cx.now));
    writes.extend(opening.statements(cx, &person));
    let payload = json!({"userId": actor.user, "tenantId": actor.tenant, "organizationId": actor.organization, "changedBy": "self", "changedById": null, "at": cx.now});
    let change = Change::new(writes)
        .audit(Entry::new("password.changed", "user", actor.user))
        .event(Event::new("customer_accounts.password.changed", actor.tenant, actor.organization, payload))
        .mail(MailOrder {
            template: Template::PasswordChanged,
            to: actor.email(),
            locale: Locale::parse(&actor.locale).unwrap_or_default(),
            tenant: actor.tenant,
            organization: actor.organization,
            token_row: None,
            recipient_name: Some(actor.display_name.clone()),
            inviter: None,
            facts: vec![("when".into(), moment(cx.now)), ("device".into(), cx.user_agent())],
        });
    cx.commit(change).await?;
    Ok(Response::ok().cookies(opening.cookies(cx, &person).await?))
}
