//! `POST /api/auth/login`: a password becomes a session of the back office. JSON or a form.
//!
//! Every failure costs the same: one read, one hash, one write; and all but one look the same. Whoever proved the
//! password and has no business here is told so (403), without a session.
//!
//! 1. Read the tenant's standing and the account. An address that is live in two tenants, with none named, is no match.
//! 2. Verify the password, or the dummy where there is none.
//! 3. Decide, from values: the attempt, then the seat and the roles in it.
//! 4. Commit: the session and its trail, or the failure and its trail.

use serde_json::json;

use super::sign_in::{self, Opening, Subject};
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
        membership::{Holding, Membership, Seat, first_seat, holding},
        notification,
        realm::Realm,
        redirect,
    },
    hashing,
    pipeline::authenticate,
    ports::{StoreError, Verdict},
    problem::{Code, Problem},
    session::{device, strict},
    store::{
        audit::count_attempt,
        directory::{self, AnyStrict, Standing},
        outbox,
        staff::{self, LoginRow},
        staff_notices, users,
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

const REFUSED: &str = "Invalid email or password";

pub const BODY: Schema = Schema {
    fields: &[
        required("email", Kind::Email),
        required("password", Kind::Text { min: 6, max: 256 }),
        optional("remember", Kind::Flag),
        optional("tenantId", Kind::Uuid),
        optional("tenant", Kind::Uuid),
        optional("requireRole", Kind::Text { min: 0, max: 1_000 }),
        optional("role", Kind::Text { min: 0, max: 1_000 }),
        optional("redirect", Kind::Text { min: 0, max: 4_096 }),
    ],
    refusal: Refusal::Always(REFUSED),
};

pub const AUDIT: &[&str] = &["login.success", "login.failed"];

/// Pages a failure writes to count itself at its account, and to leave its trail. (A test holds them to the schema.)
const PAGES_OF_A_COUNT: u32 = 1;
const PAGES_OF_THE_TRAIL: u32 = 9;

/// Why nobody was let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusing {
    Attempt(Reason),
    /// The password was right; the person is no member anywhere, or not in the role that was asked for.
    NoAccess,
}

impl Refusing {
    const fn name(self) -> &'static str {
        match self {
            Self::Attempt(reason) => reason.name(),
            Self::NoAccess => "no_access",
        }
    }
}

/// Whom and what the request wants.
struct Asked {
    email: Email,
    lookup: String,
    /// The nonce of the caller's device, empty for a stranger's.
    nonce: String,
    roles: Vec<String>,
}

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let (email, password) = (cx.body.email("email")?, cx.body.password("password")?);
    let place = cx.place()?;
    let lookup = cx.deployment.keys.lookup_hash(&email);
    let device = device::known(cx, Realm::Staff, place.tenant, &lookup);
    let nonce = device.as_ref().map(|device| device.nonce.clone()).unwrap_or_default();
    let roles = wanted_roles(cx.body.opt_text("requireRole").or(cx.body.opt_text("role")).unwrap_or_default());
    let asked = Asked { email, lookup, nonce, roles };

    // 1.
    let accounts = staff::for_login(place.named_tenant(), &asked.lookup, &asked.nonce);
    let queries = vec![directory::standing(place.tenant, None), accounts, directory::any_strict()];
    let mut rows = cx.read(queries).await?.into_iter();
    let standing = rows.next().unwrap_or_default().first::<Standing>()?;
    let mut found = rows.next().unwrap_or_default().all::<LoginRow>()?;
    let any_strict = rows.next().unwrap_or_default().first::<AnyStrict>()?.is_some_and(|row| row.strict);
    if standing.as_ref().is_some_and(|standing| !standing.tenant_active) {
        return Err(Problem::tenant_suspended());
    }
    // Without a tenant nobody can say whose rules count, so the strictest do.
    let is_strict = if place.named_tenant().is_some() { standing.is_some_and(|standing| standing.tenant_policy == "strict") } else { any_strict };
    let strict = if is_strict { Some(strict::charge(cx, Realm::Staff, "staff", &asked.lookup, &asked.nonce).await?) } else { None };
    let row = if found.len() == 1 { found.pop() } else { None };
    let known_device = row.as_ref().is_some_and(|row| is_known(cx, &asked, device.as_ref(), row));
    let asked = if known_device { asked } else { Asked { nonce: String::new(), ..asked } };

    // 2.
    let stored = row.as_ref().and_then(|row| row.password_hash.clone());
    let verdict = cx.io.verify_password(password, stored.clone().unwrap_or_else(|| hashing::DUMMY.to_owned())).await?;
    let verdict = Verdict { matches: verdict.matches && stored.is_some(), ..verdict };

    // 3.
    let seated = row.as_ref().map(seat).transpose()?.flatten();
    let account = row.as_ref().map(|row| account(row, seated.as_ref().is_some_and(|(_, held)| held.platform), known_device));
    if let Err(reason) = attempt::decide(account, verdict.matches, cx.now) {
        return fail(cx, &asked, row.as_ref(), Refusing::Attempt(reason)).await;
    }

    // 4.
    match (row, seated) {
        (Some(row), Some((seat, held))) if holds_one_of(&held.roles, &asked.roles) => {
            cx.obey(&row.policy_in(seat.tenant));
            let response = succeed(cx, &asked, &row, seat, &held, verdict).await?;
            strict::succeeded(cx, strict);
            Ok(response)
        }
        (row, _) => fail(cx, &asked, row.as_ref(), Refusing::NoAccess).await,
    }
}

/// A device that signed in to this very account. Without a tenant the cookie was found under none, so the account's own
/// entry has to be there, too: the address alone may be somebody else's elsewhere.
fn is_known(cx: &Cx<'_>, asked: &Asked, device: Option<&crate::domain::device::Entry>, row: &LoginRow) -> bool {
    let own = device::known(cx, Realm::Staff, row.tenant_id, &asked.lookup);
    device.zip(own).is_some_and(|(device, own)| device.nonce == own.nonce && own.epoch == row.credential_epoch)
}

fn account(row: &LoginRow, platform: bool, known_device: bool) -> Account {
    Account {
        has_password: row.password_hash.is_some(),
        // Nobody signs up here: whoever made the account answers for the address.
        is_verified: true,
        is_active: row.is_active && (row.tenant_active || platform),
        counter: if known_device { row.device_counter() } else { row.counter() },
    }
}

/// Where the session would start, and what the person is there.
fn seat(row: &LoginRow) -> Result<Option<(Seat, Holding)>, StoreError> {
    let (offers, acls) = row.offers()?;
    let Some(at) = first_seat(row.home(), &offers, &acls) else { return Ok(None) };
    let held = holding(offers.into_iter().map(|offer| offer.membership).collect(), &acls, &at);
    Ok(held.is_member().then_some((at.seat, held)))
}

/// A comma list, any of which will do.
fn wanted_roles(list: &str) -> Vec<String> {
    list.split(',').map(|role| role.trim().to_lowercase()).filter(|role| !role.is_empty()).collect()
}

fn holds_one_of(roles: &[Membership], wanted: &[String]) -> bool {
    wanted.is_empty() || roles.iter().any(|role| wanted.iter().any(|name| *name == role.slug || *name == role.name.to_lowercase()))
}

async fn succeed(cx: &Cx<'_>, asked: &Asked, row: &LoginRow, seat: Seat, held: &Holding, verdict: Verdict) -> Result<Response, Problem> {
    let rehash = if verdict.stale { Some(cx.io.hash(cx.body.password("password")?).await?) } else { None };
    let opening = Opening::new(cx, seat, cx.body.flag("remember"));
    let mut writes = opening.statements(cx, row.id, row.credential_epoch);
    writes.push(users::signed_in(Realm::Staff, row.id, row.password_hash.as_deref().zip(rehash.as_deref()), cx.now));
    writes.push(users::forget_device_failures(Realm::Staff, row.id, &asked.nonce));
    let payload = json!({"id": row.id, "email": row.email, "tenantId": seat.tenant, "organizationId": seat.organization});
    let entry = Entry::new("login.success", "user", row.id).within(seat.tenant, seat.organization).by(row.id);
    let change = Change::new(writes).audit(entry.detail(json!({"session": opening.session, "remember": opening.remember}))).event(Event::new(
        "auth.login.success",
        seat.tenant,
        seat.organization,
        payload,
    ));
    match cx.try_commit(change).await {
        // The password, or the account, changed between the check and the commit.
        Err(StoreError::Precondition) => return Err(Problem::new(Code::Unauthenticated, REFUSED).note("lost a race")),
        other => other?,
    };
    if let Some(key) = &cx.subject_key {
        cx.after(Later::ResetLimit { key: key.clone() });
    }
    let roles = held.roles.iter().map(|role| role.name.as_str()).collect();
    let subject = Subject {
        user: row.id,
        session: opening.session,
        seat,
        email: &row.email,
        roles,
        grants: &held.grants,
        session_ends: opening.ends(cx),
        platform: held.platform,
        merchants: &held.merchants,
        restricted: row.must_change_password,
    };
    let access = sign_in::access_token(cx, &subject).await?;
    let mut body = json!({"ok": true, "token": access, "redirect": target(cx)});
    if let Some(object) = body.as_object_mut() {
        if opening.remember {
            object.insert("refreshToken".into(), json!(opening.token.reveal()));
        }
        if row.must_change_password {
            object.insert("mustChangePassword".into(), json!(true));
        }
    }
    let cookies = opening.cookies(cx, &access, cx.place()?.tenant, row.tenant_id, &asked.email, row.credential_epoch);
    Ok(Response::json(200, &body).cookies(cookies))
}

/// Where the person goes next: on our own origin, or to the back office.
fn target(cx: &Cx<'_>) -> String {
    let origins = [cx.request.origin(), cx.deployment.config.app_url.clone()];
    let origins: Vec<&str> = origins.iter().map(String::as_str).collect();
    let wanted = cx.body.opt_text("redirect").unwrap_or_default();
    redirect::own_path(wanted, &origins).unwrap_or_else(|| "/backend".into())
}

/// The same statements whoever was asked for: with nobody there they change nothing but an hourly counter and the ballast.
async fn fail(cx: &Cx<'_>, asked: &Asked, row: Option<&LoginRow>, refusing: Refusing) -> Result<Response, Problem> {
    let tenant = row.map_or(cx.place()?.tenant, |row| row.tenant_id);
    let nobody: Id<User> = cx.new_id();
    let user = row.map_or(nobody, |row| row.id);
    // Only a wrong password counts towards the lock.
    let wrong_password = refusing == Refusing::Attempt(Reason::InvalidPassword);
    let counted = if wrong_password { user } else { nobody };
    let count = if asked.nonce.is_empty() {
        users::count_failure(Realm::Staff, counted, cx.now)
    } else {
        users::count_device_failure(Realm::Staff, counted, &asked.nonce, cx.now)
    };
    let entry = Entry::new("login.failed", "user", user).outcome(Outcome::Failure).within(tenant, None);
    let payload = json!({"email": asked.email.as_str(), "reason": refusing.name()});
    // Only the lock that stops strangers is news; whether this was it, the batch itself finds out.
    let locked = Event::new("auth.user.locked", tenant, None, json!({"id": user, "email": asked.email.as_str(), "tenantId": tenant}));
    let locked = outbox::event_if_locked(Realm::Staff, cx.new_id(), &locked, if asked.nonce.is_empty() { counted } else { nobody }, cx.now);
    let told = staff_notices::to_one_if_changed(cx.new_id(), counted, &notification::staff_locked(), cx.now);
    let change = Change::new(vec![count, locked, told, count_attempt(tenant, "staff.login.failed", cx.now)])
        .audit(entry.detail(json!({"reason": refusing.name()})))
        .event(Event::new("auth.login.failed", tenant, None, payload))
        .applies(row.is_some())
        .ballast(match row {
            Some(_) if wrong_password => 0,
            Some(_) => PAGES_OF_A_COUNT,
            None => PAGES_OF_A_COUNT + PAGES_OF_THE_TRAIL,
        });
    cx.commit(change).await?;
    Err(match refusing {
        Refusing::NoAccess => authenticate::no_access(),
        Refusing::Attempt(_) => Problem::new(Code::Unauthenticated, REFUSED),
    }
    .note(refusing.name()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{id::Role, time::Millis};

    #[test]
    fn a_required_role_goes_by_slug_or_name_and_any_of_a_list_will_do() {
        let role = |slug: &str, name: &str| Membership {
            tenant: Id::new(Millis(1), [0; 10]),
            organization: None,
            role: Id::<Role>::new(Millis(2), [0; 10]),
            slug: slug.into(),
            name: name.into(),
            priority: 300,
            platform: 0,
            features: None,
            admin: None,
            organizations: None,
            merchants: Vec::new(),
            partner: None,
            changed: None,
        };
        let held = [role("employee", "employee"), role("till", "Cash Desk")];
        for (wanted, holds) in [("", true), (" , ", true), ("admin", false), ("admin, Employee", true), ("cash desk", true), ("cash", false)] {
            assert_eq!(holds_one_of(&held, &wanted_roles(wanted)), holds, "{wanted}");
        }
        assert!(!holds_one_of(&[], &wanted_roles("admin")));
    }
}
