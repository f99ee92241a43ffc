//! The keys that sign tokens: what an isolate knows of them, how they turn, and the routes of those who look after them.
//!
//! [`key_set`] is the isolate's copy; [`turn`] carries out what [`crate::domain::key_cycle`] decides.

pub mod key_set;
pub mod list;
pub mod published;
pub mod remove;
pub mod rotate;
pub mod turn;
pub mod verified;

use crate::{cx::Cx, problem::Problem};

/// Keys are the platform's: a tenant's role does not reach them, whatever wildcard it holds.
fn operator(cx: &Cx<'_>) -> Result<(), Problem> {
    if cx.actor()?.platform { Ok(()) } else { Err(Problem::forbidden("Signing keys are the platform's.")) }
}
