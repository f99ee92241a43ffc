//! The audit trail as operators use it: read, export, verify; and its sealing, which cron does.

pub mod asked;
pub mod export;
pub mod list;
pub mod seal;
pub mod verify;
