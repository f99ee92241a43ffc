//! `POST /api/auth/switch`: the session moves to another place, and a fresh access token says so. The session token
//! stays as it is; access tokens of before name the old place and are void.
//!
//! A tenant by itself means the place there that a sign-in would choose.

use serde_json::json;

use crate::{
    actor::Actor,
    change::Change,
    cx::Cx,
    domain::{
        audit::Entry,
        event::Event,
        membership::{Holding, Location, first_seat, holding},
        realm::Realm,
    },
    pipeline::{authenticate, target},
    ports::StoreError,
    problem::Problem,
    staff::sign_in::{self, Subject},
    store::{
        self,
        places::{self, PersonRow, PlaceRow},
    },
    web::{
        body::{Kind, Refusal, Schema, optional},
        response::Response,
    },
};

pub const BODY: Schema =
    Schema { fields: &[optional("organizationId", Kind::Uuid), optional("tenantId", Kind::Uuid)], refusal: Refusal::Detailed("Validation failed") };

pub const AUDIT: &[&str] = &["session.switched"];

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    let wanted = match (cx.body.opt_id("organizationId"), cx.body.opt_id("tenantId")) {
        (Some(organization), tenant) => places::organization(organization, tenant),
        (None, Some(tenant)) => places::tenant(tenant),
        (None, None) => {
            let message = vec!["Name an organization or a tenant".to_owned()];
            return Err(Problem::validation("Validation failed", vec![("organizationId".into(), message)]));
        }
    };
    let mut rows = cx.read(vec![wanted, places::of_person(actor.user)]).await?.into_iter();
    let place = rows.next().unwrap_or_default().first::<PlaceRow>()?;
    let person = rows.next().unwrap_or_default().first::<PersonRow>()?;
    let Some((place, person)) = place.zip(person) else { return Err(target::not_yours()) };
    let (at, held) = seat(cx, &place, &person)?;
    if place.is_suspended(&at) && !held.platform {
        return Err(Problem::tenant_suspended());
    }
    move_session(cx, actor, &at).await?;
    answer(cx, actor, &at, &held).await
}

/// Where the session goes, and what the person is there.
fn seat(cx: &Cx<'_>, place: &PlaceRow, person: &PersonRow) -> Result<(Location, Holding), Problem> {
    let (offers, acls) = person.offers()?;
    let at = match cx.body.has("organizationId") {
        true => place.location()?,
        false => {
            let there: Vec<_> = offers.iter().filter(|offer| offer.membership.tenant == place.tenant_id).cloned().collect();
            first_seat(place.location()?.seat, &there, &[]).map_or_else(|| place.location(), Ok)?
        }
    };
    let held = holding(offers.into_iter().map(|offer| offer.membership).collect(), &acls, &at);
    if held.is_member() && cx.host.admits(at.seat.tenant) { Ok((at, held)) } else { Err(target::not_yours()) }
}

async fn move_session(cx: &Cx<'_>, actor: &Actor, at: &Location) -> Result<(), Problem> {
    let (tenant, organization) = (at.seat.tenant, at.seat.organization);
    let to = json!({"tenantId": tenant, "organizationId": organization});
    let from = json!({"tenantId": actor.tenant, "organizationId": actor.organization});
    let payload = json!({"sessionId": actor.session, "userId": actor.user, "tenantId": tenant, "organizationId": organization});
    let change = Change::new(vec![places::move_session(actor.session, actor.user, at.seat), store::changed_one()])
        .audit(Entry::new("session.switched", "session", actor.session).within(tenant, organization).detail(json!({"before": from, "after": to})))
        .event(Event::new("auth.session.switched", tenant, organization, payload));
    match cx.try_commit(change).await {
        // The session ended meanwhile.
        Err(StoreError::Precondition) => Err(authenticate::nobody(Realm::Staff)),
        other => other.map(drop).map_err(Problem::from),
    }
}

async fn answer(cx: &Cx<'_>, actor: &Actor, at: &Location, held: &Holding) -> Result<Response, Problem> {
    let subject = Subject {
        user: actor.user,
        session: actor.session,
        seat: at.seat,
        email: &actor.email,
        roles: held.roles.iter().map(|role| role.name.as_str()).collect(),
        grants: &held.grants,
        session_ends: actor.session_ends,
        platform: held.platform,
        merchants: &held.merchants,
        restricted: false,
    };
    let access = sign_in::access_token(cx, &subject).await?;
    let cookie = cx.set_cookie(Realm::Staff.auth_cookie(), &access, cx.deployment.config.access_token_seconds);
    let body = json!({"ok": true, "token": access, "tenantId": at.seat.tenant, "organizationId": at.seat.organization});
    Ok(Response::json(200, &body).cookie(cookie))
}
