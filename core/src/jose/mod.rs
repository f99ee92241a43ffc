//! Tokens and keys: JWT and JWK, ES256 only.

pub mod claims;
pub mod jwk;
pub mod jwt;
#[cfg(feature = "portable")]
pub mod portable;
