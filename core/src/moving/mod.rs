//! Moving in and out with one's users: customers of an organization as JSON lines, one person a line. What is exported
//! here is what is imported here; `docs/MOVING.md` says what a line holds.

pub mod chunk;
pub mod decide;
pub mod export;
pub mod imports;
pub mod line;
pub mod plan;
pub mod report;

/// Starts imports and sends their lines.
pub const IMPORT: &str = "customer_accounts.import";
/// Reads everybody at once.
pub const EXPORT: &str = "customer_accounts.export";
/// Reads password hashes as well.
pub const EXPORT_HASHES: &str = "customer_accounts.export.passwords";
