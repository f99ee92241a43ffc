//! Work for after the response, as values: the pipeline says what, this file does it. Nothing here may be needed for
//! the answer to have been true; what must not be lost has a row that cron sweeps.

use serde_json::json;

use crate::{
    app::Deployment,
    domain::{
        audit::{Entry, Outcome, Row},
        id::{Id, Organization, Tenant, User},
        realm::Realm,
        time::{MINUTE, Millis},
    },
    io::Io,
    live::announce::{self, Wake},
    mail::outbox,
    ports::Ports,
    signing::{published, turn},
    store::{self, outbox::Backlog},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Later {
    /// Something happened that open streams have to hear of.
    Announce { wakes: Vec<Wake> },
    /// Send what is due; cron sends it otherwise.
    SendMail,
    /// Deal out events and make the deliveries that are due; cron does it otherwise.
    SendWebhooks,
    /// A success clears its own limiter key.
    ResetLimit { key: String },
    /// Fill a read-mostly copy.
    Cache { key: String, value: String },
    /// A copy is out of date.
    Uncache { keys: Vec<String> },
    /// The keys have changed: the isolate hears of it, and publishes them.
    PublishKeys,
    /// A signed-in caller was denied.
    Denial {
        realm: Realm,
        actor: Id<User>,
        tenant: Id<Tenant>,
        organization: Option<Id<Organization>>,
        route: &'static str,
        /// The code it was refused with.
        code: &'static str,
        ip: String,
        user_agent: String,
        request_id: String,
    },
}

/// Seconds a copy in KV lives. What it holds does not change; the life only bounds the copies of what was deleted.
const CACHE_TTL: u32 = 300;

/// Does the later work of one request. Failures are logged and otherwise borne.
pub async fn after(deployment: &Deployment, ports: Ports<'_>, now: Millis, later: Vec<Later>) {
    let io = Io::new(ports, &deployment.key_set);
    // Somebody waits to see these; they go before whatever takes its time.
    let (announcements, others): (Vec<_>, Vec<_>) = later.into_iter().partition(|work| matches!(work, Later::Announce { .. }));
    for work in announcements.into_iter().chain(others) {
        let outcome = match work {
            Later::Announce { wakes } => announce::wake(&io, &wakes).await,
            Later::SendMail => outbox::send_due(deployment, &io, now).await.map(drop).map_err(|e| e.to_string()),
            Later::SendWebhooks => crate::webhooks::send::send_due(deployment, &io, now).await.map(drop).map_err(|e| e.to_string()),
            Later::ResetLimit { key } => io.reset(key).await.map_err(|e| e.to_string()),
            Later::Cache { key, value } => io.cache(&key, value, CACHE_TTL).await.map_err(|e| e.to_string()),
            Later::Uncache { keys } => forget(&io, &keys).await,
            Later::PublishKeys => publish_keys(deployment, &io, now).await,
            Later::Denial { realm, actor, tenant, organization, route, code, ip, user_agent, request_id } => {
                let entry = Entry::new("access.denied", "route", route)
                    .outcome(Outcome::Denied)
                    .within(tenant, organization)
                    .by(actor)
                    .detail(json!({"code": code}));
                let row = Row { id: Id::new(now, io.random()), at: now, realm, entry, actor_kind: realm.name(), ip, user_agent, request_id };
                let since = now.minus(now.0.rem_euclid(MINUTE));
                io.write(vec![store::audit::append_once(&row, since, &deployment.keys)]).await.map(drop).map_err(|e| e.to_string())
            }
        };
        if let Err(note) = outcome {
            io.log(&json!({"later": "failed", "note": note}));
        }
    }
}

async fn forget(io: &Io<'_>, keys: &[String]) -> Result<(), String> {
    let mut outcome = Ok(());
    for key in keys {
        outcome = outcome.and(io.uncache(key).await.map_err(|e| e.to_string()));
    }
    outcome
}

async fn publish_keys(deployment: &Deployment, io: &Io<'_>, now: Millis) -> Result<(), String> {
    deployment.key_set.load(io).await.map_err(|e| e.to_string())?;
    published::publish(&deployment.key_set, io, now, true).await.map_err(|e| e.to_string())
}

/// Turns the key set where it is due, and sees to it that what is published is what there is.
async fn turn_keys(deployment: &Deployment, io: &Io<'_>, now: Millis) -> Result<String, String> {
    let turned = turn::turn_due(deployment, io, now).await.map_err(|problem| problem.operator.for_log().to_owned())?;
    deployment.key_set.load(io).await.map_err(|e| e.to_string())?;
    published::publish(&deployment.key_set, io, now, false).await.map_err(|e| e.to_string())?;
    Ok(turned.to_owned())
}

/// The minute's work: mails that are due, keys to publish, rows that are over.
pub async fn scheduled(deployment: &Deployment, ports: Ports<'_>, now: Millis) {
    let io = Io::new(ports, &deployment.key_set);
    let sent = outbox::send_due(deployment, &io, now).await;
    let keys = turn_keys(deployment, &io, now).await;
    let webhooks = crate::webhooks::send::send_due(deployment, &io, now).await;
    let sealed = crate::audit::seal::seal_due(deployment, &io, now).await;
    let thinned = io.write(store::revocations::thin_out(now)).await;
    let cleared = io.write(vec![store::live::clear(now)]).await;
    let swept = io.write(store::maintenance::sweep(now)).await;
    let backlog = io.read_one(store::outbox::backlog(now)).await.and_then(|rows| rows.first::<Backlog>());
    io.log(&json!({
        "cron": "minute",
        "mails": sent.as_ref().map_or_else(|e| json!({"error": e.to_string()}), |n| json!(n)),
        "backlog": backlog.map_or_else(|e| json!({"error": e.to_string()}), |found| found.map_or(serde_json::Value::Null, |b| json!({"late": b.late, "abandoned": b.abandoned}))),
        "webhooks": webhooks.as_ref().map_or_else(|e| json!({"error": e.to_string()}), |sent| json!(sent)),
        "keys": keys.unwrap_or_else(|e| e),
        "sealed": sealed.map_or_else(|e| json!({"error": e.to_string()}), |n| json!(n)),
        "revocations": thinned.map_or_else(|e| json!({"error": e.to_string()}), |w| json!(w.last().map_or(0, |w| w.changes))),
        "liveFeed": cleared.map_or_else(|e| json!({"error": e.to_string()}), |w| json!(w.first().map_or(0, |w| w.changes))),
        "swept": swept.map_or_else(|e| json!({"error": e.to_string()}), |w| json!(w.iter().map(|w| w.changes).sum::<u64>())),
    }));
}
