//! `POST /api/auth/memberships/accept`: the mailed token adds a membership to the account of the address it was mailed
//! to. Nobody is signed in by it.
//!
//! The token alone is enough, without a session: an address belongs to who can read its mail, and its reader could open
//! the account by a password reset anyway. Whoever else presses the link gains nothing, since what is given goes to that
//! account and to no other. An address without an account makes one now, at home in the inviting tenant, and for that
//! brings a password. An address with accounts in several tenants uses the one at home here; else the caller's access
//! token says which.
//!
//! What the inviter may give is asked again: of what they hold now, at the place as it stands now.

use serde_json::json;

use crate::{
    change::Change,
    cx::{Cx, RowId},
    domain::{
        audit::Entry,
        authority::{Caller, Standing},
        email::Email,
        event::Event,
        id::{Id, Tenant, User},
        membership::{Location, holding},
        notification,
        realm::Realm,
        secret::Password,
    },
    pipeline::authenticate,
    ports::{Statement, StoreError},
    problem::{Code, Problem},
    staff::new_password,
    store::{
        self,
        membership_invitations::{self, AcceptableRow, AccountJson},
        memberships::{self, GrantedRole, KnownMerchant},
        staff::{self, NewStaff},
        staff_notices, users,
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        required("token", Kind::Text { min: 1, max: 512 }),
        optional("password", Kind::Text { min: 1, max: 1_024 }),
        optional("displayName", Kind::Text { min: 1, max: 120 }),
    ],
    refusal: Refusal::Detailed("Validation failed"),
};

pub const AUDIT: &[&str] = &["invitation.accepted"];

fn refused() -> Problem {
    Problem::invalid("Invalid or expired invitation")
}

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let hash = cx.body.token("token")?.hash();
    let queries =
        vec![membership_invitations::acceptable(&hash, cx.now), membership_invitations::role(&hash), membership_invitations::known_merchants(&hash)];
    let mut rows = cx.read(queries).await?.into_iter();
    let invitation = rows
        .next()
        .unwrap_or_default()
        .first::<AcceptableRow>()?
        .filter(|row| row.leads_somewhere() && cx.host.admits(row.tenant_id))
        .ok_or_else(refused)?;
    let role = rows.next().unwrap_or_default().first::<GrantedRole>()?.ok_or_else(refused)?;
    let known = rows.next().unwrap_or_default().all::<KnownMerchant>()?;
    // A merchant that is gone takes its part of the invitation along; the rest would be more than was offered.
    if !may_still_give(&invitation, &role)? || known.len() != invitation.merchants().len() {
        return Err(refused());
    }
    if invitation.is_suspended() {
        return Err(Problem::tenant_suspended());
    }
    let account = account(cx, &invitation).await?;
    let phc = match account {
        Some(_) => None,
        None => Some(cx.io.hash(chosen_password(cx, &invitation)?).await?),
    };
    commit(cx, &invitation, &role, account, phc, &hash).await
}

/// Whether the inviter could invite there to this, now.
fn may_still_give(invitation: &AcceptableRow, role: &GrantedRole) -> Result<bool, StoreError> {
    let at: Location = invitation.location()?;
    let (held, acls) = invitation.inviter()?;
    let held = holding(held, &acls, &at);
    let caller = Caller {
        user: invitation.invited_by,
        standing: Standing { priority: held.priority, admin: held.grants.admin },
        grants: &held.grants,
        tenant: invitation.tenant_id,
        platform: held.platform,
        organizations: None,
    };
    let access = role.access();
    let reaches = held.grants.allow(super::invite::INVITE) && held.reach.of(super::invite::INVITE).includes(&at);
    Ok(held.is_member() && reaches && caller.may_grant_role(&role.at(&access), invitation.tenant_id).is_ok())
}

/// The account that the membership goes to, if there is one.
async fn account(cx: &Cx<'_>, invitation: &AcceptableRow) -> Result<Option<AccountJson>, Problem> {
    let accounts = invitation.accounts()?;
    let at_home = accounts.iter().find(|account| account.tenant == invitation.tenant_id);
    let found = match (at_home, accounts.as_slice()) {
        (Some(account), _) | (None, [account]) => Some(account.clone()),
        (None, []) => None,
        (None, several) => {
            let caller = authenticate::optional_token(cx.deployment, &cx.io, cx.request, Realm::Staff, cx.now).await?;
            let named = several.iter().find(|account| caller.is_some_and(|caller| caller.sub == account.id)).cloned();
            Some(named.ok_or_else(|| Problem::new(Code::Conflict, "This address has several accounts. Please sign in with the one that is meant."))?)
        }
    };
    if found.as_ref().is_some_and(|account| account.active == 0) { Err(refused()) } else { Ok(found) }
}

fn chosen_password(cx: &Cx<'_>, invitation: &AcceptableRow) -> Result<Password, Problem> {
    if !cx.body.has("password") {
        return Err(super::invalid("password", "This address has no account yet: choose a password"));
    }
    let password = cx.body.password("password")?;
    let name = cx.body.opt_text("displayName").unwrap_or_default();
    let faults = new_password::faults(cx, &password, &invitation.tenant_policy, &[&invitation.email, invitation.place_name(), name]);
    if faults.is_empty() { Ok(password) } else { Err(Problem::validation("Validation failed", vec![("password".into(), faults)])) }
}

async fn commit(
    cx: &Cx<'_>,
    invitation: &AcceptableRow,
    role: &GrantedRole,
    account: Option<AccountJson>,
    phc: Option<String>,
    hash: &crate::domain::secret::TokenHash,
) -> Result<Response, Problem> {
    let (seat, membership): (_, RowId) = (invitation.seat(), cx.new_id());
    let user: Id<User> = account.as_ref().map_or_else(|| cx.new_id(), |account| account.id);
    let name = account.as_ref().map_or_else(|| cx.body.opt_text("displayName").map(str::to_owned), |account| account.name.clone());
    let mut writes = vec![membership_invitations::accept(invitation.id, hash, cx.now), store::changed_one()];
    match &phc {
        Some(phc) => writes.push(newcomer(cx, invitation, user, name.as_deref(), phc)),
        None => writes.push(users::stamp_verified(Realm::Staff, user, cx.now)),
    }
    writes.extend([
        membership_invitations::join(membership, user, seat, role, cx.now),
        membership_invitations::holds(user, seat, role.id),
        memberships::assign(membership, &invitation.merchants(), cx.now),
    ]);
    let told = notification::staff_invitation_accepted(name.as_deref().unwrap_or(&Email::as_typed(&invitation.email).masked()), user.to_string());
    writes.push(staff_notices::to_one(cx.new_id(), invitation.invited_by, &told, cx.now));
    let home: Id<Tenant> = account.as_ref().map_or(invitation.tenant_id, |account| account.tenant);
    let detail = json!({"role": role.id, "membership": membership, "newAccount": phc.is_some(), "home": home});
    let entry = Entry::new("invitation.accepted", "invitation", invitation.id).within(seat.tenant, seat.organization).by(user).detail(detail);
    let accepted = json!({"invitationId": invitation.id, "userId": user, "tenantId": seat.tenant, "organizationId": seat.organization});
    let [own, person] = super::events("auth.membership.created", membership, user, seat, role.id);
    let mut change = Change::new(writes).audit(entry).event(own).event(person).event(Event::new(
        "auth.invitation.accepted",
        seat.tenant,
        seat.organization,
        accepted,
    ));
    if phc.is_some() {
        let payload = json!({"id": user, "organizationId": seat.organization, "tenantId": seat.tenant});
        change = change.event(Event::new("auth.user.created", seat.tenant, seat.organization, payload));
    }
    match cx.try_commit(change).await {
        // Somebody else pressed first, or the address got an account meanwhile.
        Err(StoreError::Precondition | StoreError::Unique(_)) => Err(refused()),
        other => other
            .map(|_| {
                Response::json(201, &json!({"ok": true, "tenantId": seat.tenant, "organizationId": seat.organization, "newAccount": phc.is_some()}))
            })
            .map_err(Problem::from),
    }
}

fn newcomer(cx: &Cx<'_>, invitation: &AcceptableRow, user: Id<User>, name: Option<&str>, phc: &str) -> Statement {
    let new = NewStaff {
        id: user,
        home: invitation.tenant_id,
        email: &Email::as_typed(&invitation.email),
        lookup_hash: &invitation.email_hash,
        password_hash: Some(phc),
        display_name: name,
        locale: &invitation.locale,
        verified_at: Some(cx.now),
    };
    staff::insert(&new, cx.now)
}
