//! Ending sessions of either realm. Each statement only ends what is live, so that whoever is second ends nothing.

use crate::{
    args,
    domain::{
        id::{Id, Session, User},
        realm::Realm,
        secret::TokenHash,
        time::Millis,
    },
    ports::Statement,
};

/// Ends one session of a user.
pub fn end(realm: Realm, session: Id<Session>, user: Id<User>, now: Millis) -> Statement {
    Statement::new(
        realm.sql("UPDATE {realm}_user_sessions SET deleted_at = ?3 WHERE id = ?1 AND user_id = ?2 AND deleted_at IS NULL"),
        args![session, user, now],
    )
}

/// Ends a session whose failure counter has just locked.
pub fn end_when_locked(realm: Realm, session: Id<Session>, user: Id<User>, counter: &str, now: Millis) -> Statement {
    Statement::new(
        realm.sql(
            "UPDATE {realm}_user_sessions SET deleted_at = ?3 WHERE id = ?1 AND user_id = ?2 AND deleted_at IS NULL AND EXISTS \
             (SELECT 1 FROM {realm}_device_failures d WHERE d.user_id = ?2 AND d.device = ?4 AND d.locked_until > ?3)",
        ),
        args![session, user, now, counter],
    )
}

/// Ends the session a token opens.
pub fn end_by_token(realm: Realm, token: &TokenHash, now: Millis) -> Statement {
    Statement::new(
        realm.sql("UPDATE {realm}_user_sessions SET deleted_at = ?2 WHERE token_hash = ?1 AND deleted_at IS NULL"),
        args![token.as_str(), now],
    )
}

/// Ends every session of a user and voids every access token issued before now.
pub fn end_all(realm: Realm, user: Id<User>, now: Millis) -> [Statement; 2] {
    [
        Statement::new(realm.sql("UPDATE {realm}_user_sessions SET deleted_at = ?2 WHERE user_id = ?1 AND deleted_at IS NULL"), args![user, now]),
        Statement::new(realm.sql("UPDATE {realm}_users SET sessions_revoked_at = ?2 WHERE id = ?1"), args![user, now]),
    ]
}

/// Ends every session of a user but one; their access tokens die with them.
pub fn end_others(realm: Realm, user: Id<User>, keep: Id<Session>, now: Millis) -> Statement {
    Statement::new(
        realm.sql("UPDATE {realm}_user_sessions SET deleted_at = ?3 WHERE user_id = ?1 AND id <> ?2 AND deleted_at IS NULL"),
        args![user, keep, now],
    )
}
