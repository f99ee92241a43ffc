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
    hashing,
    mail::template::Template,
    ports::StoreError,
    problem::Problem,
    store::{
        self,
        audit::count_attempt,
        directory::{self, Standing},
        entities, outbox,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Nobody there: a new account, unverified, and its verification mail.
    Create,
    /// Somebody there who never verified: a new token, and the mail again. The older token is void.
    Resend { replaces: Option<RowId> },
    /// Somebody verified: they are told that they have an account.
    Remind,
    /// A mail went out just now, or too many did: nothing more is sent.
    Quiet,
}

impl Plan {
    /// Pages that a new account is written to, and this plan's rows are not. (A test holds them to the schema.)
    fn ballast(self) -> u32 {
        match self {
            Self::Create => 0,
            Self::Resend { .. } => 17,
            Self::Remind => 22,
            Self::Quiet => 26,
        }
    }
}

pub fn plan(found: Option<&SignupRow>, mails_this_hour: i64, now: Millis) -> Plan {
    let just_now = |at: Option<Millis>| at.is_some_and(|at| at.plus(COALESCE) > now);
    match found {
        None => Plan::Create,
        Some(_) if mails_this_hour >= MAILS_PER_HOUR => Plan::Quiet,
        Some(row) if just_now(if row.email_verified_at.is_some() { row.reminded_at } else { row.pending_at }) => Plan::Quiet,
        Some(row) if row.email_verified_at.is_some() => Plan::Remind,
        Some(row) => Plan::Resend { replaces: row.pending_id },
    }
}

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let email = cx.body.email("email")?;
    let lookup = cx.deployment.keys.lookup_hash(&email);
    let place = cx.place()?;
    let Some(organization) = place.organization else { return Err(Problem::invalid("organizationId is required")) };

    // Who loses a race reads again and finds what the winner wrote. Whatever stands at the address, of two at once
    // one loses: see `change`.
    let mut phc = None;
    for _ in 0..3 {
        let (standing, found, mails) = look(cx, organization, &lookup).await?;
        let plan = plan(found.as_ref(), mails, cx.now);
        if phc.is_none() {
            check_password(cx, &email, &standing)?;
        }
        #[cfg(feature = "twins")]
        if plan == Plan::Remind && cx.twin("signup-early-return") {
            // The twin that tells by its speed: nothing to create, nothing to hash.
            return Ok(Response::json(202, &json!({"ok": true})));
        }
        let contested = hash_once(cx, plan, found.as_ref(), &mut phc).await?;
        let order = Order { email: &email, lookup: &lookup, organization, standing: &standing, mails };
        match cx.try_commit(change(cx, &order, plan, found.as_ref(), contested, phc.as_deref())?).await {
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
        vec![directory::standing(tenant, Some(organization)), users::for_signup(tenant, lookup, cx.now), users::recent_mails(tenant, lookup, cx.now)];
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

/// One hash in every branch, whether anything comes of it or not; a second one for whoever lost a race to somebody who
/// had a mail sent, whatever that mail was. Whether the password that waits is another one comes back.
///
/// A mail that is under way belongs to an earlier sign-up, and its link would make that one's password live. Where this
/// sign-up's password is another one, two people claim the address, or one changed their mind: the link then proves the
/// address and nothing more. (The same password is a double click.)
async fn hash_once(cx: &Cx<'_>, plan: Plan, found: Option<&SignupRow>, phc: &mut Option<String>) -> Result<bool, Problem> {
    let password = cx.body.password("password")?;
    let waiting = found.and_then(|found| found.pending_hash.clone()).filter(|_| plan == Plan::Quiet);
    if let Some(waiting) = waiting {
        return Ok(!cx.io.verify_password(password, waiting).await?.matches);
    }
    if phc.is_none() {
        *phc = Some(cx.io.hash(password).await?);
    } else if plan == Plan::Quiet {
        cx.io.verify_password(password, hashing::DUMMY.to_owned()).await?;
    }
    Ok(false)
}

/// What was asked for, and where.
struct Order<'a> {
    email: &'a Email,
    lookup: &'a str,
    organization: Id<Organization>,
    standing: &'a Standing,
    mails: i64,
}

/// The statements of every branch: each runs whatever the plan is, and finds its row only where it is meant. Ids that
/// name nothing stand in for the others. Nobody was mailed since the address was looked at, or nothing of it happens:
/// of two sign-ups at once one loses, be the address free, waiting or taken.
fn change(cx: &Cx<'_>, order: &Order<'_>, plan: Plan, found: Option<&SignupRow>, contested: bool, phc: Option<&str>) -> Result<Change, Problem> {
    let &Order { email, lookup, organization, mails, .. } = order;
    let (tenant, name) = (cx.place()?.tenant, cx.body.text("displayName")?);
    let created = plan == Plan::Create;
    let born: Id<User> = cx.new_id();
    let user = found.map_or(born, |found| found.id);
    let replaces = if let Plan::Resend { replaces } = plan { replaces } else { None };
    let issues = created || matches!(plan, Plan::Resend { .. });
    let erased = found.and_then(|found| found.pending_id).filter(|_| contested);
    let row = cx.new_id();
    let token = cx.deployment.keys.mailed_token(Purpose::EmailVerification, row).hash();
    let waiting = Waiting { password_hash: phc, display_name: Some(name) };
    let account = NewUser {
        id: born,
        tenant,
        organization,
        email,
        lookup_hash: lookup,
        password_hash: None,
        display_name: name,
        locale: cx.locale().code(),
        verified_at: None,
        company: None,
    };
    let mut writes =
        vec![outbox::no_further_mail(tenant, lookup, mails, cx.now), users::insert_if(created, &account, cx.now), store::changed(created)];
    // The twin that looks first and leaves the rest to the index.
    #[cfg(feature = "twins")]
    if cx.twin("signup-unguarded") {
        writes.remove(0);
    }
    writes.push(users::grant_role(born, order.standing.default_role_id, cx.now));
    writes.extend(entities::link_on_user_created(born, tenant, organization, lookup));
    writes.extend([
        // Exactly the token that was read: of two sign-ups at once, one replaces it and the other reads again.
        tokens::void_verification(replaces.unwrap_or_else(|| cx.new_id()), cx.now),
        store::changed(replaces.is_some()),
        tokens::erase_waiting(erased.unwrap_or_else(|| cx.new_id())),
        tokens::issue_for_signup(row, if issues { user } else { cx.new_id() }, &token, &waiting, cx.now),
        store::changed(issues),
        count_attempt(tenant, "signup", cx.now),
    ]);
    Ok(Change::new(writes)
        .audit(entry(plan, user).within(tenant, Some(if created { organization } else { found.map_or(organization, |f| f.organization_id) })))
        .event_if(
            created,
            Event::new(
                "customer_accounts.user.created",
                tenant,
                Some(organization),
                json!({"id": user, "email": email.as_str(), "tenantId": tenant, "organizationId": organization}),
            ),
        )
        .mail_if(plan != Plan::Quiet, mail(cx, order, plan, found, row)?)
        .ballast(plan.ballast()))
}

fn entry(plan: Plan, user: Id<User>) -> Entry {
    let repeated = |mail: &str| Entry::new("signup.repeated", "user", user).detail(json!({"mail": mail}));
    match plan {
        Plan::Create => Entry::new("user.created", "user", user),
        Plan::Resend { .. } => repeated("verification"),
        Plan::Remind => repeated("existing_account"),
        Plan::Quiet => repeated("none"),
    }
}

/// To who asked, in their own words; the reminder to whom the account belongs, in theirs.
fn mail(cx: &Cx<'_>, order: &Order<'_>, plan: Plan, found: Option<&SignupRow>, row: RowId) -> Result<MailOrder, Problem> {
    let typed = cx.body.text("displayName")?;
    let owner = found.filter(|_| plan == Plan::Remind);
    Ok(MailOrder {
        template: if owner.is_some() { Template::ExistingAccount } else { Template::VerifyEmail },
        to: order.email.clone(),
        locale: owner.map_or_else(|| cx.locale(), |owner| Locale::parse(&owner.locale).unwrap_or_default()),
        tenant: cx.place()?.tenant,
        organization: Some(owner.map_or(order.organization, |owner| owner.organization_id)),
        token_row: owner.is_none().then_some(row),
        recipient_name: Some(owner.map_or(typed, |owner| &owner.display_name).to_owned()),
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
            reminded_at: None,
        }
    }

    #[test]
    fn what_a_sign_up_does_depends_on_the_address_alone() {
        let now = Millis(10 * MINUTE);
        assert_eq!(plan(None, 0, now), Plan::Create);
        assert!(matches!(plan(Some(&row(true, None)), 0, now), Plan::Remind));
        assert!(matches!(plan(Some(&row(false, Some(0))), 0, now), Plan::Resend { replaces: Some(_), .. }));
        assert!(matches!(plan(Some(&row(false, None)), 0, now), Plan::Resend { replaces: None, .. }));
        assert_eq!(plan(Some(&row(false, Some(now.0 - 1))), 0, now), Plan::Quiet, "a mail went out just now");
        let reminded = SignupRow { reminded_at: Some(Millis(now.0 - 1)), ..row(true, None) };
        assert_eq!(plan(Some(&reminded), 0, now), Plan::Quiet, "so did a reminder");
        assert_eq!(plan(Some(&row(true, None)), MAILS_PER_HOUR, now), Plan::Quiet);
    }
}
