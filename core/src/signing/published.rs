//! The public halves in KV, for isolates that have not read the database. A MAC of ours says that they are ours: whoever
//! can write to KV cannot make us take their key.

use serde::{Deserialize, Serialize};

use super::key_set::KeySet;
use crate::{
    domain::{
        keys::Keys,
        time::{DAY, Millis},
    },
    io::Io,
    jose::jwk::PublicJwk,
    ports::CacheError,
};

pub const KEY: &str = "jwks:2";
/// How long a copy outlives the cron that renews it: longer than any outage somebody would sit out.
const LIFE: i64 = 30 * DAY;
/// Renewed when it is older than this.
const RENEW: i64 = DAY;

#[derive(Serialize, Deserialize)]
struct Copy {
    version: i64,
    /// x and y of each key.
    keys: Vec<(String, String)>,
    mac: String,
}

fn mac(version: i64, keys: &[(String, String)], ours: &Keys) -> String {
    ours.published_mac(&serde_json::json!([version, keys]).to_string())
}

pub fn write(version: i64, public: &[PublicJwk], ours: &Keys) -> String {
    let keys: Vec<_> = public.iter().map(|key| (key.x.clone(), key.y.clone())).collect();
    let mac = mac(version, &keys, ours);
    serde_json::to_string(&Copy { version, keys, mac }).unwrap_or_default()
}

/// Version and keys of a copy that is ours.
pub fn read(text: &str, ours: &Keys) -> Option<(i64, Vec<PublicJwk>)> {
    let copy: Copy = serde_json::from_str(text).ok()?;
    let genuine = ours.published_mac_matches(&serde_json::json!([copy.version, copy.keys]).to_string(), &copy.mac);
    genuine.then(|| (copy.version, copy.keys.into_iter().map(|(x, y)| PublicJwk::new(x, y)).collect()))
}

/// Publishes what the isolate knows from the database, where something else is published or the copy is old.
pub async fn publish(set: &KeySet, io: &Io<'_>, now: Millis, renew: bool) -> Result<(), CacheError> {
    let Some((_, copy)) = set.to_publish() else { return Ok(()) };
    // Once a day, so that it never runs out.
    let is_day = now.0.rem_euclid(RENEW) < crate::domain::time::MINUTE;
    if !renew && !is_day && io.try_cached(KEY).await?.as_deref() == Some(copy.as_str()) {
        return Ok(());
    }
    io.cache(KEY, copy, u32::try_from(LIFE / 1_000).unwrap_or(u32::MAX)).await
}
