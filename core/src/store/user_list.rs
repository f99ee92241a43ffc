//! The administrators' list of customers: one page, one query, bounded work whatever the filters are.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    company_users::ROLES,
    listing::{self, Page},
    search::{self, ENOUGH},
};
use crate::{
    actor::flag,
    args,
    domain::{
        id::{Entity, Id, Organization, Role, Tenant, User},
        time::Millis,
    },
    ports::Query,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// May sign in.
    Active,
    Inactive,
    /// Locked at this moment, active or not.
    Locked,
}

impl Status {
    /// Any other value filters nothing.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "active" => Some(Self::Active),
            "inactive" => Some(Self::Inactive),
            "locked" => Some(Self::Locked),
            _ => None,
        }
    }
}

/// Words that must each begin a word of the account, or its exact address.
#[derive(Clone, Debug, Default)]
pub struct Search {
    pub words: Vec<String>,
    pub email_hash: Option<String>,
}

/// What is left out of the list. All of them have to hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub status: Option<Status>,
    pub company: Option<Id<Entity>>,
    pub person: Option<Id<Entity>>,
    pub role: Option<Id<Role>>,
    pub search: Option<Search>,
}

impl Filter {
    pub fn is_empty(&self) -> bool {
        self.status.is_none() && self.company.is_none() && self.person.is_none() && self.role.is_none() && self.search.is_none()
    }
}

/// One account of the list.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserItem {
    id: Id<User>,
    email: String,
    display_name: String,
    email_verified_at: Option<Millis>,
    #[serde(deserialize_with = "flag")]
    is_active: bool,
    locked_until: Option<Millis>,
    last_login_at: Option<Millis>,
    customer_entity_id: Option<Id<Entity>>,
    person_entity_id: Option<Id<Entity>>,
    created_at: Millis,
    updated_at: Option<Millis>,
    roles: Value,
}

impl UserItem {
    pub fn view(&self) -> Value {
        json!({
            "id": self.id, "email": self.email, "displayName": self.display_name, "emailVerified": self.email_verified_at.is_some(),
            "isActive": self.is_active, "lockedUntil": self.locked_until, "lastLoginAt": self.last_login_at,
            "customerEntityId": self.customer_entity_id, "personEntityId": self.person_entity_id,
            "createdAt": self.created_at, "updatedAt": self.updated_at, "roles": self.roles,
        })
    }
}

fn shape() -> String {
    let roles = ROLES.trim_end_matches(" AS roles");
    format!(
        "json_object('id', u.id, 'email', u.email, 'displayName', u.display_name, 'emailVerifiedAt', u.email_verified_at, 'isActive', u.is_active, \
         'lockedUntil', u.locked_until, 'lastLoginAt', u.last_login_at, 'customerEntityId', u.customer_entity_id, 'personEntityId', u.person_entity_id, \
         'createdAt', u.created_at, 'updatedAt', u.updated_at, 'roles', json({roles}))"
    )
}

/// `?3` words, `?4` size, `?5` offset, `?6` now, `?7` company, `?8` person, `?9` role, `?10` hash of an address.
pub fn page(tenant: Id<Tenant>, organization: Id<Organization>, filter: &Filter, page: Page, now: Millis) -> Query {
    let search = filter.search.clone().unwrap_or_default();
    if filter.is_empty() {
        return Query::new(
            listing::unfiltered("user", "customer_users", &shape()),
            args![tenant, organization, "[]", i64::from(page.size), page.offset()],
        );
    }
    Query::new(
        listing::filtered(&candidates(filter), "customer_users", &conditions(filter), &shape()),
        args![
            tenant,
            organization,
            json!(search.words).to_string(),
            i64::from(page.size),
            page.offset(),
            now,
            filter.company,
            filter.person,
            filter.role,
            search.email_hash
        ],
    )
}

/// Every filter, as a condition on a row `u`. A search has been decided by then.
fn conditions(filter: &Filter) -> String {
    // Names the last parameter, so that all of them are bound whichever filters there are.
    let mut conditions = vec!["?10 IS ?10"];
    conditions.extend(filter.status.map(|status| match status {
        Status::Active => "u.is_active = 1 AND (u.locked_until IS NULL OR u.locked_until <= ?6)",
        Status::Inactive => "u.is_active = 0",
        Status::Locked => "u.locked_until > ?6",
    }));
    conditions.extend(filter.company.map(|_| "u.customer_entity_id = ?7"));
    conditions.extend(filter.person.map(|_| "u.person_entity_id = ?8"));
    conditions.extend(filter.role.map(|_| {
        "EXISTS (SELECT 1 FROM customer_user_roles ur JOIN customer_roles r ON r.id = ur.role_id AND r.tenant_id = ?1 AND r.organization_id = ?2 \
         AND r.deleted_at IS NULL WHERE ur.user_id = u.id AND ur.role_id = ?9)"
    }));
    conditions.join(" AND ")
}

/// The candidates of the narrowest filter, newest first where its index says so.
fn candidates(filter: &Filter) -> String {
    if filter.search.is_some() {
        let by_address = "SELECT id FROM customer_users WHERE tenant_id = ?1 AND email_hash = ?10 AND deleted_at IS NULL";
        return format!("{}, hits AS MATERIALIZED (SELECT id FROM matching UNION {by_address})", search::by_words("user"));
    }
    let here = "tenant_id = ?1 AND organization_id = ?2 AND deleted_at IS NULL";
    let near = match (filter.person, filter.company, filter.status, filter.role) {
        (Some(_), ..) => "SELECT id FROM customer_users WHERE person_entity_id = ?8 AND tenant_id = ?1".to_owned(),
        (_, Some(_), ..) => "SELECT id FROM customer_users WHERE customer_entity_id = ?7 AND tenant_id = ?1 ORDER BY created_at DESC".to_owned(),
        (.., Some(Status::Locked), _) => format!("SELECT id FROM customer_users WHERE {here} AND locked_until > ?6 ORDER BY locked_until DESC"),
        (.., Some(Status::Inactive), _) => format!("SELECT id FROM customer_users WHERE {here} AND is_active = 0 ORDER BY created_at DESC, id DESC"),
        // Ids sort by the time they were made.
        (.., Some(_)) => "SELECT user_id AS id FROM customer_user_roles WHERE role_id = ?9 ORDER BY user_id DESC".to_owned(),
        _ => format!("SELECT id FROM customer_users WHERE {here} AND is_active = 1 ORDER BY created_at DESC, id DESC"),
    };
    format!("near AS MATERIALIZED ({near} LIMIT {ENOUGH}), hits AS MATERIALIZED (SELECT id FROM near)")
}
