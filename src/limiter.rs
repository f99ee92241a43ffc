//! [`Limiter`] on the limiter objects: a key's shard is its one writer in the world.

use std::time::Duration;

use portcullis_core::{
    contract::limiter::{Message, object_name},
    domain::limit::{Decision, Policy},
    ports::{Fut, Limiter, LimiterError},
};
use serde::de::{DeserializeOwned, IgnoredAny};
use worker::worker_sys::DurableObjectNamespace;

use crate::{bindings::Binding, durable};

const LIMIT: Duration = Duration::from_secs(3);

pub struct Shards {
    namespace: Binding<DurableObjectNamespace>,
    count: u32,
}

impl Shards {
    pub fn new(namespace: Binding<DurableObjectNamespace>, count: u32) -> Self {
        Self { namespace, count }
    }

    async fn ask<A: DeserializeOwned>(&self, object: String, message: Message) -> Result<A, LimiterError> {
        let answer = durable::ask(self.namespace.get(), &object, "https://limiter/", &message, LIMIT).await;
        answer.map_err(|refusal| LimiterError(refusal.text))
    }
}

impl Limiter for Shards {
    fn take(&self, key: String, policy: Policy) -> Fut<'_, Result<Decision, LimiterError>> {
        Box::pin(self.ask(object_name(&key, self.count), Message::Take { key, policy }))
    }

    fn reset(&self, key: String) -> Fut<'_, Result<(), LimiterError>> {
        Box::pin(async move {
            let _: IgnoredAny = self.ask(object_name(&key, self.count), Message::Reset { key }).await?;
            Ok(())
        })
    }

    fn ping(&self) -> Fut<'_, Result<(), LimiterError>> {
        Box::pin(async move {
            let _: IgnoredAny = self.ask(object_name("ping", self.count), Message::Ping).await?;
            Ok(())
        })
    }
}
