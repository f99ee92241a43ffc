//! SQL, one file an aggregate: row structs, queries, and writes as functions that return statements.
//! `{realm}` in a statement is the realm's table prefix; that is how no query can mix the two.

pub mod admin_roles;
pub mod admin_users;
pub mod apps;
pub mod audit;
pub mod audit_log;
pub mod ballast;
pub mod bootstrap;
pub mod company_users;
pub mod consents;
pub mod directory;
pub mod effective;
pub mod embed;
pub mod entities;
pub mod imports;
pub mod inbox;
pub mod invitations;
pub mod links;
pub mod listing;
pub mod live;
pub mod logos;
pub mod mail_queue;
pub mod maintenance;
pub mod membership_invitations;
pub mod memberships;
pub mod merchants;
pub mod moving;
pub mod notifications;
pub mod organizations;
pub mod outbox;
pub mod partners;
pub mod password_kinds;
pub mod path_rules;
pub mod pending_invitations;
pub mod places;
pub mod revocations;
pub mod roles;
pub mod scope;
pub mod search;
mod session_ends;
pub mod sessions;
pub mod signing_keys;
pub mod snapshots;
pub mod staff;
pub mod staff_accounts;
pub mod staff_grants;
pub mod staff_list;
pub mod staff_notices;
pub mod staff_people;
pub mod staff_role_admin;
pub mod staff_role_overrides;
pub mod staff_roles;
pub mod staff_sessions;
pub mod staff_user_acls;
pub mod succession;
pub mod tenants;
pub mod tokens;
pub mod user_list;
pub mod users;
pub mod webhook_deliveries;
pub mod webhooks;

use crate::{args, ports::Statement};

/// Aborts the whole batch unless the statement before it changed exactly one row: our compare-and-swap.
pub fn changed_one() -> Statement {
    changed(true)
}

/// The same where the statement before it may not have been meant: then it must have changed nothing.
pub fn changed(meant: bool) -> Statement {
    Statement::new("INSERT OR REPLACE INTO precondition (id, ok) SELECT 1, changes() = ?1", args![meant])
}

/// As [`changed_one`], for a number of rows.
pub fn changed_rows(rows: usize) -> Statement {
    Statement::new("INSERT OR REPLACE INTO precondition (id, ok) SELECT 1, changes() = ?1", args![i64::try_from(rows).unwrap_or(i64::MAX)])
}
