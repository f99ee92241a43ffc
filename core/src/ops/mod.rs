//! For operators and verifiers: keys and health.

pub mod discovery;
pub mod health;
pub mod jwks;
pub mod services;
