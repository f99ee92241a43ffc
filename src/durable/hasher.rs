//! `HasherObject`, binding `HASHER`: Argon2id away from the isolates that answer requests.
//!
//! * **Serialises:** the hashes that came to it, one at a time, since hashing never awaits; so one block of 19 MiB is
//!   all it needs.
//! * **Key → object:** none; the Worker picks `hasher-0` to `hasher-{HASHER_POOL_SIZE - 1}` at random.
//! * **Stores:** nothing.
//! * **When it is down:** the request that needed a hash is refused with 503; nobody signs in unverified.
//! * **Cleans up:** nothing to clean; it is gone seconds after the last hash.

use portcullis_core::{
    contract::hasher::{Attempted, Hashed, Message, UNUSABLE, Verified},
    domain::secret::Password,
    hashing::{self, equal, foreign::Kind},
    ports::HashError,
};
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

use super::{answer, refuse};
use crate::entropy;

#[durable_object(fetch)]
pub struct HasherObject {}

impl DurableObject for HasherObject {
    fn new(_state: State, _env: Env) -> Self {
        Self {}
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let body = request.text().await?;
        let outcome = match serde_json::from_str(&body) {
            Err(_) => return refuse(400, "not a hasher message"),
            Ok(Message::Hash { password }) => hashing::hash(&Password::new(&password), &entropy::bytes()).map(|phc| answer(&Hashed { phc })),
            Ok(Message::Verify { password, phc }) => {
                hashing::verify(&Password::new(&password), &phc).map(|verdict| answer(&Verified { matches: verdict.matches, stale: verdict.stale }))
            }
            Ok(Message::Attempt { password, stored, kinds }) => {
                let kinds: Vec<Kind> = kinds.iter().filter_map(|kind| Kind::named(kind)).collect();
                equal::attempt(&Password::new(&password), stored.as_deref(), &kinds, &entropy::bytes())
                    .map(|tried| answer(&Attempted { matches: tried.matches, rehash: tried.rehash, unusable: tried.unusable }))
            }
        };
        outcome.unwrap_or_else(|error| match error {
            HashError::Unusable(text) => refuse(UNUSABLE, text),
            HashError::Unavailable(text) => refuse(500, text),
        })
    }
}
