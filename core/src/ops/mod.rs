//! For operators and verifiers: keys, health, and the queues that somebody has to keep an eye on.

pub mod discovery;
pub mod health;
pub mod jwks;
pub mod mails;
pub mod services;
pub mod status;
