//! The hasher object: binding `HASHER`, class `HasherObject`, `POST https://hasher/`, JSON both ways. It stores nothing.
//!
//! An error is answered as `{"error": text}`: with status 500, or [`UNUSABLE`] for a stored hash that cannot be used.

use serde::{Deserialize, Serialize};

pub const UNUSABLE: u16 = 422;

#[derive(Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Message {
    /// Answered by [`Hashed`].
    Hash { password: String },
    /// Answered by a [`Verified`].
    Verify { password: String, phc: String },
    /// Answered by an [`Attempted`]. Kinds by their names.
    Attempt { password: String, stored: Option<String>, kinds: Vec<String> },
}

#[derive(Serialize, Deserialize)]
pub struct Hashed {
    pub phc: String,
}

#[derive(Serialize, Deserialize)]
pub struct Verified {
    pub matches: bool,
    pub stale: bool,
}

#[derive(Serialize, Deserialize)]
pub struct Attempted {
    pub matches: bool,
    pub rehash: Option<String>,
    pub unusable: Option<String>,
}
