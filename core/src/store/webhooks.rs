//! Endpoints of webhooks.

use serde::Deserialize;
use serde_json::{Value, json};

use super::scope;
use crate::{
    actor::flag,
    args,
    domain::{
        id::{Id, Organization, Record, Tenant, Webhook},
        scope::Scope,
        time::Millis,
        webhook::MOST,
    },
    ports::{Query, Statement},
};

#[derive(Clone, Debug, Deserialize)]
pub struct WebhookRow {
    pub id: Id<Webhook>,
    pub tenant_id: Id<Tenant>,
    pub organization_id: Option<Id<Organization>>,
    pub url: String,
    pub description: String,
    events_json: String,
    #[serde(deserialize_with = "flag")]
    pub enabled: bool,
    pub disabled_reason: Option<String>,
    pub disabled_at: Option<Millis>,
    pub previous_secret_until: Option<Millis>,
    pub failing_since: Option<Millis>,
    pub last_success_at: Option<Millis>,
    pub created_at: Millis,
    pub updated_at: Option<Millis>,
    organization_name: Option<String>,
}

/// A place in reach.
#[derive(Clone, Debug, Deserialize)]
pub struct InReach {
    /// Of the organization, where one was named.
    pub organization_name: Option<String>,
}

/// What an administrator says of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub url: String,
    pub description: String,
    pub events: Vec<String>,
    pub enabled: bool,
}

impl WebhookRow {
    /// As [`insert`] makes it.
    pub fn fresh(new: &New, organization_name: Option<String>, now: Millis) -> Self {
        let off = !new.terms.enabled;
        Self {
            id: new.id,
            tenant_id: new.tenant,
            organization_id: new.organization,
            url: new.terms.url.clone(),
            description: new.terms.description.clone(),
            events_json: json!(new.terms.events).to_string(),
            enabled: new.terms.enabled,
            disabled_reason: off.then(|| "admin".to_owned()),
            disabled_at: off.then_some(now),
            previous_secret_until: None,
            failing_since: None,
            last_success_at: None,
            created_at: now,
            updated_at: None,
            organization_name,
        }
    }

    pub fn terms(&self) -> Terms {
        let events = serde_json::from_str(&self.events_json).unwrap_or_default();
        Terms { url: self.url.clone(), description: self.description.clone(), events, enabled: self.enabled }
    }

    pub fn view(&self) -> Value {
        let Terms { events, .. } = self.terms();
        json!({
            "id": self.id, "tenantId": self.tenant_id, "organizationId": self.organization_id, "organizationName": self.organization_name, "url": self.url,
            "description": self.description, "events": events, "enabled": self.enabled, "disabledReason": self.disabled_reason,
            "disabledAt": self.disabled_at, "previousSecretUntil": self.previous_secret_until, "failingSince": self.failing_since,
            "lastSuccessAt": self.last_success_at, "createdAt": self.created_at, "updatedAt": self.updated_at,
        })
    }
}

const ROW: &str = "SELECT e.id, e.tenant_id, e.organization_id, e.url, e.description, e.events_json, e.enabled, e.disabled_reason, e.disabled_at, \
     e.previous_secret_until, e.failing_since, e.last_success_at, e.created_at, e.updated_at, \
     (SELECT name FROM organizations o WHERE o.id = e.organization_id) AS organization_name FROM webhook_endpoints e";

/// One endpoint of the tenant, if it is in the scope.
pub fn one(id: Id<Webhook>, tenant: Id<Tenant>, scope: &Scope) -> Query {
    let seen = scope::place(scope, "e.tenant_id", "e.organization_id", 3);
    Query::new(
        format!("{ROW} WHERE e.id = ?1 AND e.tenant_id = ?2 AND e.deleted_at IS NULL AND {}", seen.sql),
        [args![id, tenant], seen.args].concat(),
    )
}

/// All of a tenant's that are in the scope, oldest first; there are never more than [`MOST`].
pub fn list(tenant: Id<Tenant>, scope: &Scope) -> Query {
    let seen = scope::place(scope, "e.tenant_id", "e.organization_id", 2);
    Query::new(
        format!("{ROW} WHERE e.tenant_id = ?1 AND e.deleted_at IS NULL AND {} ORDER BY e.created_at, e.id LIMIT {MOST}", seen.sql),
        [args![tenant], seen.args].concat(),
    )
}

/// A row where the scope holds the place: the organization, or, where none is named, the whole tenant.
pub fn in_reach(tenant: Id<Tenant>, organization: Option<Id<Organization>>, scope: &Scope) -> Query {
    let seen = scope::place(scope, "t.id", "o.id", 3);
    Query::new(
        format!(
            "SELECT o.name AS organization_name FROM tenants t LEFT JOIN organizations o ON o.id = ?2 AND o.tenant_id = t.id AND o.deleted_at IS NULL \
             WHERE t.id = ?1 AND (?2 IS NULL OR o.id IS NOT NULL) AND {}",
            seen.sql
        ),
        [args![tenant, organization], seen.args].concat(),
    )
}

pub struct New<'a> {
    pub id: Id<Webhook>,
    pub tenant: Id<Tenant>,
    pub organization: Option<Id<Organization>>,
    pub terms: &'a Terms,
    pub secret: &'a str,
}

/// One more endpoint of a tenant that has fewer than [`MOST`]; follow with [`super::changed_one`].
pub fn insert(new: &New, now: Millis) -> Statement {
    let New { id, tenant, organization, terms, secret } = *new;
    Statement::new(
        format!(
            "INSERT INTO webhook_endpoints (id, tenant_id, organization_id, url, description, events_json, enabled, disabled_reason, disabled_at, \
             secret_wrapped, created_at) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, CASE WHEN ?7 = 0 THEN 'admin' END, CASE WHEN ?7 = 0 THEN ?9 END, ?8, ?9 \
             WHERE (SELECT count(*) FROM webhook_endpoints e WHERE e.tenant_id = ?2 AND e.deleted_at IS NULL) < {MOST}"
        ),
        args![id, tenant, organization, terms.url.as_str(), terms.description.as_str(), json!(terms.events).to_string(), terms.enabled, secret, now],
    )
}

/// Aborts the batch where a host is a portal of anybody's.
pub fn no_portal(host: &str) -> Statement {
    Statement::new(
        "INSERT OR REPLACE INTO precondition (id, ok) SELECT 1, NOT EXISTS (SELECT 1 FROM domain_mappings d WHERE d.hostname = ?1)",
        args![host],
    )
}

/// Over the version it was decided on; follow with [`super::changed_one`]. What is turned on starts afresh.
pub fn update(row: &WebhookRow, terms: &Terms, version: Millis, now: Millis) -> Statement {
    Statement::new(
        "UPDATE webhook_endpoints SET url = ?4, description = ?5, events_json = ?6, \
         failing_since = CASE WHEN ?7 > enabled THEN NULL ELSE failing_since END, busy_until = CASE WHEN lease IS NULL THEN 0 ELSE busy_until END, \
         disabled_reason = CASE WHEN ?7 = 1 THEN NULL WHEN enabled = 1 THEN 'admin' ELSE disabled_reason END, \
         disabled_at = CASE WHEN ?7 = 1 THEN NULL WHEN enabled = 1 THEN ?8 ELSE disabled_at END, enabled = ?7, updated_at = ?3 \
         WHERE id = ?1 AND deleted_at IS NULL AND updated_at IS ?2",
        args![row.id, row.updated_at, version, terms.url.as_str(), terms.description.as_str(), json!(terms.events).to_string(), terms.enabled, now],
    )
}

/// With its secrets; what was on its way is sent no more. Follow with [`super::changed_one`].
pub fn delete(row: &WebhookRow, version: Millis, now: Millis) -> Statement {
    Statement::new(
        "UPDATE webhook_endpoints SET deleted_at = ?4, updated_at = ?3, enabled = 0, secret_wrapped = '', previous_secret_wrapped = NULL \
         WHERE id = ?1 AND deleted_at IS NULL AND updated_at IS ?2",
        args![row.id, row.updated_at, version, now],
    )
}

/// A new secret; the one before signs on until a time. Follow with [`super::changed_one`].
pub fn rotate(row: &WebhookRow, secret: &str, until: Millis, version: Millis) -> Statement {
    Statement::new(
        "UPDATE webhook_endpoints SET previous_secret_wrapped = secret_wrapped, previous_secret_until = ?4, secret_wrapped = ?5, updated_at = ?3 \
         WHERE id = ?1 AND deleted_at IS NULL AND updated_at IS ?2",
        args![row.id, row.updated_at, version, until, secret],
    )
}

/// Turns off an endpoint that is on; follow with [`super::changed_one`].
pub fn turn_off(id: Id<Webhook>, reason: &str, now: Millis) -> Statement {
    Statement::new(
        "UPDATE webhook_endpoints SET enabled = 0, disabled_reason = ?2, disabled_at = ?3, updated_at = max(?3, COALESCE(updated_at, 0) + 1) \
         WHERE id = ?1 AND enabled = 1 AND deleted_at IS NULL",
        args![id, reason, now],
    )
}

/// Somebody wants it tried now, whatever happened before.
pub fn hurry(id: Id<Webhook>) -> Statement {
    Statement::new("UPDATE webhook_endpoints SET busy_until = 0 WHERE id = ?1 AND lease IS NULL", args![id])
}

/// An endpoint whose deliveries one sender makes, until its lease is over.
#[derive(Clone, Debug, Deserialize)]
pub struct Leased {
    pub id: Id<Webhook>,
    pub tenant_id: Id<Tenant>,
    pub organization_id: Option<Id<Organization>>,
    pub url: String,
    pub secret_wrapped: String,
    /// Only while it still signs.
    pub previous_secret_wrapped: Option<String>,
    pub failing_since: Option<Millis>,
}

/// Takes up to `most` endpoints that have something due, the longest waiting first: whoever claims one has it alone.
pub fn claim(lease: Id<Record>, now: Millis, until: Millis, most: i64) -> Statement {
    Statement::new(
        "UPDATE webhook_endpoints SET lease = ?1, busy_until = ?3 WHERE id IN (SELECT id FROM webhook_endpoints \
         WHERE deleted_at IS NULL AND enabled = 1 AND next_due_at <= ?2 AND busy_until <= ?2 ORDER BY next_due_at LIMIT ?4) \
         RETURNING id, tenant_id, organization_id, url, secret_wrapped, \
         CASE WHEN previous_secret_until > ?2 THEN previous_secret_wrapped END AS previous_secret_wrapped, failing_since",
        args![lease, now, until, most],
    )
}

/// Lets go of an endpoint, which nobody claims before `pause`. Whoever's lease is over has nothing to let go of.
pub fn release(id: Id<Webhook>, lease: Id<Record>, pause: Millis) -> Statement {
    Statement::new(
        "UPDATE webhook_endpoints SET lease = NULL, busy_until = ?3, \
         next_due_at = (SELECT MIN(d.due_at) FROM webhook_deliveries d WHERE d.endpoint_id = ?1 AND d.due_at IS NOT NULL) WHERE id = ?1 AND lease = ?2",
        args![id, lease, pause],
    )
}

/// How an endpoint does: since when it fails, or that it does not.
pub fn note_outcome(id: Id<Webhook>, delivered: bool, now: Millis) -> Statement {
    Statement::new(
        "UPDATE webhook_endpoints SET failing_since = CASE WHEN ?2 = 0 THEN COALESCE(failing_since, ?3) END, \
         last_success_at = CASE WHEN ?2 = 1 THEN ?3 ELSE last_success_at END WHERE id = ?1",
        args![id, delivered, now],
    )
}
