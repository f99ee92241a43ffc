//! The audit trail: what happened, to whom, by whom, from where. Rows are appended in the batch of the change itself.

use super::{
    id::{Id, Organization, Record, Tenant},
    realm::Realm,
    time::Millis,
};
use serde_json::Value;

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Success,
    Failure,
    Denied,
}

impl Outcome {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Denied => "denied",
        }
    }
}

/// What a use-case says of its change; the pipeline adds who asked, from where and when.
#[derive(Clone, Debug)]
pub struct Entry {
    /// `login.success`, `password.changed`, …: one of those the route declares.
    pub action: &'static str,
    pub outcome: Outcome,
    pub tenant: Option<Id<Tenant>>,
    pub organization: Option<Id<Organization>>,
    /// The acting account where the caller is not signed in yet: the one that just proved itself.
    pub actor: Option<String>,
    /// What was acted on: `user`, `role`, `session`, …
    pub target_kind: &'static str,
    pub target: Option<String>,
    /// Field-level before and after, already masked by the type that made it.
    pub detail: Value,
}

impl Entry {
    pub fn new(action: &'static str, target_kind: &'static str, target: impl ToString) -> Self {
        Self {
            action,
            outcome: Outcome::Success,
            tenant: None,
            organization: None,
            actor: None,
            target_kind,
            target: Some(target.to_string()),
            detail: Value::Null,
        }
    }

    pub fn outcome(self, outcome: Outcome) -> Self {
        Self { outcome, ..self }
    }

    pub fn within(self, tenant: Id<Tenant>, organization: Option<Id<Organization>>) -> Self {
        Self { tenant: Some(tenant), organization, ..self }
    }

    pub fn by(self, actor: impl ToString) -> Self {
        Self { actor: Some(actor.to_string()), ..self }
    }

    pub fn detail(self, detail: Value) -> Self {
        Self { detail, ..self }
    }
}

/// A row as stored, but for its sequence number, which the batch assigns.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: Id<Record>,
    pub at: Millis,
    pub realm: Realm,
    pub entry: Entry,
    pub actor_kind: &'static str,
    pub ip: String,
    pub user_agent: String,
    pub request_id: String,
}

impl Row {
    /// What the row's MAC covers: every column but the sequence number, one JSON array, so that no two rows collide.
    pub fn canonical(&self) -> String {
        let e = &self.entry;
        serde_json::json!([
            self.id,
            self.at.0,
            self.realm.name(),
            e.tenant,
            e.organization,
            self.actor_kind,
            e.actor,
            e.action,
            e.outcome.name(),
            e.target_kind,
            e.target,
            e.detail,
            self.ip,
            self.user_agent,
            self.request_id,
        ])
        .to_string()
    }
}

/// Keeps the first character, so that an investigator can tell two values apart without reading either.
pub fn mask(value: &str) -> String {
    match value.split_once('@') {
        Some((_, domain)) => format!("{}***@{domain}", value.chars().next().map(String::from).unwrap_or_default()),
        None => format!("{}***", value.chars().next().map(String::from).unwrap_or_default()),
    }
}
