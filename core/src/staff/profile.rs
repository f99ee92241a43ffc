//! `GET` and `PUT /api/auth/profile`: one's own account.
//!
//! A new password wants the current one. It ends every session, voids whatever else could open the account, and opens a
//! new session for the caller in the same batch. A new address needs no password and is not proven by being typed: what
//! was mailed to the old one is void. A name may be changed, and only administrators may take it away.

use serde_json::{Map, json};

use super::{
    new_password,
    password_reset::{Notified, address_changed, ended, password_changed},
    people,
    sign_in::{self, Opening, Subject},
};
use crate::{
    actor::Actor,
    admin::lock,
    change::Change,
    cx::Cx,
    domain::{
        audit::{Entry, Outcome},
        email::Email,
        event::Event,
        membership::Seat,
        notification,
        realm::Realm,
    },
    hashing,
    ports::{Statement, StoreError},
    problem::{Code, Details, Problem},
    store::{
        self, sessions,
        staff_accounts::{self, OwnRow},
        staff_notices, tokens, users,
    },
    web::{
        body::{Kind, Refusal, Schema, optional},
        response::Response,
    },
};

pub async fn get(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let roles: Vec<&str> = actor.roles.iter().map(|role| role.name.as_str()).collect();
    let name = Some(&actor.display_name).filter(|name| !name.is_empty());
    Ok(Response::json(200, &json!({"email": actor.email, "name": name, "roles": roles})))
}

const REFUSED: &str = "Invalid profile update.";

pub const BODY: Schema = Schema {
    fields: &[
        optional("email", Kind::Email),
        optional("name", Kind::Text { min: 1, max: 120 }),
        optional("password", Kind::Text { min: 1, max: 1_024 }),
        optional("currentPassword", Kind::Text { min: 1, max: 1_024 }),
    ],
    refusal: Refusal::Issues(REFUSED, "issues"),
};

pub const AUDIT: &[&str] = &["password.changed", "password.change_failed", "profile.updated"];

fn refuse(error: &'static str, field: &str, messages: Vec<String>) -> Problem {
    let details: Details = vec![(field.to_owned(), messages)];
    Problem::issues(error, "issues", details)
}

/// What is to be shown of the person from now on, where it is another than before.
#[derive(Default)]
struct Wanted<'a> {
    email: Option<Email>,
    name: Option<&'a str>,
}

impl Wanted<'_> {
    const fn is_nothing(&self) -> bool {
        self.email.is_none() && self.name.is_none()
    }
}

pub async fn update(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let asked = Wanted { email: cx.body.opt_text("email").and_then(Email::parse), name: people::create::name(cx) };
    if cx.body.has("name") && asked.name.is_none() {
        return Err(refuse(REFUSED, "name", vec!["Name must not be blank.".into()]));
    }
    match (cx.body.has("password"), cx.body.has("currentPassword")) {
        (true, false) => return Err(refuse(REFUSED, "currentPassword", vec!["Current password is required.".into()])),
        (false, true) => return Err(refuse(REFUSED, "password", vec!["New password is required.".into()])),
        (false, false) if asked.is_nothing() => return Err(refuse(REFUSED, "email", vec!["Provide an email, a name or a password.".into()])),
        // A one-time password is for choosing another and nothing else.
        (false, false) if actor.must_change_password => {
            return Err(Problem::new(Code::PasswordChangeRequired, "Please change your one-time password first."));
        }
        _ => {}
    }
    let own = cx.read_one(staff_accounts::own(actor.user, actor.session)).await?.first::<OwnRow>()?;
    let own = own.ok_or_else(|| Problem::not_found("User not found"))?;
    let phc = if cx.body.has("password") { Some(proven(cx, &own, asked.name).await?) } else { None };
    let wanted = match actor.must_change_password {
        true => Wanted::default(),
        false => Wanted { email: asked.email.filter(|email| *email != actor.email()), name: asked.name.filter(|name| *name != actor.display_name) },
    };
    commit(cx, actor, &own, wanted, phc).await
}

/// The hash of the new password, once it may be used and the current one is proven.
async fn proven(cx: &Cx<'_>, own: &OwnRow, name: Option<&str>) -> Result<String, Problem> {
    let actor = cx.actor()?;
    let (current, new) = (cx.body.password("currentPassword")?, cx.body.password("password")?);
    let context = [&actor.email, own.tenant_name.as_str(), &actor.display_name, name.unwrap_or_default()];
    let faults = new_password::faults(cx, &new, &own.tenant_policy, &context);
    if !faults.is_empty() {
        return Err(refuse(REFUSED, "password", faults));
    }
    let stored = own.password_hash.clone().unwrap_or_else(|| hashing::DUMMY.to_owned());
    if !cx.io.verify_password(current, stored).await?.matches || own.password_hash.is_none() {
        return Err(wrong_guess(cx).await?);
    }
    Ok(cx.io.hash(new).await?)
}

/// A wrong current password is recorded and counted by session: the fifth in a row ends it, since whoever guesses here
/// sits in front of somebody else's open session.
async fn wrong_guess(cx: &Cx<'_>) -> Result<Problem, Problem> {
    const WRONG: &str = "Current password is incorrect.";
    let actor = cx.actor()?;
    let counter = format!("session:{}", actor.session);
    let writes = vec![
        users::count_device_failure(Realm::Staff, actor.user, &counter, cx.now),
        sessions::end_when_locked(Realm::Staff, actor.session, actor.user, &counter, cx.now),
    ];
    let payload = json!({"userId": actor.user, "tenantId": actor.tenant, "sessionId": actor.session, "at": cx.now});
    let change = Change::new(writes)
        .audit(Entry::new("password.change_failed", "user", actor.user).outcome(Outcome::Failure).detail(json!({"session": actor.session})))
        .event(Event::new("auth.password.change_failed", actor.tenant, actor.organization, payload));
    cx.commit(change).await?;
    Ok(refuse(WRONG, "currentPassword", vec![WRONG.into()]))
}

async fn commit(cx: &Cx<'_>, actor: &Actor, own: &OwnRow, wanted: Wanted<'_>, phc: Option<String>) -> Result<Response, Problem> {
    let seat = Seat { tenant: actor.tenant, organization: actor.organization };
    let opening = phc.as_ref().map(|_| Opening::new(cx, seat, own.remember));
    let mut change = Change::new(Vec::new());
    if !wanted.is_nothing() {
        change = shown_anew(cx, actor, own, &wanted, change);
    }
    if let (Some(phc), Some(opening)) = (&phc, &opening) {
        change = repassworded(cx, actor, own, phc, opening, change);
    }
    if change.audit.is_empty() {
        return Ok(Response::json(200, &json!({"ok": true, "email": actor.email})));
    }
    match cx.try_commit(change).await {
        Err(StoreError::Unique(_)) => return Err(super::people::taken()),
        other => other?,
    };
    let email = wanted.email.unwrap_or_else(|| actor.email());
    let session = opening.as_ref().map_or(actor.session, |opening| opening.session);
    let subject = Subject {
        user: actor.user,
        session,
        seat,
        email: email.as_str(),
        roles: actor.role_names(),
        grants: &actor.grants,
        session_ends: opening.as_ref().map_or(actor.session_ends, |opening| opening.ends(cx)),
        platform: actor.platform,
        merchants: &actor.merchants,
        restricted: false,
    };
    let access = sign_in::access_token(cx, &subject).await?;
    let response = Response::json(200, &json!({"ok": true, "email": email.as_str()}));
    Ok(match opening {
        Some(opening) => response.cookies(opening.cookies(cx, &access, own.tenant_id, own.tenant_id, &email, own.credential_epoch + 1)),
        None => response.cookie(cx.set_cookie(Realm::Staff.auth_cookie(), &access, cx.deployment.config.access_token_seconds)),
    })
}

fn shown_anew(cx: &Cx<'_>, actor: &Actor, own: &OwnRow, wanted: &Wanted<'_>, mut change: Change) -> Change {
    let mut detail = Map::new();
    if let Some(email) = &wanted.email {
        let lookup = cx.deployment.keys.lookup_hash(email);
        let version = lock::next(own.updated_at, cx.now);
        change.writes.extend([
            staff_accounts::change_email(actor.user, email, &lookup, own.updated_at, version),
            store::changed_one(),
            tokens::void_resets(Realm::Staff, actor.user, cx.now),
        ]);
        detail.insert("email".into(), json!({"before": actor.email().masked(), "after": email.masked()}));
        change = change.mail(address_changed(cx, &notified(actor, own)));
    }
    if let Some(name) = wanted.name {
        change.writes.push(users::rename(Realm::Staff, actor.user, name));
        detail.insert("name".into(), json!({"before": actor.display_name, "after": name}));
    }
    let payload = json!({"id": actor.user, "organizationId": actor.organization, "tenantId": own.tenant_id});
    change.audit(Entry::new("profile.updated", "user", actor.user).detail(detail.into())).event(Event::new(
        "auth.user.updated",
        own.tenant_id,
        None,
        payload,
    ))
}

fn repassworded(cx: &Cx<'_>, actor: &Actor, own: &OwnRow, phc: &str, opening: &Opening, mut change: Change) -> Change {
    let set: [Statement; 2] = [users::set_password(Realm::Staff, actor.user, phc, false, own.credential_epoch), store::changed_one()];
    change.writes.extend(set);
    change.writes.extend(ended(cx, actor.user));
    change.writes.push(staff_notices::to_one(cx.new_id(), actor.user, &notification::staff_password_changed(), cx.now));
    change.writes.extend(opening.statements(cx, actor.user, own.credential_epoch + 1));
    let payload = json!({"userId": actor.user, "tenantId": own.tenant_id, "changedBy": "self", "changedById": null, "at": cx.now});
    change
        .audit(Entry::new("password.changed", "user", actor.user))
        .event(Event::new("auth.password.changed", own.tenant_id, None, payload))
        .mail(password_changed(cx, &notified(actor, own)))
}

/// The caller, at the address they have until this change.
fn notified<'a>(actor: &'a Actor, own: &OwnRow) -> Notified<'a> {
    Notified { tenant: own.tenant_id, email: &actor.email, name: Some(&actor.display_name), locale: &actor.locale }
}
