//! `POST …/admin/users/{id}/send-reset-link`: mails the person a link to choose a new password, and shows the link to
//! the administrator, who may have to pass it on another way. A link of before is void.

use serde_json::json;

use super::target_and;
use crate::{
    account::signup::MAILS_PER_HOUR,
    change::{Change, MailOrder},
    cx::{Cx, RowId},
    domain::{audit::Entry, email::Email, keys::Purpose, locale::Locale, realm::Realm},
    mail::template::Template,
    problem::Problem,
    store::{admin_users, tokens, users::Count},
    web::response::Response,
};

pub const AUDIT: &[&str] = &["password_reset.link_sent"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let (target, mut rows) = target_and(cx, |scope, id| vec![admin_users::recent_mails(scope, id, cx.now)]).await?;
    let mails = rows.next().unwrap_or_default().first::<Count>()?.map_or(0, |count| count.n);
    let (scope, user) = (target.scope, &target.user);
    let row: RowId = cx.new_id();
    let token = cx.deployment.keys.mailed_token(Purpose::PasswordReset, row);
    let change = Change::new(vec![
        admin_users::still_there(scope, user.id),
        tokens::void_resets(Realm::Customer, user.id, cx.now),
        tokens::issue_reset(Realm::Customer, row, user.id, &token.hash(), tokens::RESET_LIFE, cx.now),
    ])
    .audit(Entry::new("password_reset.link_sent", "user", user.id))
    .event(target.event(cx, "customer_accounts.password.reset", "resetBy")?);
    let mail = MailOrder {
        template: Template::PasswordReset,
        to: Email::as_typed(&user.email),
        locale: Locale::parse(&user.locale).unwrap_or_default(),
        tenant: scope.tenant,
        organization: Some(scope.organization),
        token_row: Some(row),
        recipient_name: Some(user.display_name.clone()),
        inviter: None,
        facts: Vec::new(),
    };
    // An address that got its share of mails this hour gets none; the administrator has the link all the same.
    cx.commit(if mails < MAILS_PER_HOUR { change.mail(mail) } else { change }).await?;
    // The link opens the account, so only those who may set its password see it; support staff have it mailed.
    if cx.actor()?.grants.allow("customer_accounts.manage") {
        Ok(Response::json(200, &json!({"ok": true, "resetLink": format!("/portal/reset-password?token={}", token.reveal())})))
    } else {
        Ok(Response::ok())
    }
}
