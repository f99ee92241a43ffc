//! `GET …/portal/events/stream` and `/api/events/stream`: what happens, as it happens (server-sent events, WHATWG HTML
//! §9.2).
//!
//! The request is held by the Worker, which has one WebSocket to the object of the caller's channel and hands on what comes.
//! 1. The pipeline has found a live session and whoever it belongs to.
//! 2. The channel takes the listener in. From now on nothing passes it by: see [`channel`].
//! 3. The session is looked at once more. What ended it before 2 shows here; what ends it after, in the channel.

pub mod announce;
pub mod channel;

use http::{HeaderName, Method, header};

use crate::{
    actor::Actor,
    app::Deployment,
    contract::channel::Joining,
    cx::Cx,
    domain::{
        limit::Decision,
        live::{self, Channel, LIFE, Listener, Watch},
        realm::Realm,
        time::{MINUTE, Millis},
    },
    io::Io,
    pipeline::target,
    ports::{ChannelError, Signal},
    problem::Problem,
    store::{
        sessions::{self, By, IdentityRow},
        staff_sessions,
    },
    stream::{Piece, Rest},
    web::response::{Caching, Response},
};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// For scripts, which cannot set the header of a stream that they open anew.
const LAST_EVENT_PARAMETER: &str = "lastEventId";
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

pub async fn portal(cx: &Cx<'_>) -> Result<Response, Problem> {
    let actor = cx.actor()?;
    open(cx, Channel::Portal { tenant: actor.tenant, organization: actor.organization()? }).await
}

/// Of the place the session sits in: a stream that listened elsewhere would outlive what it was allowed by.
pub async fn staff(cx: &Cx<'_>) -> Result<Response, Problem> {
    if target::organization(cx.request).is_some() {
        return Err(Problem::invalid("A stream is of the place the session sits in: switch there first, and leave X-Organization-Id out"));
    }
    open(cx, Channel::Staff { tenant: cx.actor()?.tenant }).await
}

async fn open(cx: &Cx<'_>, channel: Channel) -> Result<Response, Problem> {
    // Whoever only wants to see the headers opens nothing.
    if cx.request.method != Method::HEAD {
        let listener = listener(cx.actor()?);
        let joining = Joining { channel, listener: listener.clone(), last: last_seen(cx) };
        cx.io.open_stream(joining).await.map_err(refusal)?;
        let still = still_there(cx).await;
        if !matches!(&still, Ok(Some(actor)) if !actor.must_change_password && self::listener(actor) == listener) {
            cx.io.close_stream();
            still?;
            return Err(Problem::unavailable("what the caller may hear of changed while the stream was opened"));
        }
    }
    let rest = Rest::Live { until: cx.now.plus(LIFE) };
    Ok(Response { body: live::opening().into(), rest: Some(rest), ..Response::empty(200) }
        .caching(Caching::Stream)
        .header(header::CONTENT_TYPE, "text/event-stream")
        .header(header::CONNECTION, "keep-alive")
        .header(ACCEL_BUFFERING, "no"))
}

/// The caller as a channel writes them down.
fn listener(actor: &Actor) -> Listener {
    let watches = match actor.realm {
        Realm::Customer => Vec::new(),
        Realm::Staff => {
            let held = live::features().filter(|feature| actor.grants.allow(feature));
            held.map(|feature| Watch { feature: feature.to_owned(), scope: actor.scope(feature) }).collect()
        }
    };
    Listener { realm: actor.realm, tenant: actor.tenant, organization: actor.organization, user: actor.user, session: actor.session, watches }
}

/// Where the client was. What is no position is taken for one before everything, which says that something was missed.
fn last_seen(cx: &Cx<'_>) -> Option<i64> {
    let header = cx.request.header(&LAST_EVENT_ID).map(str::to_owned);
    let named = header.or_else(|| cx.request.query_value(LAST_EVENT_PARAMETER)).filter(|text| !text.is_empty());
    named.map(|text| text.parse().ok().filter(|position| *position >= 0).unwrap_or(0))
}

/// The caller, read again. Everything may have changed since the pipeline did.
async fn still_there(cx: &Cx<'_>) -> Result<Option<Actor>, Problem> {
    let actor = cx.actor()?;
    let by = By::Claims { session: actor.session, user: actor.user, tenant: actor.tenant };
    Ok(match actor.realm {
        Realm::Customer => {
            let row = cx.read_one(sessions::identity(actor.realm, by)).await?.first::<IdentityRow>()?;
            row.and_then(|row| row.judge(actor.realm, cx.deployment.config.session_lifetime(actor.realm).idle, None, cx.now).ok())
        }
        Realm::Staff => {
            let row = cx.read_one(staff_sessions::identity_at(by, actor.organization, None)).await?.first::<staff_sessions::IdentityRow>()?;
            row.and_then(|row| row.judge(cx.deployment.config.staff_idle(), None, cx.now).ok())
        }
    })
}

fn refusal(error: ChannelError) -> Problem {
    match error {
        // When one of them ends is up to the person; a minute is when asking again makes sense.
        ChannelError::Full => {
            Problem::rate_limited(Decision { allowed: false, limit: u32::try_from(live::PER_USER).unwrap_or(u32::MAX), remaining: 0, reset: 60 })
        }
        ChannelError::Unavailable(note) => Problem::unavailable(note),
    }
}

/// The next bytes of a stream. It ends cleanly, so that clients come back for more; who may no more hears 401 then.
pub async fn next(deployment: &Deployment, io: &Io<'_>, until: Millis) -> Piece {
    let patience = deployment.config.live_heartbeat.min(until.0 - io.clock().0);
    let go_on = |text: String| Piece { bytes: text.into_bytes(), rest: Some(Rest::Live { until }) };
    let over = || {
        io.close_stream();
        Piece { bytes: live::closing().into(), rest: None }
    };
    if patience <= 0 {
        return over();
    }
    match io.next_signal(patience.min(MINUTE)).await {
        Signal::Text(text) => go_on(text),
        Signal::Quiet => go_on(live::HEARTBEAT.into()),
        Signal::Ended => over(),
    }
}
