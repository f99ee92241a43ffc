//! [`PasswordHasher`]: in this isolate, or in one of a pool of objects for plans whose Workers have too little CPU time.

use std::time::Duration;

use portcullis_core::{
    contract::hasher::{Attempted, Hashed, Message, UNUSABLE, Verified},
    domain::secret::Password,
    hashing::{self, equal, foreign::Kind},
    ports::{Attempt, Fut, HashError, PasswordHasher, Verdict},
};
use serde::de::DeserializeOwned;
use worker::worker_sys::DurableObjectNamespace;

use crate::{
    bindings::Binding,
    durable::{self, Refusal},
    entropy,
};

/// A hash takes 30 to 100 ms and an object makes one at a time; who waits longer than this stands in a hopeless queue.
const LIMIT: Duration = Duration::from_secs(10);

pub enum Hasher {
    Here,
    Pool { namespace: Binding<DurableObjectNamespace>, size: u32 },
}

impl PasswordHasher for Hasher {
    fn hash(&self, password: Password) -> Fut<'_, Result<String, HashError>> {
        Box::pin(async move {
            match self {
                Self::Here => hashing::hash(&password, &entropy::bytes()),
                Self::Pool { namespace, size } => {
                    let message = Message::Hash { password: password.reveal().to_owned() };
                    ask::<Hashed>(namespace, *size, message).await.map(|hashed| hashed.phc)
                }
            }
        })
    }

    fn verify(&self, password: Password, phc: String) -> Fut<'_, Result<Verdict, HashError>> {
        Box::pin(async move {
            match self {
                Self::Here => hashing::verify(&password, &phc),
                Self::Pool { namespace, size } => {
                    let message = Message::Verify { password: password.reveal().to_owned(), phc };
                    let Verified { matches, stale } = ask(namespace, *size, message).await?;
                    Ok(Verdict { matches, stale })
                }
            }
        })
    }

    fn attempt(&self, password: Password, stored: Option<String>, kinds: Vec<Kind>) -> Fut<'_, Result<Attempt, HashError>> {
        Box::pin(async move {
            match self {
                Self::Here => equal::attempt(&password, stored.as_deref(), &kinds, &entropy::bytes()),
                Self::Pool { namespace, size } => {
                    let kinds = kinds.into_iter().map(Kind::name).collect();
                    let message = Message::Attempt { password: password.reveal().to_owned(), stored, kinds };
                    let Attempted { matches, rehash, unusable } = ask(namespace, *size, message).await?;
                    Ok(Attempt { matches, rehash, unusable })
                }
            }
        })
    }
}

async fn ask<A: DeserializeOwned>(namespace: &Binding<DurableObjectNamespace>, size: u32, message: Message) -> Result<A, HashError> {
    let number = u32::from_le_bytes(entropy::bytes()) % size.max(1);
    let answer = durable::ask(namespace.get(), &format!("hasher-{number}"), "https://hasher/", &message, LIMIT).await;
    answer.map_err(|Refusal { status, text }| if status == UNUSABLE { HashError::Unusable(text) } else { HashError::Unavailable(text) })
}
