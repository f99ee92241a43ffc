//! For operators and verifiers: keys and health.

pub mod health;
pub mod jwks;
