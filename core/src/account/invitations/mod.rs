//! Inviting a person, taking that back, and accepting an invitation.

pub mod accept;
pub mod create;
pub mod pending;
