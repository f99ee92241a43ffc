//! [`Cache`] on KV. A copy may be a minute old elsewhere; locally it never is, which hides that.

use std::{future::Future, time::Duration};

use portcullis_core::ports::{Cache, CacheError, Fut};
use worker::{KvError, KvStore};

use crate::{console::sentence, deadline::within};

const LIMIT: Duration = Duration::from_secs(2);

pub struct Kv(KvStore);

impl Kv {
    pub fn new(store: KvStore) -> Self {
        Self(store)
    }
}

impl Cache for Kv {
    fn get(&self, key: String) -> Fut<'_, Result<Option<String>, CacheError>> {
        Box::pin(settle(self.0.get(&key).text()))
    }

    fn put(&self, key: String, value: String, ttl: u32) -> Fut<'_, Result<(), CacheError>> {
        Box::pin(async move { settle(self.0.put(&key, value).map_err(failure)?.expiration_ttl(u64::from(ttl)).execute()).await })
    }

    fn delete(&self, key: String) -> Fut<'_, Result<(), CacheError>> {
        Box::pin(async move { settle(self.0.delete(&key)).await })
    }
}

async fn settle<T>(call: impl Future<Output = Result<T, KvError>>) -> Result<T, CacheError> {
    within(LIMIT, call).await.ok_or_else(|| CacheError("timed out".into()))?.map_err(failure)
}

fn failure(error: KvError) -> CacheError {
    CacheError(match error {
        KvError::JavaScript(thrown) => sentence(&thrown),
        other => other.to_string(),
    })
}
