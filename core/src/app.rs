//! ★ The pipeline, in reading order. A request comes in as values and ports; an answer and the work for afterwards go out.

use http::{HeaderName, Method, StatusCode, header};
use serde_json::json;

use crate::{
    actor::Actor,
    config::Config,
    cx::Cx,
    domain::{keys::Keys, limit::Decision, policy::TenantPolicy, time::Millis},
    io::Io,
    pipeline::{
        admit,
        authenticate::{self, Verified},
        csrf, host, limit, respond,
    },
    ports::Ports,
    problem::{Problem, limit_headers},
    router::{Found, Router},
    routes::{Guard, Route},
    signing::key_set::KeySet,
    web::{request::Request, response::Response},
};

pub use crate::later::{Later, after, scheduled};
pub use respond::{asset_headers, misconfigured, panicked};

/// What one isolate knows: plain data, made once.
pub struct Deployment {
    pub config: Config,
    pub keys: Keys,
    pub router: Router,
    pub key_set: KeySet,
    pub verified: crate::signing::verified::Verified,
    pub snapshot: crate::edge::snapshot::Snapshot,
    pub signed_revocations: crate::edge::feed::Signed,
    pub policies: crate::edge::policy::Policies,
    pub minted: crate::edge::minted::Minted,
}

impl Deployment {
    pub fn new(config: Config) -> Self {
        let keys = Keys::derive(&config.master_secret);
        let key_set = KeySet::new(&config, &keys);
        Self {
            keys,
            router: Router::new(),
            key_set,
            verified: Default::default(),
            snapshot: Default::default(),
            signed_revocations: Default::default(),
            policies: Default::default(),
            minted: Default::default(),
            config,
        }
    }
}

/// A request with what the platform says about it.
pub struct Incoming {
    /// The request's one instant.
    pub now: Millis,
    pub request_id: String,
    /// `CF-Connecting-IP`, and nothing else.
    pub client_ip: Option<String>,
    pub request: Request,
}

/// What goes back now, and what is done once it has gone.
pub struct Answer {
    pub response: Response,
    pub later: Vec<Later>,
}

/// Answers a request. Never fails: every error is a response.
pub async fn handle(deployment: &Deployment, ports: Ports<'_>, incoming: Incoming) -> Answer {
    let io = Io::new(ports, &deployment.key_set);
    let mut trace = Trace::default();
    let result = serve(deployment, &io, &incoming, &mut trace).await;
    respond::finish(deployment, &io, &incoming, trace, result)
}

/// What the log line and the trail need to know of a request, however it ends.
#[derive(Default)]
pub struct Trace {
    pub route: Option<&'static Route>,
    pub actor: Option<Actor>,
    /// Whose live session it is, whatever they may do where they ask.
    pub caller: Option<Verified>,
    pub decision: Option<Decision>,
    pub later: Vec<Later>,
}

async fn serve(deployment: &Deployment, io: &Io<'_>, incoming: &Incoming, trace: &mut Trace) -> Result<Response, Problem> {
    let Incoming { now, request, .. } = incoming;
    // 1. The row.
    let (route, params) = match deployment.router.find(&request.method, &request.path) {
        Found::Route(route, params) => (route, params),
        Found::Options(allow) => return Ok(respond::options(deployment, request, &allow)),
        Found::MethodNotAllowed(allow) => return Err(respond::method_not_allowed(&allow)),
        Found::Nothing => return Err(respond::unrouted(&request.path)),
    };
    if route.guard == Guard::Development && !deployment.config.is_development() {
        return Err(respond::unrouted(&request.path));
    }
    trace.route = Some(route);

    // 2. The client, and its limit: before anything is looked up, the host included.
    let client_ip = host::client_ip(deployment, incoming, route)?;
    let client = crate::web::host::client_key(&client_ip).unwrap_or_else(|| "unknown".into());
    if let Some(decision) = limit::per_client(deployment, io, route, &client).await? {
        trace.decision = Some(limit::enforce(decision)?);
    }

    // 3. The host.
    let host = host::recognise(deployment, io, request, route, trace).await?;

    // 4. Who is calling, then the user's own window. Only a live session spends it: a thief's token that was revoked
    //    still has a good signature, and must not be able to lock its owner out.
    if let Some(realm) = authenticate::wanted(route.guard) {
        let verified = authenticate::token(deployment, io, request, realm, *now).await?;
        let found = authenticate::session(deployment, io, request, route.guard, &verified, *now).await;
        let (actor, refusal) = match found {
            Ok(actor) => (Some(actor), None),
            Err(problem) if problem.code.status() == StatusCode::FORBIDDEN => (None, Some(problem)),
            Err(problem) => return Err(problem),
        };
        if !host.admits(verified.tenant) || actor.as_ref().is_some_and(|actor| !host.admits(actor.tenant)) {
            return Err(authenticate::nobody(realm).note("a session of another tenant on a tenant's own host"));
        }
        trace.caller = Some(verified);
        if let Some(decision) = limit::per_user(deployment, io, route, verified.sub).await? {
            trace.decision = Some(limit::enforce(decision)?);
        }
        trace.actor = actor;
        // Whoever is turned away from a place has spent the window all the same, and leaves a row in the trail.
        if let Some(refusal) = refusal {
            return Err(refusal);
        }
    }

    // 5. Cross-site requests.
    csrf::check(deployment, request)?;

    // 6. The body (size, type, syntax), then by the route's kind: fields, tenant, the address layer, what the caller may do.
    let Some(admitted) = admit::admit(deployment, io, incoming, route, &host, trace).await? else { return Ok(Response::ok()) };

    // 7. The handler: load, decide, commit, view.
    let cx = Cx {
        now: *now,
        request,
        request_id: &incoming.request_id,
        client,
        client_ip,
        route,
        deployment,
        params,
        body: admitted.body,
        actor: trace.actor.clone(),
        place: admitted.place,
        host: &host,
        subject_key: admitted.subject_key,
        io: io.clone(),
        later: Default::default(),
        policy: std::cell::Cell::new(trace.actor.as_ref().map_or_else(Default::default, |actor| TenantPolicy::parse(&actor.tenant_policy))),
    };
    let result = (route.run)(&cx).await;
    trace.later.extend(cx.later.take());
    result
}

/// The headers of a decision, for the response renderer.
pub fn decision_headers(decision: Option<Decision>) -> Vec<(HeaderName, String)> {
    decision.map(|decision| limit_headers(decision).to_vec()).unwrap_or_default()
}

/// One line a request: everything an operator asks first, nothing a client must not leave behind.
pub fn log_line(incoming: &Incoming, trace: &Trace, io: &Io<'_>, response: &Response, note: &str) {
    let spent = io.spent();
    let mut line = json!({
        "requestId": incoming.request_id,
        "method": if incoming.request.method == Method::HEAD { "HEAD" } else { incoming.request.method.as_str() },
        "route": trace.route.map_or("-", |route| route.name),
        "status": response.status.as_u16(),
        "d1": spent.d1, "kv": spent.kv, "limiter": spent.limiter, "hash": spent.hash, "channel": spent.channel,
    });
    if let Some(object) = line.as_object_mut() {
        if let Some(actor) = &trace.actor {
            object.insert("actor".into(), json!(actor.user));
            object.insert("tenant".into(), json!(actor.tenant));
        }
        if !note.is_empty() {
            object.insert("note".into(), json!(note));
        }
        if let Some(retry) = response.headers.iter().find(|(name, _)| name == header::RETRY_AFTER) {
            object.insert("retryAfter".into(), json!(retry.1));
        }
    }
    io.log(&line);
}
