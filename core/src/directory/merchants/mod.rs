//! `/api/directory/merchants`: the stores and sites of an organization.

pub mod list;
pub mod write;

/// Who sees which ones, by their scope.
const VIEW: &str = "directory.merchants.view";
const MANAGE: &str = "directory.merchants.manage";
