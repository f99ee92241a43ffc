//! From result to response: headers every answer carries, one error shape, one log line, the trail of denials.

use http::{HeaderName, Method, StatusCode, header};
use serde_json::json;

use crate::{
    app::{Answer, Deployment, Incoming, Later, Trace, decision_headers, log_line},
    io::{Io, Operations},
    pages,
    problem::{Code, Problem},
    web::{
        request::Request,
        response::{Caching, Response},
    },
};

/// Tells the shell that no route wanted the path, and which static file may have it. Never leaves the Worker.
pub const UNROUTED: HeaderName = HeaderName::from_static("x-portcullis-unrouted");

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const OPERATIONS: HeaderName = HeaderName::from_static("x-portcullis-operations");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// Pages load only what we serve; nothing frames us, nothing runs inline.
const PAGE_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
     manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// A page in a frame sends nothing and shows nothing of others'.
const EMBEDDED_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; \
     base-uri 'none'; frame-ancestors";
const API_CSP: &str = "default-src 'none'; frame-ancestors 'none'";

pub fn unrouted(path: &str) -> Problem {
    Problem::not_found("Not Found").header(UNROUTED, pages::asset(path))
}

pub fn method_not_allowed(allow: &str) -> Problem {
    Problem::new(Code::MethodNotAllowed, "Method not allowed").header(header::ALLOW, allow)
}

/// `OPTIONS`: what the path allows, and for a listed origin that it may come.
pub fn options(deployment: &Deployment, request: &Request, allow: &str) -> Response {
    let response = Response::empty(204).header(header::ALLOW, allow);
    match cors_origin(deployment, request) {
        None => response,
        Some(_) => response
            .header(header::ACCESS_CONTROL_ALLOW_METHODS, allow)
            .header(
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                "authorization, content-type, x-om-ext-optimistic-lock-expected-updated-at, x-organization-id",
            )
            .header(header::ACCESS_CONTROL_MAX_AGE, "600"),
    }
}

/// The exact origin, when it is listed. Credentials are never allowed: listed origins come with a bearer token.
fn cors_origin(deployment: &Deployment, request: &Request) -> Option<String> {
    let origin = request.header(&header::ORIGIN)?;
    deployment.config.cors_allowed_origins.iter().any(|allowed| allowed == origin).then(|| origin.to_owned())
}

/// The last step of every request.
pub fn finish(deployment: &Deployment, io: &Io<'_>, incoming: &Incoming, mut trace: Trace, result: Result<Response, Problem>) -> Answer {
    let (mut response, note) = match result {
        Ok(response) => (response, String::new()),
        Err(problem) => {
            note_denial(&problem, incoming, &mut trace);
            let note = problem.operator.for_log().to_owned();
            (render(&problem, &incoming.request_id), note)
        }
    };
    let limited = response.status == StatusCode::TOO_MANY_REQUESTS;
    if !limited {
        response.headers.extend(decision_headers(trace.decision));
    }
    common_headers(deployment, &incoming.request, &mut response);
    response.headers.push((REQUEST_ID, incoming.request_id.clone()));
    if deployment.config.is_development() {
        let spent = io.spent();
        response
            .headers
            .push((OPERATIONS, format!("d1={} kv={} limiter={} hash={} channel={}", spent.d1, spent.kv, spent.limiter, spent.hash, spent.channel)));
    }
    // What was granted from memory an app's own log tells as well, and a public document says the same to all: a line each
    // would cost more than the answer.
    let from_memory = response.status.is_success() && io.spent() == Operations::default();
    if deployment.config.log_every_answer || !note.is_empty() || (response.caching.is_private() && !from_memory) {
        log_line(incoming, &trace, io, &response, &note);
    }
    Answer { response, later: trace.later }
}

/// A denied signed-in caller goes into the trail, best-effort and once a minute, after the answer.
fn note_denial(problem: &Problem, incoming: &Incoming, trace: &mut Trace) {
    let actor = trace.actor.as_ref().map(|actor| (actor.user, actor.tenant, actor.organization));
    let caller = actor.or(trace.caller.map(|caller| (caller.sub, caller.tenant, caller.organization)));
    if let (Some((actor, tenant, organization)), Some(route), StatusCode::FORBIDDEN) = (caller, trace.route, problem.code.status()) {
        trace.later.push(Later::Denial {
            realm: route.realm(),
            actor,
            tenant,
            organization,
            route: route.name,
            code: problem.code.describe().0,
            ip: incoming.client_ip.clone().unwrap_or_default(),
            user_agent: incoming.request.user_agent(),
            request_id: incoming.request_id.clone(),
        });
    }
}

fn render(problem: &Problem, request_id: &str) -> Response {
    let mut response = Response::json(problem.code.status().as_u16(), &problem.body(request_id));
    response.headers.clear();
    response.headers.push((header::CONTENT_TYPE, "application/problem+json".into()));
    response.headers.extend(problem.headers.clone());
    response
}

fn common_headers(deployment: &Deployment, request: &Request, response: &mut Response) {
    let is_page = response.headers.iter().any(|(name, value)| name == header::CONTENT_TYPE && value.starts_with("text/html"));
    response.headers.extend(security_headers(if is_page { PAGE_CSP } else { API_CSP }));
    let cache = match response.caching {
        Caching::NoStore => "no-store",
        Caching::Stream => "no-store, no-cache, no-transform",
        Caching::Public(value) => value,
    };
    response.headers.push((header::CACHE_CONTROL, cache.into()));
    if response.caching.is_private() {
        response.headers.push((header::VARY, "Origin, Cookie, Authorization".into()));
        if let Some(origin) = cors_origin(deployment, request) {
            response.headers.push((header::ACCESS_CONTROL_ALLOW_ORIGIN, origin));
            response.headers.push((
                header::ACCESS_CONTROL_EXPOSE_HEADERS,
                "retry-after, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, x-request-id".into(),
            ));
        }
    } else {
        // Public documents are the same for everyone, whatever they sent.
        response.headers.push((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*".into()));
    }
    if request.method == Method::HEAD {
        response.body.clear();
        response.rest = None;
    }
}

fn security_headers(csp: &str) -> Vec<(HeaderName, String)> {
    vec![
        (header::CONTENT_SECURITY_POLICY, csp.into()),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains".into()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".into()),
        (header::X_FRAME_OPTIONS, "DENY".into()),
        (header::REFERRER_POLICY, "no-referrer".into()),
        (OPENER_POLICY, "same-origin".into()),
        (RESOURCE_POLICY, "same-origin".into()),
        (PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=()".into()),
    ]
}

/// What static files carry: the pages' policy, and caching with revalidation. Embedded pages may be framed by the CRM's
/// origins, which X-Frame-Options cannot name.
pub fn asset_headers(deployment: &Deployment, file: &str) -> Vec<(HeaderName, String)> {
    let framing = &deployment.config.embed_origins;
    let mut headers = if pages::is_embedded(file) && !framing.is_empty() {
        let mut headers = security_headers(&format!("{EMBEDDED_CSP} {}", framing.join(" ")));
        headers.retain(|(name, _)| name != header::X_FRAME_OPTIONS);
        headers
    } else {
        security_headers(PAGE_CSP)
    };
    headers.push((header::CACHE_CONTROL, "public, max-age=0, must-revalidate".into()));
    headers
}

/// A deployment that cannot be configured answers 503 to everything. What is wrong is shown in development only.
pub fn misconfigured(problems: &[String], development: bool) -> Response {
    let mut problem = Problem::unavailable(problems.join("; "));
    if development {
        problem = problem.member("configuration", json!(problems));
    }
    alone(&problem, "-")
}

/// A request that panicked answers like any other internal error; the shell has logged it.
pub fn panicked(request_id: &str) -> Response {
    alone(&Problem::internal("panic"), request_id)
}

/// An answer that no request went through the pipeline for.
fn alone(problem: &Problem, request_id: &str) -> Response {
    let mut response = render(problem, request_id);
    response.headers.extend(security_headers(API_CSP));
    response.headers.push((header::CACHE_CONTROL, "no-store".into()));
    response
}
