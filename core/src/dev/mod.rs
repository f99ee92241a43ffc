//! What exists in development only: the inbox and the seeds. Elsewhere these routes are not there.

pub mod inbox;
pub mod seed;
