//! Which kinds of foreign hashes a tenant has live, and how a stored hash is read and written.

use serde::Deserialize;

use crate::{
    args,
    domain::{
        id::{Id, Tenant},
        keys::Keys,
        wrapping,
    },
    hashing::foreign::{Kind, firebase},
    ports::{Query, Rows, StoreError},
};

/// Triggers keep the counts; see migration 0093.
pub fn live(tenant: Id<Tenant>) -> Query {
    Query::new("SELECT kind FROM customer_password_kinds WHERE tenant_id = ?1 AND n > 0 ORDER BY kind", args![tenant])
}

#[derive(Deserialize)]
struct Live {
    kind: String,
}

pub fn read(rows: Rows) -> Result<Vec<Kind>, StoreError> {
    Ok(rows.all::<Live>()?.iter().filter_map(|row| Kind::named(&row.kind)).collect())
}

/// What a wrapped signer key belongs to: one of another tenant does not open.
fn owner(tenant: Id<Tenant>) -> String {
    format!("customer passwords of {tenant}")
}

/// A hash as it is stored; `None` only where no cipher takes it.
pub fn sealed(keys: &Keys, tenant: Id<Tenant>, nonce: [u8; 12], hash: &str) -> Option<String> {
    firebase::sealed(hash, |key| wrapping::wrap(keys.wrapping_key(), nonce, &owner(tenant), key))
}

/// A stored hash as whoever verifies it needs it.
pub fn opened(keys: &Keys, tenant: Id<Tenant>, stored: &str) -> String {
    firebase::opened(stored, |wrapped| wrapping::unwrap(keys.wrapping_key(), &owner(tenant), wrapped))
}
