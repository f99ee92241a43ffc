//! `POST …/admin/users/{id}/reset-password`: the administrator chooses a password. Every session of the account ends,
//! pending links are void, and its owner is told by mail.

use serde_json::json;

use super::{MISSING, Target, target};
use crate::{
    account::new_password,
    change::{Change, MailOrder},
    cx::Cx,
    domain::{audit::Entry, email::Email, event::Event, locale::Locale, notification, realm::Realm, secret::Password},
    mail::{render::moment, template::Template},
    ports::StoreError,
    problem::Problem,
    store::{self, notifications, sessions, tokens, users},
    web::{
        body::{Kind, Refusal, Schema, required},
        response::Response,
    },
};

pub const BODY: Schema =
    Schema { fields: &[required("newPassword", Kind::Text { min: 8, max: 128 })], refusal: Refusal::Detailed("Validation failed") };

pub const AUDIT: &[&str] = &["password.reset"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let password = cx.body.password("newPassword")?;
    let target = target(cx).await?;
    let user = &target.user;
    new_password::check(cx, "newPassword", &password, &user.tenant_policy, &[&user.email, &user.organization_name, &user.display_name])?;
    replace(cx, &target, password, false, "password.reset").await?;
    Ok(Response::ok())
}

/// Gives the account a password its owner did not choose. With `one_time` it is good for choosing another and no more.
pub async fn replace(cx: &Cx<'_>, first: &Target, password: Password, one_time: bool, action: &'static str) -> Result<(), Problem> {
    let phc = cx.io.hash(password).await?;
    match cx.try_commit(change(cx, first, &phc, one_time, action)?).await {
        Ok(_) => return Ok(()),
        // Its owner changed the password at the same time. The administrator's word is the later one.
        Err(StoreError::Precondition) => {}
        Err(other) => return Err(other.into()),
    }
    let again = target(cx).await?;
    match cx.try_commit(change(cx, &again, &phc, one_time, action)?).await {
        Err(StoreError::Precondition) => Err(Problem::not_found(MISSING)),
        other => other.map(drop).map_err(Problem::from),
    }
}

fn change(cx: &Cx<'_>, target: &Target, phc: &str, one_time: bool, action: &'static str) -> Result<Change, Problem> {
    let Target { scope, user } = target;
    let mut writes = vec![users::set_password(Realm::Customer, user.id, phc, one_time, user.credential_epoch), store::changed_one()];
    writes.extend(sessions::end_all(Realm::Customer, user.id, cx.now));
    writes.extend(tokens::void_everything(user.id, cx.now));
    writes.push(users::clear_lock(Realm::Customer, user.id));
    let notice = notification::password_changed(&user.organization_slug);
    writes.push(notifications::insert(cx.new_id(), scope.tenant, Some(scope.organization), user.id, &notice, cx.now));
    let changed = json!({
        "userId": user.id, "tenantId": scope.tenant, "organizationId": scope.organization, "changedBy": "admin", "changedById": cx.actor()?.user,
        "at": cx.now,
    });
    Ok(Change::new(writes)
        .audit(Entry::new(action, "user", user.id))
        .event(target.event(cx, "customer_accounts.password.reset", "resetBy")?)
        .event(Event::new("customer_accounts.password.changed", scope.tenant, Some(scope.organization), changed))
        .mail(MailOrder {
            template: Template::PasswordChanged,
            to: Email::as_typed(&user.email),
            locale: Locale::parse(&user.locale).unwrap_or_default(),
            tenant: scope.tenant,
            organization: Some(scope.organization),
            token_row: None,
            recipient_name: Some(user.display_name.clone()),
            inviter: None,
            facts: vec![("when".into(), moment(cx.now))],
        }))
}
