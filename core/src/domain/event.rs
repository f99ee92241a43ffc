//! Domain events: what the rest of the organisation's software may react to. Written in the batch of the change.

use serde_json::Value;

use super::id::{Id, Organization, Tenant};

/// `customer_accounts.login.success` and its payload, exactly as the wire names them.
#[derive(Clone, Debug)]
pub struct Event {
    pub name: &'static str,
    pub tenant: Id<Tenant>,
    pub organization: Option<Id<Organization>>,
    pub payload: Value,
}

impl Event {
    pub fn new(name: &'static str, tenant: Id<Tenant>, organization: Option<Id<Organization>>, payload: Value) -> Self {
        Self { name, tenant, organization, payload }
    }
}
