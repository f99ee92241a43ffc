//! Inviting a person and accepting an invitation.

pub mod accept;
pub mod create;
