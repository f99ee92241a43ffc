//! What stands between origin apps and those who call them: which tokens are void, the check that asks no database.

pub mod check;
pub mod feed;
pub mod forward_auth;
pub mod forwarded;
pub mod headers;
pub mod identity;
pub mod minted;
pub mod policy;
pub mod renewal;
pub mod snapshot;
pub mod way_back;
