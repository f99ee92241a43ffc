//! The registry of companies and people, and the links between them and accounts.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    listing::{self, Page},
    search::{self, ENOUGH},
};
use crate::{
    args,
    domain::{
        email::Email,
        entity::EntityKind,
        id::{Entity, Id, Organization, Tenant, User},
        search::words_json,
        time::Millis,
    },
    ports::{Query, Statement},
};

/// An entity as stored and shown.
#[derive(Clone, Debug, Deserialize)]
pub struct EntityRow {
    pub id: Id<Entity>,
    pub display_name: String,
    pub primary_email: Option<String>,
    pub external_id: Option<String>,
    pub company_id: Option<Id<Entity>>,
    pub created_at: Millis,
    pub updated_at: Option<Millis>,
}

impl EntityRow {
    pub fn view(&self, kind: EntityKind) -> Value {
        let mut view = json!({
            "id": self.id, "entityId": self.id, "displayName": self.display_name, "primaryEmail": self.primary_email,
            "externalId": self.external_id, "createdAt": self.created_at, "updatedAt": self.updated_at,
        });
        if let (EntityKind::Person, Some(object)) = (kind, view.as_object_mut()) {
            object.insert("companyId".into(), json!(self.company_id));
        }
        view
    }
}

const SHAPE: &str = "json_object('id', u.id, 'display_name', u.display_name, 'primary_email', u.primary_email, 'external_id', u.external_id, \
     'company_id', u.company_id, 'created_at', u.created_at, 'updated_at', u.updated_at)";

/// What is left out of a list. All of them have to hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub words: Option<Vec<String>>,
    pub email_hash: Option<String>,
    pub external_id: Option<String>,
}

/// `?3` words, `?4` size, `?5` offset, `?6` hash of an address, `?7` external id.
pub fn page(tenant: Id<Tenant>, organization: Id<Organization>, kind: EntityKind, filter: &Filter, page: Page) -> Query {
    let kind = kind.name();
    let words = json!(filter.words.clone().unwrap_or_default()).to_string();
    if filter.words.is_none() && filter.email_hash.is_none() && filter.external_id.is_none() {
        return Query::new(
            listing::unfiltered(kind, "customer_entities", SHAPE),
            args![tenant, organization, words, i64::from(page.size), page.offset()],
        );
    }
    let here = format!("tenant_id = ?1 AND organization_id = ?2 AND kind = '{kind}' AND deleted_at IS NULL");
    let with = if filter.external_id.is_some() {
        format!(
            "near AS MATERIALIZED (SELECT id FROM customer_entities WHERE {here} AND external_id = ?7), hits AS MATERIALIZED (SELECT id FROM near)"
        )
    } else if filter.email_hash.is_some() {
        let newest = "ORDER BY created_at DESC";
        format!(
            "near AS MATERIALIZED (SELECT id FROM customer_entities WHERE {here} AND email_hash = ?6 {newest} LIMIT {ENOUGH}), hits AS MATERIALIZED (SELECT id FROM near)"
        )
    } else {
        format!("{}, hits AS MATERIALIZED (SELECT id FROM matching)", search::by_words(kind))
    };
    let mut conditions = vec![format!("u.kind = '{kind}' AND (?6 IS NULL OR u.email_hash = ?6) AND (?7 IS NULL OR u.external_id = ?7)")];
    if filter.words.is_some() && (filter.email_hash.is_some() || filter.external_id.is_some()) {
        conditions.push(search::EVERY_WORD.to_owned());
    }
    Query::new(
        listing::filtered(&with, "customer_entities", &conditions.join(" AND "), SHAPE),
        args![tenant, organization, words, i64::from(page.size), page.offset(), filter.email_hash.clone(), filter.external_id.clone()],
    )
}

const COLUMNS: &str =
    "SELECT e.id, e.display_name, e.primary_email, e.external_id, e.company_id, e.created_at, e.updated_at FROM customer_entities e";

pub fn one(tenant: Id<Tenant>, organization: Id<Organization>, kind: EntityKind, id: Id<Entity>) -> Query {
    Query::new(
        format!("{COLUMNS} WHERE e.id = ?1 AND e.tenant_id = ?2 AND e.organization_id = ?3 AND e.kind = ?4 AND e.deleted_at IS NULL"),
        args![id, tenant, organization, kind.name()],
    )
}

/// Which of some ids are live entities of a place, and of which kind.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct KnownRow {
    pub id: Id<Entity>,
    pub kind: String,
}

pub fn known(tenant: Id<Tenant>, organization: Id<Organization>, ids: &[Id<Entity>]) -> Query {
    Query::new(
        "SELECT e.id, e.kind FROM json_each(?3) wanted JOIN customer_entities e ON e.id = wanted.value \
         WHERE e.tenant_id = ?1 AND e.organization_id = ?2 AND e.deleted_at IS NULL",
        args![tenant, organization, json!(ids).to_string()],
    )
}

/// Aborts the batch unless all of some ids are live entities of a place.
pub fn all_live(tenant: Id<Tenant>, organization: Id<Organization>, ids: &[Id<Entity>]) -> Statement {
    Statement::new(
        "INSERT OR REPLACE INTO precondition (id, ok) SELECT 1, NOT EXISTS (SELECT 1 FROM json_each(?3) wanted WHERE NOT EXISTS \
         (SELECT 1 FROM customer_entities e WHERE e.id = wanted.value AND e.tenant_id = ?1 AND e.organization_id = ?2 AND e.deleted_at IS NULL))",
        args![tenant, organization, json!(ids).to_string()],
    )
}

/// The entity of an external id in the organization of a slug.
pub fn by_external_id_around(slug: &str, external_id: &str) -> Query {
    Query::new(
        "SELECT e.id FROM organizations o JOIN customer_entities e ON e.tenant_id = o.tenant_id AND e.organization_id = o.id AND e.kind = 'company' \
         AND e.external_id = ?2 AND e.deleted_at IS NULL WHERE o.slug = ?1",
        args![slug, external_id],
    )
}

/// Makes the account of an address one of a company's, where it is nobody's.
pub fn employ(company: Id<Entity>, tenant: Id<Tenant>, organization: Id<Organization>, lookup_hash: &str) -> Statement {
    Statement::new(
        "UPDATE customer_users SET customer_entity_id = ?1 WHERE tenant_id = ?2 AND organization_id = ?3 AND email_hash = ?4 AND deleted_at IS NULL \
         AND customer_entity_id IS NULL",
        args![company, tenant, organization, lookup_hash],
    )
}

/// An entity to be stored.
pub struct NewEntity<'a> {
    pub id: Id<Entity>,
    pub tenant: Id<Tenant>,
    pub organization: Id<Organization>,
    pub kind: EntityKind,
    pub display_name: &'a str,
    pub email: Option<&'a Email>,
    pub email_hash: Option<&'a str>,
    pub external_id: Option<&'a str>,
    pub company: Option<Id<Entity>>,
}

fn words(name: &str, email: Option<&str>) -> String {
    words_json(&format!("{name} {}", email.unwrap_or_default()))
}

pub fn insert(entity: &NewEntity, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO customer_entities (id, tenant_id, organization_id, kind, display_name, primary_email, email_hash, external_id, company_id, \
         search_words, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        args![
            entity.id,
            entity.tenant,
            entity.organization,
            entity.kind.name(),
            entity.display_name,
            entity.email.map(Email::as_str),
            entity.email_hash,
            entity.external_id,
            entity.company,
            words(entity.display_name, entity.email.map(Email::as_str)),
            now
        ],
    )
}

/// Writes what an entity has become; follow with [`super::changed_one`].
pub fn update(entity: &EntityRow, email_hash: Option<&str>, tenant: Id<Tenant>, read: Option<Millis>, version: Millis) -> Statement {
    Statement::new(
        "UPDATE customer_entities SET display_name = ?3, primary_email = ?4, email_hash = ?5, external_id = ?6, company_id = ?7, search_words = ?8, \
         updated_at = ?9 WHERE id = ?1 AND tenant_id = ?2 AND deleted_at IS NULL AND updated_at IS ?10",
        args![
            entity.id,
            tenant,
            entity.display_name.clone(),
            entity.primary_email.clone(),
            email_hash,
            entity.external_id.clone(),
            entity.company_id,
            words(&entity.display_name, entity.primary_email.as_deref()),
            version,
            read
        ],
    )
}

/// Soft-deletes an entity; follow with [`super::changed_one`].
pub fn delete(id: Id<Entity>, tenant: Id<Tenant>, now: Millis) -> Statement {
    Statement::new(
        "UPDATE customer_entities SET deleted_at = ?3, updated_at = ?3 WHERE id = ?1 AND tenant_id = ?2 AND deleted_at IS NULL",
        args![id, tenant, now],
    )
}

/// Nobody stays linked to what is gone. The administrators' records of those who were get a new version.
pub fn unlink(id: Id<Entity>, tenant: Id<Tenant>, kind: EntityKind, now: Millis) -> Vec<Statement> {
    let version = "updated_at = MAX(?3, COALESCE(updated_at, 0) + 1)";
    match kind {
        EntityKind::Person => vec![Statement::new(
            format!("UPDATE customer_users SET person_entity_id = NULL, {version} WHERE person_entity_id = ?1 AND tenant_id = ?2"),
            args![id, tenant, now],
        )],
        EntityKind::Company => vec![
            Statement::new(
                format!("UPDATE customer_users SET customer_entity_id = NULL, {version} WHERE customer_entity_id = ?1 AND tenant_id = ?2"),
                args![id, tenant, now],
            ),
            Statement::new(
                format!("UPDATE customer_entities SET company_id = NULL, {version} WHERE company_id = ?1 AND tenant_id = ?2"),
                args![id, tenant, now],
            ),
        ],
    }
}

/// A new account finds its person by equal address, the oldest if there are several, and gets that person's company
/// where it has none. For every batch that inserts a user, after the insert.
pub fn link_on_user_created(user: Id<User>, tenant: Id<Tenant>, organization: Id<Organization>, lookup_hash: &str) -> Vec<Statement> {
    let person = "SELECT p.{column} FROM customer_entities p WHERE p.tenant_id = ?2 AND p.organization_id = ?3 AND p.email_hash = ?4 AND p.kind = 'person' \
         AND p.deleted_at IS NULL ORDER BY p.created_at, p.id LIMIT 1";
    let (id, company) = (person.replace("{column}", "id"), person.replace("{column}", "company_id"));
    vec![Statement::new(
        format!(
            "UPDATE customer_users SET person_entity_id = ({id}), customer_entity_id = COALESCE(customer_entity_id, ({company})) \
             WHERE id = ?1 AND tenant_id = ?2 AND organization_id = ?3 AND person_entity_id IS NULL AND EXISTS ({id})"
        ),
        args![user, tenant, organization, lookup_hash],
    )]
}

/// The other way round: a new person finds the unlinked account with its address.
pub fn link_on_person_created(
    person: Id<Entity>,
    company: Option<Id<Entity>>,
    tenant: Id<Tenant>,
    organization: Id<Organization>,
    lookup_hash: &str,
    now: Millis,
) -> Statement {
    Statement::new(
        "UPDATE customer_users SET person_entity_id = ?1, customer_entity_id = COALESCE(customer_entity_id, ?2), updated_at = MAX(?6, COALESCE(updated_at, 0) + 1) \
         WHERE tenant_id = ?3 AND organization_id = ?4 AND email_hash = ?5 AND deleted_at IS NULL AND person_entity_id IS NULL",
        args![person, company, tenant, organization, lookup_hash, now],
    )
}

/// The unlinked account at an address.
#[derive(Clone, Debug, Deserialize)]
pub struct UnlinkedRow {
    pub id: Id<User>,
    pub email: String,
}

pub fn unlinked(tenant: Id<Tenant>, organization: Id<Organization>, lookup_hash: &str) -> Query {
    Query::new(
        "SELECT id, email FROM customer_users WHERE tenant_id = ?1 AND organization_id = ?2 AND email_hash = ?3 AND deleted_at IS NULL AND person_entity_id IS NULL",
        args![tenant, organization, lookup_hash],
    )
}
