//! `POST …/login`: a password becomes a session.
//!
//! Every failure looks the same and costs the same: one read, one hash, one write. The limits were charged before this
//! runs, with the address as typed.
//!
//! 1. Read the tenant's standing and the account.
//! 2. Try the password, with the same work for everybody in the tenant; see [`crate::hashing::equal`].
//! 3. Decide, from values.
//! 4. Commit: the session and its trail, or the failure and its trail.

use serde_json::json;

use super::sign_in::{self, Opening, Person};
use crate::{
    app::Later,
    change::Change,
    cx::Cx,
    domain::{
        attempt::{self, Account, Reason},
        audit::{Entry, Outcome},
        email::Email,
        event::Event,
        id::{Id, User},
        notification,
        realm::Realm,
        time::Millis,
    },
    ports::{Attempt, StoreError, Verdict},
    problem::{Code, Problem},
    session::{device, strict},
    store::{
        audit::count_attempt,
        directory::{self, Standing},
        notifications, outbox, password_kinds,
        sessions::resolve_grants,
        staff_notices::{self, Concern},
        users::{self, LoginRow},
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        required("email", Kind::Email),
        required("password", Kind::Text { min: 1, max: 128 }),
        optional("tenantId", Kind::Uuid),
        optional("organizationId", Kind::Uuid),
    ],
    refusal: Refusal::Plain("Invalid credentials"),
};

pub const AUDIT: &[&str] = &["login.success", "login.failed"];

/// Pages a failure writes to count itself at its account, and to leave its trail. (A test holds them to the schema.)
const PAGES_OF_A_COUNT: u32 = 1;
const PAGES_OF_THE_TRAIL: u32 = 8;

/// Whether an account lets this attempt in. `known_device` attempts have a lock of their own.
pub fn decide(row: Option<&LoginRow>, verdict: Verdict, known_device: bool, now: Millis) -> Result<(), Reason> {
    let account = row.map(|row| Account {
        has_password: row.password_hash.is_some(),
        is_verified: row.email_verified_at.is_some(),
        is_active: row.is_active && row.organization_active,
        counter: if known_device { row.device_counter() } else { row.counter() },
    });
    attempt::decide(account, verdict.matches, now)
}

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let (email, password) = (cx.body.email("email")?, cx.body.password("password")?);
    let place = cx.place()?;
    let lookup = cx.deployment.keys.lookup_hash(&email);
    let device = device::known(cx, Realm::Customer, place.tenant, &lookup);
    let nonce = device.as_ref().map_or("", |device| device.nonce.as_str());

    // 1.
    let queries = vec![
        directory::standing(place.tenant, place.organization),
        users::for_login(Realm::Customer, place.tenant, &lookup, nonce),
        password_kinds::live(place.tenant),
    ];
    let mut rows = cx.read(queries).await?.into_iter();
    let standing = rows.next().unwrap_or_default().first::<Standing>()?;
    let row = rows.next().unwrap_or_default().first::<LoginRow>()?;
    let kinds = password_kinds::read(rows.next().unwrap_or_default())?;
    if standing.as_ref().is_some_and(|s| !s.tenant_active || s.organization_active == Some(0)) {
        return Err(Problem::tenant_suspended());
    }
    let strict = match standing.as_ref().map(|standing| standing.tenant_policy.as_str()) {
        Some(policy @ "strict") => {
            cx.obey(policy);
            Some(strict::charge(cx, Realm::Customer, &place.tenant.to_string(), &lookup, nonce).await?)
        }
        _ => None,
    };
    #[cfg(feature = "twins")]
    if row.is_none() && cx.twin("login-early-return") {
        // The twin that tells by its speed: nobody there, nothing to hash.
        return Err(Problem::new(Code::Unauthenticated, "Invalid email or password"));
    }
    let known_device = device.as_ref().is_some_and(|device| row.as_ref().is_some_and(|row| row.credential_epoch == device.epoch));

    // 2.
    let stored =
        row.as_ref().and_then(|row| row.password_hash.as_deref()).map(|stored| password_kinds::opened(&cx.deployment.keys, place.tenant, stored));
    #[cfg(feature = "twins")]
    // The twin that does each person's own work and no other: an unknown address costs what ours cost.
    let kinds = if cx.twin("login-own-scheme-only") { Vec::new() } else { kinds };
    let Attempt { matches, rehash, .. } = cx.io.try_password(password.clone(), stored, kinds).await?;
    let verdict = Verdict { matches, stale: rehash.is_some() };

    // 3.
    let decision = decide(row.as_ref(), verdict, known_device, cx.now);

    // 4.
    match (decision, row) {
        (Ok(()), Some(row)) => {
            let response = succeed(cx, &email, row, rehash, nonce).await?;
            strict::succeeded(cx, strict);
            Ok(response)
        }
        (Ok(()), None) => fail(cx, &email, None, Reason::InvalidCredentials, "").await,
        (Err(reason), row) => fail(cx, &email, row.as_ref(), reason, if known_device { nonce } else { "" }).await,
    }
}

async fn succeed(cx: &Cx<'_>, email: &Email, row: LoginRow, rehash: Option<String>, nonce: &str) -> Result<Response, Problem> {
    let tenant = cx.place()?.tenant;
    let (roles, grants) = resolve_grants(row.user_acl.as_deref(), &row.roles)?;
    let person = Person {
        user: row.id,
        tenant,
        organization: row.organization_id,
        email: email.clone(),
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
    let mut writes = opening.statements(cx, &person);
    writes.push(users::signed_in(Realm::Customer, row.id, row.password_hash.as_deref().zip(rehash.as_deref()), cx.now));
    writes.push(users::forget_device_failures(Realm::Customer, row.id, nonce));
    // The very first sign-in is no news to anybody.
    if nonce.is_empty() && row.last_login_at.is_some() {
        let notice = notification::new_device(&row.organization_slug, &cx.user_agent());
        writes.push(notifications::insert(cx.new_id(), tenant, Some(row.organization_id), row.id, &notice, cx.now));
    }
    let payload = json!({"id": row.id, "email": email.as_str(), "tenantId": tenant, "organizationId": row.organization_id});
    let change = Change::new(writes)
        .audit(
            Entry::new("login.success", "user", row.id)
                .within(tenant, Some(row.organization_id))
                .by(row.id)
                .detail(json!({"session": opening.session})),
        )
        .event(Event::new("customer_accounts.login.success", tenant, Some(row.organization_id), payload));
    match cx.try_commit(change).await {
        // The password, or the account, changed between the check and the commit.
        Err(StoreError::Precondition) => return Err(Problem::new(Code::Unauthenticated, "Invalid email or password").note("lost a race")),
        other => other?,
    };
    if let Some(key) = &cx.subject_key {
        cx.after(Later::ResetLimit { key: key.clone() });
    }
    sign_in::respond(cx, 200, &opening, &person).await
}

/// The same statements whoever was asked for: with nobody there they change nothing but an hourly counter and the ballast.
async fn fail(cx: &Cx<'_>, email: &Email, row: Option<&LoginRow>, reason: Reason, nonce: &str) -> Result<Response, Problem> {
    let tenant = cx.place()?.tenant;
    let nobody: Id<User> = cx.new_id();
    let user = row.map_or(nobody, |row| row.id);
    // Only a wrong password counts towards the lock.
    let counted = if reason == Reason::InvalidPassword { user } else { nobody };
    let count = if nonce.is_empty() {
        users::count_failure(Realm::Customer, counted, cx.now)
    } else {
        users::count_device_failure(Realm::Customer, counted, nonce, cx.now)
    };
    let organization = row.map(|row| row.organization_id);
    let notice = notification::locked(row.map_or("", |row| row.organization_slug.as_str()));
    // Only the lock that stops strangers is news; whether this was it, the batch itself finds out.
    let payload = json!({"id": user, "recipientUserId": user, "email": email.as_str(), "tenantId": tenant, "organizationId": organization});
    let locked = Event::new("customer_accounts.user.locked", tenant, organization, payload);
    let locked = outbox::event_if_locked(Realm::Customer, cx.new_id(), &locked, if nonce.is_empty() { counted } else { nobody }, cx.now);
    let told = notifications::insert_if_changed(cx.new_id(), tenant, organization, counted, &notice, cx.now);
    let concern =
        Concern { id: cx.new_id(), tenant, organization: organization.or_else(|| Some(cx.new_id())), feature: staff_notices::SEES_CUSTOMERS };
    let concerned = staff_notices::to_those_concerned_if_changed(&concern, &notification::customer_locked(user.to_string()), cx.now);
    let change = Change::new(vec![count, locked, told, concerned, count_attempt(tenant, "login.failed", cx.now)])
        .audit(
            Entry::new("login.failed", "user", user).outcome(Outcome::Failure).within(tenant, organization).detail(json!({"reason": reason.name()})),
        )
        .event(Event::new(
            "customer_accounts.login.failed",
            tenant,
            organization,
            json!({"email": email.as_str(), "reason": reason.name(), "tenantId": tenant}),
        ))
        .applies(row.is_some())
        .ballast(match row {
            Some(_) if reason == Reason::InvalidPassword => 0,
            Some(_) => PAGES_OF_A_COUNT,
            None => PAGES_OF_A_COUNT + PAGES_OF_THE_TRAIL,
        });
    cx.commit(change).await?;
    Err(Problem::new(Code::Unauthenticated, "Invalid email or password").note(reason.name()))
}
