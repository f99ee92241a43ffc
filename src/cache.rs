//! [`Cache`] on KV. A copy may be a minute old elsewhere; locally it never is, which hides that.

use std::{cell::OnceCell, future::Future, time::Duration};

use portcullis_core::ports::{Cache, CacheError, Fut};
use worker::{Env, KvError, KvStore};

use crate::{console::sentence, deadline::within};

const LIMIT: Duration = Duration::from_secs(2);

/// Opened when it is first used, like every binding.
pub struct Kv {
    env: Env,
    name: &'static str,
    store: OnceCell<KvStore>,
}

impl Kv {
    pub fn new(env: &Env, name: &'static str) -> Self {
        Self { env: env.clone(), name, store: OnceCell::new() }
    }

    fn store(&self) -> Result<&KvStore, CacheError> {
        if self.store.get().is_none() {
            let store = self.env.kv(self.name).map_err(|error| CacheError(error.to_string()))?;
            return Ok(self.store.get_or_init(|| store));
        }
        self.store.get().ok_or_else(|| CacheError("not opened".into()))
    }
}

impl Cache for Kv {
    fn get(&self, key: String) -> Fut<'_, Result<Option<String>, CacheError>> {
        Box::pin(async move { settle(self.store()?.get(&key).text()).await })
    }

    fn put(&self, key: String, value: String, ttl: u32) -> Fut<'_, Result<(), CacheError>> {
        Box::pin(async move { settle(self.store()?.put(&key, value).map_err(failure)?.expiration_ttl(u64::from(ttl)).execute()).await })
    }

    fn delete(&self, key: String) -> Fut<'_, Result<(), CacheError>> {
        Box::pin(async move { settle(self.store()?.delete(&key)).await })
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
