//! Tenants and organizations.

pub mod lookup;
