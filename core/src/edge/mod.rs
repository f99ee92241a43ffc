//! What stands between origin apps and those who call them: which tokens are void, the check that asks no database.

pub mod check;
pub mod feed;
pub mod identity;
pub mod snapshot;
