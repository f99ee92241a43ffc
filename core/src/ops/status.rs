//! `GET /api/operations/status`: what works and what waits, with a judgement each, for operators. Whoever watches from
//! outside asks [`super::health`].

use serde_json::json;

use super::services;
use crate::{
    cx::Cx,
    domain::{
        condition::{self, Condition},
        key_cycle::{State, ready_at},
    },
    problem::Problem,
    signing::turn,
    store::{
        audit_log::{self, Lag},
        mail_queue::{self, Queue},
        signing_keys,
    },
    web::response::Response,
};

pub async fn handle(cx: &Cx<'_>) -> Result<Response, Problem> {
    let found = services::ask(cx).await;
    if found.status() == "down" {
        return Err(Problem::unavailable("a service is down that nobody can sign in without"));
    }
    let mut rows = cx.read(vec![mail_queue::queue(cx.now), audit_log::lag(), signing_keys::all()]).await?.into_iter();
    let queue = rows.next().unwrap_or_default().first::<Queue>()?.unwrap_or_default();
    let lag = rows.next().unwrap_or_default().first::<Lag>()?.unwrap_or_default();
    let keys = turn::read(cx.deployment, rows.next().unwrap_or_default(), cx.now)?;

    let intervals = cx.deployment.config.key_intervals;
    let current = keys.keys.iter().find(|key| key.state == State::Current);
    let (mails, trail) = (condition::of_mails(queue.late, queue.abandoned), condition::of_trail(lag.oldest, cx.now));
    let signing = condition::of_keys(&keys.keys, intervals, cx.now);
    let status = match found.status() {
        "healthy" if [mails, trail, signing].contains(&Condition::Degraded) => Condition::Degraded.name(),
        services => services,
    };
    let body = json!({
        "ok": true, "status": status, "services": found.services(), "migrations": found.migrations(),
        "mails": {
            "status": mails.name(), "waiting": queue.waiting, "late": queue.late, "abandoned": queue.abandoned, "oldestDueAt": queue.oldest_due,
        },
        "trail": {"status": trail.name(), "waitingTrails": lag.trails, "oldestUnsealedAt": lag.oldest},
        "keys": {
            "status": signing.name(), "version": keys.version, "currentSince": current.map(|key| key.since),
            "rotatesAt": current.map(|key| key.since.plus(intervals.rotate)), "nextReadyAt": ready_at(&keys.keys, intervals),
        },
    });
    Ok(Response::json(200, &body))
}
