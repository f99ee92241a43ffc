//! What frames of the CRM show of an account.

use serde::Deserialize;
use serde_json::{Value, json};

use super::company_users::{CompanyUserRow, ROLES};
use crate::{
    args,
    domain::{
        id::{Entity, Id, Organization, Tenant},
        time::Millis,
    },
    ports::Query,
};

/// The account of a person.
#[derive(Clone, Debug, Deserialize)]
pub struct AccountRow {
    /// What a company's own administrators see of it.
    #[serde(flatten)]
    user: CompanyUserRow,
    locked_until: Option<Millis>,
    devices: i64,
}

impl AccountRow {
    pub fn view(&self, now: Millis) -> Value {
        let mut view = self.user.view();
        if let Some(members) = view.as_object_mut() {
            members.insert("lockedUntil".into(), json!(self.locked_until.filter(|until| *until > now)));
            members.insert("devices".into(), json!(self.devices));
        }
        view
    }
}

/// The account linked to a person, the oldest if there are several, and on how many devices it is signed in.
pub fn account_of(person: Id<Entity>, tenant: Id<Tenant>, organization: Id<Organization>, now: Millis) -> Query {
    Query::new(
        format!(
            "SELECT u.id, u.email, u.display_name, u.email_verified_at, u.is_active, u.locked_until, u.last_login_at, u.created_at, {ROLES}, \
             (SELECT count(*) FROM customer_user_sessions s WHERE s.user_id = u.id AND s.deleted_at IS NULL AND s.expires_at > ?4) AS devices \
             FROM customer_users u WHERE u.person_entity_id = ?1 AND u.tenant_id = ?2 AND u.organization_id = ?3 AND u.deleted_at IS NULL \
             ORDER BY u.created_at, u.id LIMIT 1"
        ),
        args![person, tenant, organization, now],
    )
}
