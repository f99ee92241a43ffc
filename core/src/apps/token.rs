//! Minting a token for an app.
//!
//! The caller has made sure of two things just now: that the session is alive (or was a moment ago, on the fast path,
//! whose bound is its own), and that the app admits the person. The token lives ten minutes, or as long
//! as the session has left; a session that is ended before stops it where the revocation feed is followed.

use crate::{
    actor::Actor,
    app::Deployment,
    domain::{
        app::{self, App, Person, Room, Stamp},
        id::Id,
        time::Millis,
    },
    io::Io,
    problem::Problem,
    session::token::{MAX_TOKEN, signed},
};

/// The person a session belongs to.
pub fn person(actor: &Actor) -> Person<'_> {
    Person {
        realm: actor.realm,
        user: actor.user,
        session: actor.session,
        tenant: actor.tenant,
        organization: actor.organization,
        email: &actor.email,
        display_name: &actor.display_name,
        roles: actor.role_names(),
        grants: &actor.grants,
        session_ends: actor.session_ends,
    }
}

/// A token, and the seconds it is good for.
pub struct Minted {
    pub token: String,
    pub life: i64,
}

/// A fresh token for an app about a person. Features that do not fit are left out, then roles, as in access tokens.
pub async fn mint_app_token(deployment: &Deployment, io: &Io<'_>, app: &App, person: &Person<'_>, now: Millis) -> Result<Minted, Problem> {
    let config = &deployment.config;
    let stamp = Stamp { issuer: &config.issuer, jti: Id::new(now, io.random()), now, life: config.app_token_seconds };
    let life = app::expiry(person, stamp) - now.seconds();
    for room in [Room::All, Room::NoFeatures] {
        let token = signed(deployment, io, &app::claims(app, person, stamp, room)).await?;
        if token.len() < MAX_TOKEN {
            return Ok(Minted { token, life });
        }
    }
    Ok(Minted { token: signed(deployment, io, &app::claims(app, person, stamp, Room::Least)).await?, life })
}
