//! The limiter object: binding `LIMITER`, class `LimiterObject`, `POST https://limiter/`, JSON both ways.
//!
//! It serialises the hits on the keys of its shard. A key's shard never changes while `LIMITER_SHARDS` stays, so a key
//! has one writer in the world.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::limit::Policy;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Message {
    /// Answered by a [`crate::domain::limit::Decision`]. The object's own clock decides.
    Take { key: String, policy: Policy },
    /// Answered by `{}`.
    Reset { key: String },
    /// Answered by `{}`: is anybody there?
    Ping,
}

/// The object a key lives in.
pub fn object_name(key: &str, shards: u32) -> String {
    let digest = Sha256::digest(key.as_bytes());
    let number = digest.iter().take(4).fold(0u32, |n, byte| (n << 8) | u32::from(*byte));
    format!("limiter-{}", number % shards.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_and_names_are_pinned_because_objects_outlive_deployments() {
        let take = Message::Take { key: "k".into(), policy: Policy::fixed(5, 60, 60) };
        assert_eq!(
            serde_json::to_string(&take).unwrap(),
            r#"{"op":"take","key":"k","policy":{"points":5,"duration":60,"block":60,"window":"fixed"}}"#
        );
        assert_eq!(object_name("customer-login|x", 64), object_name("customer-login|x", 64));
    }
}
