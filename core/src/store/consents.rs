//! What members of staff agreed to.

use serde::Deserialize;

use crate::{
    actor::flag,
    args,
    domain::{
        id::{Id, Record, Tenant, User},
        time::Millis,
    },
    ports::Query,
};

#[derive(Clone, Debug, Deserialize)]
pub struct ConsentRow {
    pub id: Id<Record>,
    pub user_id: Id<User>,
    pub consent_type: String,
    #[serde(deserialize_with = "flag")]
    pub is_granted: bool,
    pub granted_at: Option<Millis>,
    pub withdrawn_at: Option<Millis>,
    pub source: Option<String>,
    pub ip_address: Option<String>,
    pub integrity_hash: String,
    pub created_at: Millis,
    pub updated_at: Option<Millis>,
}

impl ConsentRow {
    /// What the hash is over: the wire's seven fields, blank where there is nothing.
    pub fn canonical(&self) -> String {
        let time = |at: Option<Millis>| at.map(Millis::iso).unwrap_or_default();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        [
            self.user_id.to_string(),
            self.consent_type.clone(),
            self.is_granted.to_string(),
            time(self.granted_at),
            time(self.withdrawn_at),
            text(&self.ip_address),
            text(&self.source),
        ]
        .join("|")
    }
}

/// Newest first. There is one row a type.
pub fn of(user: Id<User>, tenant: Id<Tenant>) -> Query {
    Query::new(
        "SELECT id, user_id, consent_type, is_granted, granted_at, withdrawn_at, source, ip_address, integrity_hash, created_at, updated_at \
         FROM staff_user_consents WHERE user_id = ?1 AND tenant_id = ?2 ORDER BY created_at DESC, id DESC LIMIT 200",
        args![user, tenant],
    )
}
