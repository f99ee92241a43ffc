//! From body to handler: what is checked in which order depends on the route's kind.
//!
//! - Signed-in routes: syntax (400), costlier limits (429), what the caller may do and whom it concerns (403), fields (400).
//! - Public routes: syntax and fields (400), tenant (400, 403), the address layer (429). The address is charged before
//!   any user is looked up.
//! - Silent routes, which answer 200 whatever was asked: the address layer is charged with whatever was typed, before
//!   anything is validated.

use serde_json::Value;

use super::{authenticate, body, host::Host, limit, place, target};
use crate::{
    app::{Deployment, Incoming, Trace},
    cx::Place,
    domain::realm::Realm,
    io::Io,
    problem::Problem,
    routes::{Route, Subject},
    web::body::{Refusal, Valid},
};

/// A request that may reach its handler.
#[derive(Default)]
pub struct Admitted {
    pub body: Valid,
    pub place: Option<Place>,
    /// The limiter key of the address layer.
    pub subject_key: Option<String>,
}

/// `None` means that the route says nothing more than 200.
pub async fn admit(
    deployment: &Deployment,
    io: &Io<'_>,
    incoming: &Incoming,
    route: &'static Route,
    host: &Host,
    trace: &mut Trace,
) -> Result<Option<Admitted>, Problem> {
    let json = body::read(&incoming.request, route);
    if route.body.is_some_and(|schema| schema.refusal == Refusal::Silent) {
        return silently(deployment, io, incoming, route, host, json, trace).await;
    }
    let json = json.map_err(|problem| sign_out(deployment, incoming, route, problem))?;
    if let Some(actor) = trace.actor.clone() {
        charge(limit::per_subject(deployment, io, route, &actor, &json).await?, trace)?;
        target::check(&incoming.request, &json, &actor, route.guard)?;
        authenticate::authorize(route, &actor)?;
        return Ok(Some(Admitted { body: body::fields(route, &json)?, ..Admitted::default() }));
    }
    let fields = body::fields(route, &json).map_err(|problem| sign_out(deployment, incoming, route, problem))?;
    if matches!(route.limit.subject, Subject::None | Subject::Token) {
        charge(limit::per_token(deployment, io, incoming, route, &json).await?, trace)?;
        return Ok(Some(Admitted { body: fields, ..Admitted::default() }));
    }
    let found = match route.realm() {
        Realm::Customer => place::resolve(deployment, io, host, &json, trace).await?,
        Realm::Staff => place::of_staff(host, &json)?,
    };
    let (decision, subject_key) = limit::per_address(deployment, io, incoming, route, &json, found.tenant).await?;
    charge(decision, trace)?;
    Ok(Some(Admitted { body: fields, place: Some(found), subject_key }))
}

/// What a body that does not fit does to the caller's cookies, where the route says so.
fn sign_out(deployment: &Deployment, incoming: &Incoming, route: &Route, problem: Problem) -> Problem {
    match route.body.map(|takes| takes.refusal) {
        Some(Refusal::SignsOut(_)) => authenticate::forget(deployment, &incoming.request, route.realm(), problem),
        _ => problem,
    }
}

async fn silently(
    deployment: &Deployment,
    io: &Io<'_>,
    incoming: &Incoming,
    route: &'static Route,
    host: &Host,
    json: Result<Value, Problem>,
    trace: &mut Trace,
) -> Result<Option<Admitted>, Problem> {
    let json = match json {
        Err(problem) if problem.code.describe().1 == 400 => Value::Null,
        other => other?,
    };
    let place = match place::resolve(deployment, io, host, &json, trace).await {
        Ok(place) => Some(place),
        Err(problem) if problem.code.status().is_client_error() => None,
        Err(problem) => return Err(problem),
    };
    let tenant = place.as_ref().map_or_else(place::nowhere, |place| place.tenant);
    let (decision, subject_key) = limit::per_address(deployment, io, incoming, route, &json, tenant).await?;
    charge(decision, trace)?;
    let fields = route.body.map(|schema| schema.check(&json));
    Ok(match (place, fields) {
        (Some(place), Some(Ok(body))) => Some(Admitted { body, place: Some(place), subject_key }),
        _ => None,
    })
}

fn charge(decision: Option<crate::domain::limit::Decision>, trace: &mut Trace) -> Result<(), Problem> {
    if let Some(decision) = decision {
        trace.decision = Some(limit::enforce(decision)?);
    }
    Ok(())
}
