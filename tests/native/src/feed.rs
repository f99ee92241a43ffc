//! The revocation feed as somebody reads it who has only its specification: `docs/REVOCATION.md`. Shares no code with
//! the product.

use serde_json::{Map, Value};

use crate::{Req, World, cases::claims};

/// A verifier's view of what is revoked.
#[derive(Clone, Debug, Default)]
pub struct Feed {
    pub seq: i64,
    /// By `k` and `id`.
    entries: Map<String, Value>,
    not_before: Map<String, Value>,
}

impl Feed {
    /// A whole snapshot.
    pub fn of(world: &World) -> Self {
        let mut feed = Self::default();
        feed.take(&payload(world, ""));
        feed
    }

    /// What came since.
    pub fn catch_up(&mut self, world: &World) {
        self.take(&payload(world, &format!("?since={}", self.seq)));
    }

    fn take(&mut self, payload: &Value) {
        if payload.get("since").is_none() {
            *self = Self::default();
        }
        self.seq = payload["seq"].as_i64().unwrap();
        for entry in payload["entries"].as_array().unwrap() {
            self.entries.insert(format!("{}:{}", entry["k"].as_str().unwrap(), entry["id"].as_str().unwrap()), entry.clone());
        }
        self.not_before = payload.get("notBefore").and_then(Value::as_object).cloned().unwrap_or_default();
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.not_before.is_empty()
    }

    /// Whether a token is void, by the rules of the specification.
    pub fn refuses(&self, token: &str) -> bool {
        let claims = claims(token);
        let iat = claims["iat"].as_i64().unwrap();
        let named = [("s", "sid"), ("u", "sub"), ("o", "orgId"), ("t", "tenantId")];
        let listed = named.iter().any(|(kind, claim)| {
            let Some(entry) = claims[*claim].as_str().and_then(|id| self.entries.get(&format!("{kind}:{id}"))) else { return false };
            let concerned = entry.get("realm").is_none_or(|realm| *realm == claims["type"]);
            concerned && entry.get("nbf").is_none_or(|nbf| iat < nbf.as_i64().unwrap())
        });
        let floor = claims["tenantId"].as_str().and_then(|tenant| self.not_before.get(tenant)).and_then(Value::as_i64);
        listed || floor.is_some_and(|floor| iat < floor)
    }
}

/// The payload of the document, unchecked.
pub fn payload(world: &World, query: &str) -> Value {
    // Another second, so that no isolate's copy is in the way.
    world.advance_seconds(2);
    let res = world.send(Req::get(&format!("/.well-known/revocations{query}")));
    res.ok(200);
    claims(&res.text())
}
