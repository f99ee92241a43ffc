//! Making deliveries: events are dealt out, endpoints with something due are claimed by lease, each is sent one delivery
//! after the other, and every try is settled before the next one. At least once: a sender that dies in between is followed
//! by another, and receivers tell repeats by the message's id.
//!
//! Fairness: one run serves several endpoints side by side; a failure ends an endpoint's turn and pauses it, so that one
//! which is down or slow costs a run one timeout and the others nothing.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{our_hosts, secret};
use crate::{
    app::Deployment,
    domain::{
        audit::{self, Entry},
        event::Event,
        id::{Id, Organization, Record, Tenant},
        notification, outward,
        realm::Realm,
        time::{Millis, SECOND},
        webhook::{self, Secret, Verdict},
    },
    io::Io,
    ports::{Statement, StoreError, WebhookPost},
    store::{
        self, outbox,
        staff_notices::{self, Concern},
        webhook_deliveries::{self as deliveries, Outcome, Taken},
        webhooks::{self, Leased},
    },
};

/// Endpoints that are served side by side: as many connections as the platform opens at once.
const SIDE_BY_SIDE: i64 = 6;
/// A run begins no further try after this: what follows a response has half a minute.
const RUN: i64 = 12 * SECOND;
/// Longer than any run: whoever has not let go by then is dead.
const LEASE: i64 = 60 * SECOND;

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Sent {
    pub delivered: usize,
    pub failed: usize,
}

/// Deals out what is queued and makes what is due, within the bounds of a run.
pub async fn send_due(deployment: &Deployment, io: &Io<'_>, now: Millis) -> Result<Sent, StoreError> {
    let begun = io.clock();
    let mut sent = Sent::default();
    let mut left = deployment.config.webhooks.run;
    while left > 0 && io.clock() < begun.plus(RUN) {
        let lease: Id<Record> = Id::new(now, io.random());
        let mut writes = deliveries::deal().to_vec();
        writes.push(webhooks::claim(lease, now, until(deployment, now), SIDE_BY_SIDE));
        let mut written = io.write(writes).await?;
        let endpoints = written.pop().unwrap_or_default().rows.all::<Leased>()?;
        if endpoints.is_empty() {
            // Nothing is due; a queue that was longer than one go is dealt out to its end.
            if written.pop().is_some_and(|dealt| dealt.changes >= deliveries::DEAL) {
                continue;
            }
            break;
        }
        let share = left.div_ceil(endpoints.len());
        let turns = endpoints.iter().map(|endpoint| Turn { deployment, io, endpoint, lease, now }.serve(share, begun.plus(RUN)));
        for outcome in join_all(turns).await {
            let Sent { delivered, failed } = outcome?;
            sent = Sent { delivered: sent.delivered + delivered, failed: sent.failed + failed };
            left = left.saturating_sub(delivered + failed);
        }
    }
    Ok(sent)
}

fn until(_deployment: &Deployment, now: Millis) -> Millis {
    #[cfg(feature = "twins")]
    if crate::twin::is(&_deployment.config.twin, "webhook-without-lease") {
        // The twin that sends what somebody else is sending.
        return now;
    }
    now.plus(LEASE)
}

/// What is sent: the event, when it happened and where.
pub fn message(name: &str, at: Millis, tenant: Id<Tenant>, organization: Option<Id<Organization>>, payload: &str) -> Value {
    let data: Value = serde_json::from_str(payload).unwrap_or_default();
    json!({"type": name, "timestamp": at, "tenantId": tenant, "organizationId": organization, "data": data})
}

/// One endpoint's turn in a run.
struct Turn<'a, 'p> {
    deployment: &'a Deployment,
    io: &'a Io<'p>,
    endpoint: &'a Leased,
    lease: Id<Record>,
    now: Millis,
}

impl Turn<'_, '_> {
    async fn serve(self, most: usize, end: Millis) -> Result<Sent, StoreError> {
        let Self { io, endpoint, now, .. } = self;
        let mut sent = Sent::default();
        let mut next = self.take(vec![]).await?;
        while let Some(taken) = next {
            let (outcome, gone) = self.attempt(&taken).await;
            let mut writes = deliveries::settle(endpoint.id, &taken, &outcome, now).to_vec();
            writes.push(webhooks::note_outcome(endpoint.id, outcome.delivered, now));
            if !outcome.delivered {
                writes.push(webhooks::release(endpoint.id, self.lease, webhook::pause(outcome.retry, now)));
                io.write(writes).await?;
                self.turn_off_if_due(gone).await?;
                return Ok(Sent { failed: sent.failed + 1, ..sent });
            }
            sent.delivered += 1;
            if sent.delivered >= most || io.clock() >= end {
                writes.push(webhooks::release(endpoint.id, self.lease, now));
                io.write(writes).await?;
                return Ok(sent);
            }
            next = self.take(writes).await?;
        }
        io.write(vec![webhooks::release(endpoint.id, self.lease, now)]).await?;
        Ok(sent)
    }

    /// Writes what is to be written and takes the next delivery in the same round trip.
    async fn take(&self, mut writes: Vec<Statement>) -> Result<Option<Taken>, StoreError> {
        writes.push(deliveries::take(self.endpoint.id, self.now));
        self.io.write(writes).await?.pop().unwrap_or_default().rows.first()
    }

    /// One try, and whether the receiver wants no more.
    async fn attempt(&self, taken: &Taken) -> (Outcome, bool) {
        let settings = &self.deployment.config.webhooks;
        let post = match self.compose(taken) {
            Ok(post) => post,
            Err(error) => return (Outcome { error: Some(error.into()), ..Outcome::default() }, false),
        };
        let [spread] = self.io.random::<1>();
        let retry = webhook::retry_at(&settings.waits, taken.tries, spread, self.now);
        let begun = self.io.clock();
        let answer = self.io.post_webhook(post).await;
        let duration = self.io.clock().0.saturating_sub(begun.0).max(0);
        match answer {
            Err(error) => (Outcome { retry, error: Some(webhook::excerpt(&error.0)), duration, ..Outcome::default() }, false),
            Ok(answer) => {
                let verdict = webhook::verdict(answer.status);
                let outcome = Outcome {
                    delivered: verdict == Verdict::Delivered,
                    // Who is gone is not asked again.
                    retry: retry.filter(|_| verdict == Verdict::Failed),
                    status: Some(answer.status),
                    error: (verdict != Verdict::Delivered).then(|| format!("status {}", answer.status)),
                    response: Some(webhook::excerpt(&answer.text)).filter(|text| !text.is_empty()),
                    duration,
                };
                (outcome, verdict == Verdict::Gone)
            }
        }
    }

    /// A delivery signed and ready to go, or why it never will be.
    fn compose(&self, taken: &Taken) -> Result<WebhookPost, &'static str> {
        let Self { deployment, endpoint, now, .. } = *self;
        let settings = &deployment.config.webhooks;
        if usize::try_from(taken.tries).is_ok_and(|tries| tries > settings.waits.len() + 1) {
            return Err("the last sender never said how it went");
        }
        let (Some(name), Some(payload), Some(at), Some(tenant)) = (&taken.name, &taken.payload, taken.happened_at, taken.tenant_id) else {
            return Err("the event is not kept any more");
        };
        // Once more: the rules, or what is ours, may have changed since the address was taken.
        let url = outward::webhook(&endpoint.url, settings.loopback, &our_hosts(&deployment.config))?;
        let secrets: Vec<Secret> = [Some(&endpoint.secret_wrapped), endpoint.previous_secret_wrapped.as_ref()]
            .into_iter()
            .flatten()
            .filter_map(|wrapped| secret::open(deployment, endpoint.id, wrapped))
            .collect();
        if secrets.is_empty() {
            return Err("the secret cannot be read: rotate it");
        }
        let body = message(name, at, tenant, taken.organization_id, payload).to_string();
        let (id, timestamp) = (taken.event_id.to_string(), now.seconds());
        let headers = vec![
            ("content-type", "application/json".to_owned()),
            ("user-agent", "Portcullis-Webhooks/1".to_owned()),
            ("webhook-signature", webhook::signatures(&secrets, &id, timestamp, &body)),
            ("webhook-timestamp", timestamp.to_string()),
            ("webhook-id", id),
        ];
        Ok(WebhookPost { url, headers, body, timeout: settings.timeout })
    }

    /// Nobody sends for ever to what is gone, or fails for days: it is turned off, with a row of the trail, an event, and word to
    /// those whose business it is.
    async fn turn_off_if_due(&self, gone: bool) -> Result<(), StoreError> {
        let Self { deployment, io, endpoint, now, .. } = *self;
        let failing = endpoint.failing_since.is_some_and(|since| since.plus(deployment.config.webhooks.disable_after) <= now);
        let reason = match (gone, failing) {
            (true, _) => "gone",
            (false, true) => "failing",
            (false, false) => return Ok(()),
        };
        let place = (endpoint.tenant_id, endpoint.organization_id);
        let row = audit::Row {
            id: Id::new(now, io.random()),
            at: now,
            realm: Realm::Staff,
            entry: Entry::new("webhook.disabled", "webhook", endpoint.id).within(place.0, place.1).detail(json!({"reason": reason})),
            actor_kind: "system",
            ip: String::new(),
            user_agent: String::new(),
            request_id: "webhooks".into(),
        };
        let payload = json!({"id": endpoint.id, "url": endpoint.url, "tenantId": place.0, "organizationId": place.1, "reason": reason});
        let event = Event::new("platform.webhook.disabled", place.0, place.1, payload);
        let concern = Concern { id: Id::new(now, io.random()), tenant: place.0, organization: place.1, feature: super::MANAGE };
        let notice = notification::webhook_disabled(super::terms::host(&endpoint.url), endpoint.id.to_string());
        let writes = vec![
            webhooks::turn_off(endpoint.id, reason, now),
            store::changed_one(),
            staff_notices::to_those_concerned_if_changed(&concern, &notice, now),
            store::audit::append(&row, true, &deployment.keys),
            outbox::event(Id::new(now, io.random()), &event, now, true),
        ];
        match io.write(writes).await {
            // Somebody else was first.
            Ok(_) | Err(StoreError::Precondition) => Ok(()),
            Err(other) => Err(other),
        }
    }
}
