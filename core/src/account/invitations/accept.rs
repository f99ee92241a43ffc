//! `POST …/invitations/accept`: the invited person chooses a name and a password and is signed in.
//!
//! What the invitation grants is checked again now: a role that was deleted or stopped being assignable, or that its
//! inviter could not give any more, is withheld, and the batch itself makes sure that none of this changed since. An
//! invitation of which no role is left makes an account that may do nothing yet: the person is who was invited, and
//! what they may do is for somebody to decide who may (docs/adr).
//! An unverified account at the address is taken over, and the password that waited with it is void; a verified one
//! makes the invitation look invalid, since its owner can simply sign in.

use serde_json::json;

use crate::{
    account::new_password,
    account::sign_in::{self, Opening, Person},
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        email::Email,
        event::Event,
        feature::Grants,
        id::{Id, Role, User},
        notification,
        realm::Realm,
        secret::TokenHash,
    },
    portal::users::may_grant,
    ports::{Statement, StoreError},
    problem::Problem,
    store::{
        self, entities,
        invitations::{self, AcceptableRow, BasisRow, InviterRow},
        notifications,
        roles::{self, GrantableRow},
        sessions::{self, resolve_grants},
        staff_notices, tokens,
        users::{self, NewUser},
    },
    web::{
        body::{Kind, Refusal, Schema, required},
        response::Response,
    },
};

pub const BODY: Schema = Schema {
    fields: &[
        required("token", Kind::Text { min: 1, max: 512 }),
        required("password", Kind::Text { min: 8, max: 128 }),
        required("displayName", Kind::Text { min: 1, max: 255 }),
    ],
    refusal: Refusal::Detailed("Validation failed"),
};

pub const AUDIT: &[&str] = &["invitation.accepted"];

fn refused() -> Problem {
    Problem::invalid("Invalid or expired invitation")
}

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let hash = cx.body.token("token")?.hash();
    let mut phc = None;
    // Whoever loses to a change of what the invitation rests on decides again from what it is now.
    for _ in 0..3 {
        let found = look(cx, &hash).await?;
        let phc = match &phc {
            Some(phc) => phc,
            None => phc.insert(hash_password(cx, &found.invitation).await?),
        };
        let person = person(cx, &found.invitation, &found.granted, cx.body.text("displayName")?);
        let opening = Opening::new(cx);
        match cx.try_commit(change(cx, &hash, &found, &person, &opening, phc)).await {
            // Somebody else accepted it, or the address got an account, or the basis is another one.
            Err(StoreError::Precondition | StoreError::Unique(_)) => {}
            Err(other) => return Err(other.into()),
            Ok(_) => return sign_in::respond(cx, 201, &opening, &person).await,
        }
    }
    Err(Problem::unavailable("three lost races at one invitation"))
}

/// The invitation, what of its roles may be given now, and the text that both rest on.
struct Found {
    invitation: AcceptableRow,
    granted: Vec<GrantableRow>,
    basis: String,
}

async fn look(cx: &Cx<'_>, hash: &TokenHash) -> Result<Found, Problem> {
    let queries =
        vec![invitations::acceptable(hash, cx.now), invitations::grantable_roles(hash), invitations::inviter(hash), invitations::basis(hash)];
    let mut rows = cx.read(queries).await?.into_iter();
    let invitation = rows
        .next()
        .unwrap_or_default()
        .first::<AcceptableRow>()?
        .filter(|row| row.user_verified_at.is_none() && cx.host.admits(row.tenant_id))
        .ok_or_else(refused)?;
    let mut granted = rows.next().unwrap_or_default().all::<GrantableRow>()?;
    let inviter = rows.next().unwrap_or_default().first::<InviterRow>()?;
    if invitation.invited_by_customer_user_id.is_some() {
        let inviter = inviter.ok_or_else(refused)?;
        let (_, own) = resolve_grants(inviter.user_acl.as_deref(), &inviter.roles)?;
        granted.retain(|role| may_grant(&own, role));
    }
    if !invitation.tenant_active || !invitation.organization_active {
        return Err(Problem::tenant_suspended());
    }
    cx.obey(&invitation.tenant_policy);
    let basis = rows.next().unwrap_or_default().first::<BasisRow>()?.ok_or_else(refused)?.basis;
    Ok(Found { invitation, granted, basis })
}

async fn hash_password(cx: &Cx<'_>, invitation: &AcceptableRow) -> Result<String, Problem> {
    let password = cx.body.password("password")?;
    let context = [invitation.email.as_str(), &invitation.organization_name, cx.body.text("displayName")?];
    new_password::check(cx, "password", &password, &invitation.tenant_policy, &context)?;
    Ok(cx.io.hash(password).await?)
}

fn change(cx: &Cx<'_>, hash: &TokenHash, found: &Found, person: &Person, opening: &Opening, phc: &str) -> Change {
    let invitation = &found.invitation;
    let roles: Vec<Id<Role>> = found.granted.iter().map(|role| role.id).collect();
    let withheld: Vec<Id<Role>> = invitation.roles().into_iter().filter(|role| !roles.contains(role)).collect();
    let mut writes = vec![invitations::accept(invitation.id, cx.now), store::changed_one(), invitations::unchanged_basis(hash, &found.basis)];
    writes.extend(account(cx, invitation, person, phc));
    writes.extend(roles::replace(person.user, &roles, cx.now));
    writes.extend(entities::link_on_user_created(person.user, person.tenant, person.organization, &invitation.email_hash));
    writes.extend(opening.statements(cx, person));
    if let Some(inviter) = invitation.invited_by_customer_user_id {
        let notice = notification::invitation_accepted(&invitation.organization_slug, &person.display_name, person.user.to_string());
        writes.push(notifications::insert(cx.new_id(), person.tenant, Some(person.organization), inviter, &notice, cx.now));
    }
    if let Some(inviter) = invitation.invited_by_user_id {
        let notice = notification::customer_invitation_accepted(&person.display_name, person.user.to_string());
        writes.push(staff_notices::to_one(cx.new_id(), inviter, &notice, cx.now));
    }
    let (tenant, organization) = (person.tenant, Some(person.organization));
    let created =
        json!({"id": person.user, "email": person.email.as_str(), "tenantId": tenant, "organizationId": organization, "invitationId": invitation.id});
    Change::new(writes)
        .audit(
            Entry::new("invitation.accepted", "invitation", invitation.id)
                .within(tenant, organization)
                .by(person.user)
                .detail(json!({"roles": roles, "withheld": withheld})),
        )
        .event(Event::new("customer_accounts.user.created", tenant, organization, created))
        .event(Event::new(
            "customer_accounts.invitation.accepted",
            tenant,
            organization,
            json!({"invitationId": invitation.id, "userId": person.user, "tenantId": tenant}),
        ))
}

fn person(cx: &Cx<'_>, invitation: &AcceptableRow, granted: &[GrantableRow], name: &str) -> Person {
    let mut grants = Grants { admin: granted.iter().any(|role| role.is_portal_admin), ..Grants::default() };
    granted.iter().for_each(|role| grants.add(role.features()));
    let user: Id<User> = invitation.user_id.unwrap_or_else(|| cx.new_id());
    Person {
        user,
        tenant: invitation.tenant_id,
        organization: invitation.organization_id,
        email: Email::as_typed(&invitation.email),
        display_name: name.to_owned(),
        email_verified: true,
        company: invitation.customer_entity_id,
        person: None,
        roles: granted.iter().map(|role| role.slug.clone()).collect(),
        grants,
        must_change_password: false,
        epoch: invitation.user_epoch.map_or(0, |epoch| epoch + 1),
    }
}

/// A new account, or the unverified one of an earlier sign-up with everything that waited there voided.
fn account(cx: &Cx<'_>, invitation: &AcceptableRow, person: &Person, phc: &str) -> Vec<Statement> {
    let Some((existing, epoch)) = invitation.user_id.zip(invitation.user_epoch) else {
        let user = NewUser {
            id: person.user,
            tenant: person.tenant,
            organization: person.organization,
            email: &person.email,
            lookup_hash: &invitation.email_hash,
            password_hash: Some(phc),
            display_name: &person.display_name,
            locale: &invitation.locale,
            verified_at: Some(cx.now),
            company: person.company,
        };
        return vec![users::insert(&user, cx.now)];
    };
    let mut writes =
        vec![invitations::take_over(existing, person.organization, phc, &person.display_name, person.company, epoch, cx.now), store::changed_one()];
    writes.extend(tokens::void_everything(existing, cx.now));
    writes.extend(sessions::end_all(Realm::Customer, existing, cx.now));
    writes
}
