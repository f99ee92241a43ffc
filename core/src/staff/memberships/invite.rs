//! `POST /api/auth/memberships/invite`: somebody, by address, to a place of the caller's. The answer is the same whether
//! the address has an account here, in another tenant, or nowhere: who works for whom is nobody else's business.

use serde_json::json;

use super::Wanted;
use crate::{
    account::signup::MAILS_PER_HOUR,
    change::{Change, MailOrder},
    cx::{Cx, RowId},
    domain::{audit::Entry, email::Email, event::Event, keys::Purpose, locale::Locale},
    mail::template::Template,
    ports::StoreError,
    problem::{Code, Problem},
    store::{
        self,
        membership_invitations::{self, Invitation, KnownRow},
        users::{self, Count},
    },
    web::{
        body::{Kind, Refusal, Schema, optional, required},
        response::Response,
    },
};

pub const INVITE: &str = "auth.users.create";

pub const BODY: Schema = Schema {
    fields: &[
        required("email", Kind::Email),
        required("roleId", Kind::Uuid),
        optional("organizationId", Kind::UuidOrNull),
        optional("tenantId", Kind::Uuid),
        optional("merchantIds", Kind::Uuids { min: 0 }),
    ],
    refusal: Refusal::Detailed("Validation failed"),
};

pub const AUDIT: &[&str] = &["user.invited"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let (email, wanted) = (cx.body.email("email")?, Wanted::asked(cx)?);
    let lookup = cx.deployment.keys.lookup_hash(&email);
    let mut rows = cx.read(wanted.queries()).await?.into_iter();
    wanted.check(&actor.caller(), &actor.scope(INVITE), &mut rows)?;
    for _ in 0..3 {
        let queries = vec![membership_invitations::known(wanted.seat(), &lookup), users::recent_mails(wanted.tenant, &lookup, cx.now)];
        let mut rows = cx.read(queries).await?.into_iter();
        let known = rows.next().unwrap_or_default().first::<KnownRow>()?;
        let mails = rows.next().unwrap_or_default().first::<Count>()?.map_or(0, |count| count.n);
        if mails >= MAILS_PER_HOUR {
            return Err(Problem::new(Code::Conflict, "This address was sent enough mails this hour. Please try again later."));
        }
        let id = known.map_or_else(|| cx.new_id(), |row| row.id);
        match cx.try_commit(change(cx, &wanted, &email, &lookup, id)?).await {
            Ok(_) => {
                let expires = cx.now.plus(membership_invitations::LIFE);
                let body = json!({"ok": true, "invitation": {"id": id, "email": email.as_str(), "expiresAt": expires}});
                return Ok(Response::json(201, &body));
            }
            // Two people invited the same address to the same place at once: the second renews the first's.
            Err(StoreError::Unique(_) | StoreError::Precondition) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(Problem::unavailable("three lost races at one invitation"))
}

fn change(cx: &Cx<'_>, wanted: &Wanted, email: &Email, lookup: &str, id: RowId) -> Result<Change, Problem> {
    let actor = cx.actor()?;
    let (seat, locale): (_, Locale) = (wanted.seat(), cx.locale());
    let token_row = cx.new_id();
    let token = cx.deployment.keys.mailed_token(Purpose::Invitation, token_row).hash();
    let invitation = Invitation {
        id,
        seat,
        email,
        lookup_hash: lookup,
        token_row,
        token: &token,
        role: wanted.role,
        merchants: &wanted.merchants,
        by: actor.user,
        locale: locale.code(),
    };
    let detail = json!({"email": email.masked(), "role": wanted.role, "merchants": wanted.merchants});
    let payload =
        json!({"invitationId": id, "email": email.as_str(), "tenantId": seat.tenant, "organizationId": seat.organization, "invitedBy": actor.user});
    let mail = MailOrder {
        template: Template::MembershipInvitation,
        to: email.clone(),
        locale,
        tenant: seat.tenant,
        organization: seat.organization,
        token_row: Some(token_row),
        recipient_name: None,
        inviter: Some(actor.display_name.clone()).filter(|name| !name.is_empty()),
        facts: Vec::new(),
    };
    Ok(Change::new(vec![membership_invitations::upsert(&invitation, cx.now), store::changed_one()])
        .audit(Entry::new("user.invited", "invitation", id).within(seat.tenant, seat.organization).detail(detail))
        .event(Event::new("auth.user.invited", seat.tenant, seat.organization, payload))
        .mail(mail))
}
