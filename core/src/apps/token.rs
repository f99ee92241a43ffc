//! Minting a token for an app.
//!
//! The caller has made sure of two things just now: that the session is alive (or was a moment ago, on the fast path,
//! whose bound is its own), and that the app admits the person. The token lives ten minutes, whatever the session does:
//! that is how long an origin that verifies offline may trail behind.

use crate::{
    actor::Actor,
    app::Deployment,
    domain::{
        app::{self, App, Person, Stamp},
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
        roles: actor.roles.iter().map(|role| role.slug.as_str()).collect(),
        grants: &actor.grants,
    }
}

/// A fresh token for an app about a person. Features that do not fit are left out, as in access tokens.
pub async fn mint_app_token(deployment: &Deployment, io: &Io<'_>, app: &App, person: &Person<'_>, now: Millis) -> Result<String, Problem> {
    let config = &deployment.config;
    let stamp = Stamp { issuer: &config.issuer, jti: Id::new(now, io.random()), now, life: config.app_token_seconds };
    let full = signed(deployment, io, &app::claims(app, person, stamp, true)).await?;
    if full.len() < MAX_TOKEN { Ok(full) } else { signed(deployment, io, &app::claims(app, person, stamp, false)).await }
}
