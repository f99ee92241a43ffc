//! One route as an operation.

use serde_json::{Map, Value, json};

use super::{Answer, Doc, Example, Reads, problems, request, shape::Shape};
use crate::{
    config::{LIMITS, LimitName, LimitRow},
    domain::limit::{Policy, Window},
    problem::Code,
    routes::{Audit, Guard, Limit, Route, Subject},
};

pub fn of(route: &Route, doc: &Doc, tag: &str, examples: &[Example]) -> Result<Value, String> {
    let mut operation = json!({
        "operationId": route.name,
        "tags": [tag],
        "summary": doc.summary,
        "description": description(route, doc),
        "parameters": request::parameters(route, doc),
        "responses": responses(route, doc, examples)?,
        "security": request::security(route),
        "x-portcullis": {
            "guard": guard(route.guard),
            "limits": limits(route).into_iter().map(|(whose, policy)| json!({"per": whose, "points": policy.points, "seconds": policy.duration, "block": policy.block})).collect::<Vec<_>>(),
            "audit": match route.audit { Audit::Events(events) => json!(events), Audit::Reads | Audit::Touches => json!([]) },
            "cost": {"d1": route.budget.d1, "kv": route.budget.kv, "limiter": route.budget.limiter, "hash": route.budget.hash, "channel": route.budget.channel},
        },
    });
    if let (Some(takes), Some(operation)) = (&route.body, operation.as_object_mut()) {
        let good = examples.iter().find(|example| example.status < 400).and_then(|example| example.request.as_ref());
        operation.insert("requestBody".into(), request::body(takes, good));
    }
    Ok(operation)
}

fn description(route: &Route, doc: &Doc) -> String {
    let mut parts = vec![];
    if !doc.about.is_empty() {
        parts.push(doc.about.to_owned());
    }
    parts.push(format!("**Who:** {}.", guard(route.guard)));
    let limits: Vec<_> = limits(route).into_iter().map(|(whose, policy)| format!("{} {whose}", words(policy))).collect();
    parts.push(if limits.is_empty() { "**Limit:** none.".into() } else { format!("**Limit:** {}.", limits.join("; ")) });
    if let Audit::Events(events) = route.audit {
        parts.push(format!("**Trail:** {}.", events.iter().map(|event| format!("`{event}`")).collect::<Vec<_>>().join(", ")));
    }
    parts.join("\n\n")
}

fn guard(guard: Guard) -> String {
    match guard {
        Guard::Public => "anybody".into(),
        Guard::Session(realm) => format!("{} who are signed in", people(realm.name())),
        Guard::AnySession(realm) => format!("{} who are signed in, even before they have changed a one-time password", people(realm.name())),
        Guard::Can(realm, feature) => format!("{} with `{feature}`", people(realm.name())),
        Guard::CanEither(realm, one, other) => format!("{} with `{one}` or `{other}`", people(realm.name())),
        Guard::Operator(feature) => format!("staff of the platform with `{feature}`, by an operator's token"),
        Guard::AnyPlace => "staff who are signed in, even where they have no access any more".into(),
        Guard::Development => "anybody, in development; elsewhere there is no such route".into(),
    }
}

fn people(realm: &str) -> &'static str {
    if realm == "staff" { "staff" } else { "customers" }
}

/// Whom each limit counts, with its product number. A deployment may have set others.
fn limits(route: &Route) -> Vec<(&'static str, Policy)> {
    let row = |name: LimitName| LIMITS.iter().find(|row| row.id == name);
    let Limit { name, subject, user } = route.limit;
    let mut found = Vec::new();
    if let Some(LimitRow { subject: of_subject, ip, .. }) = name.and_then(row) {
        found.extend(ip.map(|policy| ("per client address", policy)));
        let whose = match subject {
            Subject::None => "",
            Subject::Address | Subject::TypedAddress => "per e-mail address",
            Subject::Token => "per session",
            Subject::User => "per user for this route",
        };
        found.extend(of_subject.filter(|_| !whose.is_empty()).map(|policy| (whose, policy)));
    }
    if let (true, Some(row)) = (user, row(LimitName::SignedIn)) {
        found.extend(row.subject.map(|policy| ("per user", policy)));
    }
    found
}

fn words(Policy { points, duration, block, window }: Policy) -> String {
    match window {
        Window::Sliding => format!("{points} in any {duration} s"),
        Window::Fixed if block > 0 => format!("{points} in {duration} s, then blocked for {block} s,"),
        Window::Fixed => format!("{points} in {duration} s"),
    }
}

/// Every error a route can answer: of the pipeline by its row, and the handler's own.
pub fn errors(route: &Route, doc: &Doc) -> Vec<u16> {
    let mut codes = vec![Code::Internal, Code::Unavailable];
    codes.extend(doc.errors);
    if route.body.is_some() {
        codes.extend([Code::InvalidRequest, Code::UnsupportedMediaType]);
    }
    // A change that lost a race.
    codes.extend(matches!(route.audit, Audit::Events(_)).then_some(Code::Conflict));
    // Any body is read before a route is asked whether it wants one.
    codes.push(Code::PayloadTooLarge);
    let signed_in = !matches!(route.guard, Guard::Public | Guard::Development);
    if signed_in {
        codes.extend([Code::Unauthenticated, Code::Forbidden]);
        // A named organization has to be an id.
        codes.extend((route.realm().name() == "staff").then_some(Code::InvalidRequest));
    }
    if !route.method.is_safe() {
        codes.push(Code::Forbidden);
    }
    if route.limit != Limit::NONE {
        codes.extend([Code::RateLimited, Code::NotFound]);
    }
    if route.path.contains('{') || route.guard == Guard::Development {
        codes.push(Code::NotFound);
    }
    if doc.query.iter().any(|param| param.required || !matches!(param.reads, Reads::Number(..) | Reads::Text | Reads::Word(_))) {
        codes.push(Code::ValidationError);
    }
    let mut statuses: Vec<u16> = codes.iter().map(|code| code.describe().1).collect();
    statuses.sort_unstable();
    statuses.dedup();
    statuses
}

fn responses(route: &Route, doc: &Doc, examples: &[Example]) -> Result<Map<String, Value>, String> {
    let mut responses = Map::new();
    for answer in std::iter::once(&doc.answer).chain(doc.also) {
        let example = examples.iter().find(|example| example.status == answer.status()).and_then(|example| example.body.as_ref());
        responses.insert(answer.status().to_string(), success(route, doc, *answer, example)?);
    }
    for status in errors(route, doc) {
        // A route may say itself how it answers when something is down.
        if responses.contains_key(&status.to_string()) {
            continue;
        }
        let example = examples.iter().find(|example| example.status == status).and_then(|example| example.body.as_ref());
        let response = match example {
            Some(example) => problems::with_example(status, example),
            None => json!({"$ref": format!("#/components/responses/{}", problems::name(status))}),
        };
        responses.insert(status.to_string(), response);
    }
    Ok(responses)
}

fn success(route: &Route, doc: &Doc, answer: Answer, example: Option<&Value>) -> Result<Value, String> {
    let mut names = vec!["X-Request-Id"];
    if route.limit != Limit::NONE {
        names.extend(["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"]);
    }
    if (300..400).contains(&answer.status()) && answer.status() != 304 {
        names.push("Location");
    }
    let headers: Map<_, _> = names.into_iter().map(|name| (name.to_owned(), json!({"$ref": format!("#/components/headers/{name}")}))).collect();
    let mut response = json!({"description": describe(answer), "headers": headers});
    let Some(object) = response.as_object_mut() else { return Ok(response) };
    match answer {
        Answer::Empty(_) => {}
        Answer::Media(_, media) => drop(object.insert("content".into(), json!({ media: {"schema": {"type": "string"}} }))),
        Answer::Json(_, notation) => {
            let mut media = json!({"schema": Shape::parse(notation).map_err(|why| format!("{}: {why}", doc.name))?.schema()});
            if let (Some(example), Some(media)) = (example, media.as_object_mut()) {
                media.insert("example".into(), example.clone());
            }
            object.insert("content".into(), json!({ "application/json": media }));
        }
    }
    if answer.status() == doc.answer.status() && !doc.links.is_empty() {
        let links: Map<_, _> = doc
            .links
            .iter()
            .map(|super::Link(to, parameter, value)| ((*to).to_owned(), json!({"operationId": to, "parameters": {*parameter: value}})))
            .collect();
        object.insert("links".into(), links.into());
    }
    Ok(response)
}

fn describe(answer: Answer) -> &'static str {
    match answer.status() {
        201 => "Made",
        202 => "Taken; what comes of it comes by mail",
        204 => "Done",
        304 => "Not changed",
        300..400 => "On to another page",
        _ => "Done, or found",
    }
}
