//! `POST …/signup`: an address asks for an account. The answer is 202 whatever stands behind the address.
//!
//! The password does not become live here. It waits with this sign-up's own verification token, so that nobody who
//! signs up with somebody else's address ever owns a password on it (pre-hijacking).

use serde_json::json;

use crate::{
    account::new_password,
    change::{Change, MailOrder},
    cx::{Cx, RowId},
    domain::{
        audit::Entry,
        email::Email,
        event::Event,
        id::{Id, Organization, User},
        keys::Purpose,
        locale::Locale,
        time::{MINUTE, Millis},
    },
    mail::template::Template,
    ports::{Statement, StoreError},
    problem::Problem,
    store::{
        self,
        audit::count_attempt,
        directory::{self, Standing},
        entities,
        tokens::{self, Waiting},
        users::{self, Count, NewUser, SignupRow},
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        required("email", Kind::Email),
        required("password", Kind::Text { min: 8, max: 128 }),
        required("displayName", Kind::Text { min: 1, max: 255 }),
        optional("tenantId", Kind::Uuid),
        optional("organizationId", Kind::Uuid),
    ],
    refusal: Refusal::Detailed("Validation failed"),
};

pub const AUDIT: &[&str] = &["user.created", "signup.repeated"];

/// Sign-ups of an address within this time are one: parallel and double-clicked ones send one mail.
const COALESCE: i64 = MINUTE;
/// Mails an address may get in an hour, whoever asks.
pub const MAILS_PER_HOUR: i64 = 6;

/// What a sign-up does, given what stands at the address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Nobody there: a new account, unverified, and its verification mail.
    Create,
    /// Somebody there who never verified: a new token, and the mail again. The older token is void.
    Resend { user: Id<User>, replaces: Option<RowId> },
    /// Somebody verified: they are told that they have an account.
    Remind { user: Id<User> },
    /// A mail went out just now, or too many did: nothing more is sent.
    Quiet,
}

pub fn plan(found: Option<&SignupRow>, mails_this_hour: i64, now: Millis) -> Plan {
    match found {
        None => Plan::Create,
        Some(_) if mails_this_hour >= MAILS_PER_HOUR => Plan::Quiet,
        Some(row) if row.email_verified_at.is_some() => Plan::Remind { user: row.id },
        Some(row) if row.pending_at.is_some_and(|at| at.plus(COALESCE) > now) => Plan::Quiet,
        Some(row) => Plan::Resend { user: row.id, replaces: row.pending_id },
    }
}

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let email = cx.body.email("email")?;
    let lookup = cx.deployment.keys.lookup_hash(&email);
    let place = cx.place()?;
    let Some(organization) = place.organization else { return Err(Problem::invalid("organizationId is required")) };

    // Who loses a race reads again and finds what the winner wrote.
    let mut phc = None;
    for _ in 0..3 {
        let (standing, found, mails) = look(cx, organization, &lookup).await?;
        // One hash in every branch, after everything that is refused without one.
        let plan = plan(found.as_ref(), mails, cx.now);
        if phc.is_none() {
            check_password(cx, &email, &standing)?;
        }
        let waiting = found.as_ref().and_then(|f| f.pending_hash.clone()).filter(|_| plan == Plan::Quiet);
        let same = match (&waiting, &phc) {
            (Some(waiting), _) => cx.io.verify_password(cx.body.password("password")?, waiting.clone()).await?.matches,
            (None, Some(_)) => false,
            (None, None) => {
                phc = Some(cx.io.hash(cx.body.password("password")?).await?);
                false
            }
        };
        let hash = phc.as_deref().unwrap_or_default();
        let change = match plan {
            // What waited may not be this person's: see `quiet`.
            Plan::Quiet => quiet(cx, found.as_ref(), waiting.is_some() && !same)?,
            Plan::Create if phc.is_some() => create(cx, &email, &lookup, organization, &standing, hash)?,
            Plan::Resend { user, replaces } if phc.is_some() => resend(cx, &email, user, replaces, organization, hash)?,
            Plan::Remind { user } => remind(cx, &email, user, found.as_ref())?,
            // The account went away between two tries; the third finds it so again.
            Plan::Create | Plan::Resend { .. } => continue,
        };
        match cx.try_commit(change).await {
            Ok(_) => return Ok(Response::json(202, &json!({"ok": true}))),
            Err(StoreError::Unique(_) | StoreError::Precondition) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(Problem::unavailable("three lost races at one address"))
}

/// Where the sign-up leads, what stands at the address, and how many mails it got this hour: one round trip.
async fn look(cx: &Cx<'_>, organization: Id<Organization>, lookup: &str) -> Result<(Standing, Option<SignupRow>, i64), Problem> {
    let tenant = cx.place()?.tenant;
    let queries =
        vec![directory::standing(tenant, Some(organization)), users::for_signup(tenant, lookup), users::recent_mails(tenant, lookup, cx.now)];
    let mut rows = cx.read(queries).await?.into_iter();
    let standing = rows.next().unwrap_or_default().first::<Standing>()?.filter(|s| s.organization_id.is_some());
    let found = rows.next().unwrap_or_default().first::<SignupRow>()?;
    let mails = rows.next().unwrap_or_default().first::<Count>()?.map_or(0, |count| count.n);
    let standing = standing.ok_or_else(|| Problem::invalid("Registration could not be completed"))?;
    if !standing.tenant_active || standing.organization_active == Some(0) {
        return Err(Problem::tenant_suspended());
    }
    Ok((standing, found, mails))
}

fn check_password(cx: &Cx<'_>, email: &Email, standing: &Standing) -> Result<(), Problem> {
    let name = standing.organization_name.clone().unwrap_or_default();
    new_password::check(cx, "password", &cx.body.password("password")?, &standing.tenant_policy, &[email.as_str(), &name])
}

fn create(cx: &Cx<'_>, email: &Email, lookup: &str, organization: Id<Organization>, standing: &Standing, phc: &str) -> Result<Change, Problem> {
    let tenant = cx.place()?.tenant;
    let user = NewUser {
        id: cx.new_id(),
        tenant,
        organization,
        email,
        lookup_hash: lookup,
        password_hash: None,
        display_name: cx.body.text("displayName")?,
        locale: cx.locale().code(),
        verified_at: None,
        company: None,
    };
    let mut writes = vec![users::insert(&user, cx.now)];
    writes.extend(standing.default_role_id.map(|role| users::grant_role(user.id, role, cx.now)));
    writes.extend(entities::link_on_user_created(user.id, tenant, organization, lookup));
    let row = issue(cx, user.id, phc, &mut writes)?;
    writes.push(count_attempt(tenant, "signup", cx.now));
    Ok(Change::new(writes)
        .audit(Entry::new("user.created", "user", user.id).within(tenant, Some(organization)))
        .event(Event::new(
            "customer_accounts.user.created",
            tenant,
            Some(organization),
            json!({"id": user.id, "email": email.as_str(), "tenantId": tenant, "organizationId": organization}),
        ))
        .mail(order(cx, Template::VerifyEmail, email, organization, Some(row), cx.body.text("displayName")?, cx.locale())?))
}

fn resend(cx: &Cx<'_>, email: &Email, user: Id<User>, replaces: Option<RowId>, organization: Id<Organization>, phc: &str) -> Result<Change, Problem> {
    let tenant = cx.place()?.tenant;
    let mut writes = Vec::new();
    if let Some(row) = replaces {
        // Exactly the token that was read: of two sign-ups at once, one replaces it and the other reads again.
        writes.extend([tokens::void_verification(row, cx.now), store::changed_one()]);
    }
    let row = issue(cx, user, phc, &mut writes)?;
    writes.push(count_attempt(tenant, "signup", cx.now));
    Ok(Change::new(writes)
        .audit(Entry::new("signup.repeated", "user", user).within(tenant, Some(organization)).detail(json!({"mail": "verification"})))
        .mail(order(cx, Template::VerifyEmail, email, organization, Some(row), cx.body.text("displayName")?, cx.locale())?))
}

fn remind(cx: &Cx<'_>, email: &Email, user: Id<User>, found: Option<&SignupRow>) -> Result<Change, Problem> {
    let tenant = cx.place()?.tenant;
    let (organization, name, locale) =
        found.map_or((None, "", Locale::En), |f| (Some(f.organization_id), f.display_name.as_str(), Locale::parse(&f.locale).unwrap_or_default()));
    let Some(organization) = organization else { return quiet(cx, found, false) };
    Ok(Change::new(vec![count_attempt(tenant, "signup", cx.now)])
        .audit(Entry::new("signup.repeated", "user", user).within(tenant, Some(organization)).detail(json!({"mail": "existing_account"})))
        .mail(order(cx, Template::ExistingAccount, email, organization, None, name, locale)?))
}

/// Nothing is sent, and still a row is written: as much work as the other branches.
///
/// The mail that is under way belongs to an earlier sign-up, and its link would make that one's password live. Where
/// this sign-up's password is another one, two people claim the address, or one changed their mind: the link then proves
/// the address and nothing more. (The same password is a double click.)
fn quiet(cx: &Cx<'_>, found: Option<&SignupRow>, contested: bool) -> Result<Change, Problem> {
    let tenant = cx.place()?.tenant;
    let target = found.map_or_else(|| cx.new_id(), |f| f.id);
    let organization = found.map(|f| f.organization_id);
    let mut writes = vec![count_attempt(tenant, "signup", cx.now)];
    writes.extend(found.and_then(|f| f.pending_id).filter(|_| contested).map(tokens::erase_waiting));
    Ok(Change::new(writes).audit(Entry::new("signup.repeated", "user", target).within(tenant, organization).detail(json!({"mail": "none"}))))
}

/// A new verification token with this sign-up's own password and name behind it.
fn issue(cx: &Cx<'_>, user: Id<User>, phc: &str, writes: &mut Vec<Statement>) -> Result<RowId, Problem> {
    let row = cx.new_id();
    let token = cx.deployment.keys.mailed_token(Purpose::EmailVerification, row).hash();
    let waiting = Waiting { password_hash: Some(phc), display_name: Some(cx.body.text("displayName")?) };
    writes.extend([tokens::issue_for_signup(row, user, &token, &waiting, cx.now), store::changed_one()]);
    Ok(row)
}

fn order(
    cx: &Cx<'_>,
    template: Template,
    to: &Email,
    organization: Id<Organization>,
    token_row: Option<RowId>,
    name: &str,
    locale: Locale,
) -> Result<MailOrder, Problem> {
    Ok(MailOrder {
        template,
        to: to.clone(),
        locale,
        tenant: cx.place()?.tenant,
        organization: Some(organization),
        token_row,
        recipient_name: Some(name.to_owned()),
        inviter: None,
        facts: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(verified: bool, pending_at: Option<i64>) -> SignupRow {
        SignupRow {
            id: Id::new(Millis(1), [0; 10]),
            display_name: "N".into(),
            locale: "en".into(),
            email_verified_at: verified.then_some(Millis(5)),
            organization_id: Id::new(Millis(2), [0; 10]),
            pending_id: pending_at.map(|_| Id::new(Millis(3), [0; 10])),
            pending_at: pending_at.map(Millis),
            pending_hash: None,
        }
    }

    #[test]
    fn what_a_sign_up_does_depends_on_the_address_alone() {
        let now = Millis(10 * MINUTE);
        assert_eq!(plan(None, 0, now), Plan::Create);
        assert!(matches!(plan(Some(&row(true, None)), 0, now), Plan::Remind { .. }));
        assert!(matches!(plan(Some(&row(false, Some(0))), 0, now), Plan::Resend { replaces: Some(_), .. }));
        assert!(matches!(plan(Some(&row(false, None)), 0, now), Plan::Resend { replaces: None, .. }));
        assert_eq!(plan(Some(&row(false, Some(now.0 - 1))), 0, now), Plan::Quiet, "a mail went out just now");
        assert_eq!(plan(Some(&row(true, None)), MAILS_PER_HOUR, now), Plan::Quiet);
    }
}
