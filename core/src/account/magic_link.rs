//! `POST …/magic-link/request` and `…/magic-link/verify`: signing in with a link that was mailed.
//!
//! Opening the link changes nothing: the page behind it posts the token when the person presses. The link proves the
//! address, so a password that somebody left waiting at sign-up is void (pre-hijacking).

use serde_json::json;

use super::{
    password_reset::send_link,
    sign_in::{self, Opening, Person},
};
use crate::{
    change::Change,
    cx::Cx,
    domain::{
        audit::{Entry, Outcome},
        email::Email,
        event::Event,
        keys::Purpose,
        realm::Realm,
    },
    mail::template::Template,
    ports::StoreError,
    problem::{Code, Problem},
    store::{
        self,
        directory::{self, Standing},
        sessions::resolve_grants,
        tokens::{self, UsableToken, Waiting},
        users::{self, LoginRow},
    },
    web::{
        body::{Kind, Refusal, Schema, required},
        response::Response,
    },
};

pub const REQUEST_AUDIT: &[&str] = &["magic_link.requested"];

pub async fn request(cx: &Cx<'_>) -> Result<Response, Problem> {
    send_link(cx, Template::MagicLink, "magic_link.requested", |cx, user, row, token| {
        let issue = tokens::issue_verification(row, user, token, Purpose::MagicLink, tokens::MAGIC_LINK_LIFE, &Waiting::default(), cx.now);
        vec![tokens::void_verifications(user, Purpose::MagicLink, cx.now), issue]
    })
    .await
}

pub const VERIFY_BODY: Schema = Schema { fields: &[required("token", Kind::Text { min: 1, max: 512 })], refusal: Refusal::Plain("Invalid token") };

pub const VERIFY_AUDIT: &[&str] = &["login.success", "login.failed"];

fn refused() -> Problem {
    Problem::invalid("Invalid or expired token")
}

pub async fn verify(cx: &Cx<'_>) -> Result<Response, Problem> {
    let hash = cx.body.token("token")?.hash();
    let rows = cx
        .read(vec![
            tokens::usable_verification(&hash, Purpose::MagicLink, cx.now),
            users::for_login_by_link(&hash),
            directory::standing_by_link(&hash),
        ])
        .await?;
    let mut rows = rows.into_iter();
    let token = rows.next().unwrap_or_default().first::<UsableToken>()?.filter(|token| cx.host.admits(token.tenant_id)).ok_or_else(refused)?;
    let row = rows.next().unwrap_or_default().first::<LoginRow>()?;
    let standing = rows.next().unwrap_or_default().first::<Standing>()?;
    let consume = [tokens::consume_verification(token.id, cx.now), store::changed_one()];

    let Some((row, standing)) = row.zip(standing).filter(|(row, _)| row.is_active) else { return spent_in_vain(cx, &token, consume.to_vec()).await };
    if !standing.tenant_active || standing.organization_active == Some(0) {
        return Err(Problem::tenant_suspended());
    }
    let (roles, grants) = resolve_grants(row.user_acl.as_deref(), &row.roles)?;
    cx.obey(&standing.tenant_policy);
    let (tenant, organization) = (standing.tenant_id, row.organization_id);
    let person = Person {
        user: row.id,
        tenant,
        organization,
        email: Email::as_typed(&row.email),
        display_name: row.display_name.clone(),
        email_verified: true,
        company: row.customer_entity_id,
        person: row.person_entity_id,
        roles: roles.into_iter().map(|role| role.slug).collect(),
        grants,
        must_change_password: row.must_change_password,
        epoch: row.credential_epoch,
    };
    let opening = Opening::new(cx);
    let mut writes = consume.to_vec();
    // A lock is against guessing passwords; who reads the mail has not guessed.
    writes.push(users::signed_in(Realm::Customer, row.id, None, cx.now));
    writes.push(users::stamp_verified(Realm::Customer, row.id, cx.now));
    writes.push(tokens::void_verifications(row.id, Purpose::EmailVerification, cx.now));
    writes.extend(opening.statements(cx, &person));
    let payload = json!({"id": row.id, "email": row.email, "tenantId": tenant, "organizationId": organization});
    let change = Change::new(writes)
        .audit(
            Entry::new("login.success", "user", row.id)
                .within(tenant, Some(organization))
                .by(row.id)
                .detail(json!({"by": "magic_link", "session": opening.session})),
        )
        .event(Event::new("customer_accounts.login.success", tenant, Some(organization), payload));
    let change = if row.email_verified_at.is_none() {
        let payload = json!({"userId": row.id, "recipientUserId": row.id, "tenantId": tenant});
        change.event(Event::new("customer_accounts.email.verified", tenant, Some(organization), payload))
    } else {
        change
    };
    match cx.try_commit(change).await {
        Err(StoreError::Precondition) => Err(refused()),
        Err(other) => Err(other.into()),
        Ok(_) => sign_in::respond(cx, 200, &opening, &person).await,
    }
}

/// The account is gone or switched off: the link is used up all the same, so that it cannot wait for better days.
async fn spent_in_vain(cx: &Cx<'_>, token: &UsableToken, consume: Vec<crate::ports::Statement>) -> Result<Response, Problem> {
    let entry = Entry::new("login.failed", "user", token.user_id)
        .outcome(Outcome::Failure)
        .within(token.tenant_id, None)
        .detail(json!({"by": "magic_link", "reason": "inactive"}));
    match cx.try_commit(Change::new(consume).audit(entry)).await {
        Err(StoreError::Precondition) => Err(refused()),
        Err(other) => Err(other.into()),
        Ok(_) => Err(Problem::new(Code::Unauthenticated, "Account not found or deactivated")),
    }
}
