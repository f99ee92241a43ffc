//! Staff accounts as sign-in sees them.

use serde::Deserialize;

use super::staff_sessions::{ACLS, MEMBERSHIPS, above, membership};
use crate::{
    actor::flag,
    args,
    domain::{
        email::Email,
        id::{Id, Organization, Tenant, User},
        lockout::Counter,
        membership::{Offer, OwnAcl, Seat},
        search,
        time::Millis,
    },
    ports::{Query, Statement, StoreError},
};

/// Everything a sign-in decides on.
#[derive(Clone, Debug, Deserialize)]
pub struct LoginRow {
    pub id: Id<User>,
    pub tenant_id: Id<Tenant>,
    #[serde(deserialize_with = "flag")]
    pub tenant_active: bool,
    tenant_policy: String,
    pub email: String,
    pub password_hash: Option<String>,
    pub failed_login_attempts: i64,
    pub locked_until: Option<Millis>,
    pub credential_epoch: i64,
    #[serde(deserialize_with = "flag")]
    pub must_change_password: bool,
    #[serde(deserialize_with = "flag")]
    pub is_active: bool,
    pub device_failures: Option<i64>,
    pub device_locked_until: Option<Millis>,
    /// The oldest open organization of the home tenant.
    pub home_organization: Option<Id<Organization>>,
    #[serde(flatten)]
    json: OffersJson,
}

/// Where somebody works and what they hold themselves, as JSON arrays.
#[derive(Clone, Debug, Deserialize)]
pub struct OffersJson {
    offers: String,
    acls: String,
}

impl OffersJson {
    pub fn parse(&self) -> Result<(Vec<Offer>, Vec<OwnAcl>), StoreError> {
        let broken = |e: serde_json::Error| StoreError::Broken(format!("staff memberships do not parse: {e}"));
        Ok((serde_json::from_str(&self.offers).map_err(broken)?, serde_json::from_str(&self.acls).map_err(broken)?))
    }
}

impl LoginRow {
    /// The counter of strangers' attempts.
    pub fn counter(&self) -> Counter {
        Counter { failures: self.failed_login_attempts, locked_until: self.locked_until }
    }

    /// The counter of the known device that is asking.
    pub fn device_counter(&self) -> Counter {
        Counter { failures: self.device_failures.unwrap_or(0), locked_until: self.device_locked_until }
    }

    /// The policy of a tenant the person may come to work in: their home, or that of a membership.
    pub fn policy_in(&self, tenant: Id<Tenant>) -> String {
        #[derive(Deserialize)]
        struct Named {
            tenant: Id<Tenant>,
            policy: String,
        }
        let offers: Vec<Named> = serde_json::from_str(&self.json.offers).unwrap_or_default();
        let elsewhere = offers.into_iter().find(|offer| offer.tenant == tenant && tenant != self.tenant_id);
        elsewhere.map_or_else(|| self.tenant_policy.clone(), |offer| offer.policy)
    }

    pub fn home(&self) -> Seat {
        Seat { tenant: self.tenant_id, organization: self.home_organization }
    }

    pub fn offers(&self) -> Result<(Vec<Offer>, Vec<OwnAcl>), StoreError> {
        self.json.parse()
    }
}

/// The oldest open organization of a tenant.
pub(super) fn first_of(tenant: &str) -> String {
    format!(
        "(SELECT f.id FROM organizations f WHERE f.tenant_id = {tenant} AND f.deleted_at IS NULL AND f.is_active = 1 ORDER BY f.created_at, f.id LIMIT 1)"
    )
}

/// The live memberships of the user `u` with what [`Offer`] adds, as a JSON array.
pub(super) fn offers() -> String {
    let first = first_of("m.tenant_id");
    let organization = format!("COALESCE(m.organization_id, {first})");
    let (above, membership) = (above(&organization), membership(&organization));
    format!(
        "(SELECT json_group_array(json_object({membership}, 'open', mt.is_active AND COALESCE(mo.is_active, 1), \
         'first', CASE WHEN m.organization_id IS NULL THEN {first} END, 'above', json({above}), 'policy', mt.policy, 'tenant_partner', mt.partner_id)) {MEMBERSHIPS} \
         AND mt.deleted_at IS NULL AND (m.organization_id IS NULL OR mo.id IS NOT NULL))"
    )
}

/// The accounts of an address: in one home tenant, or, where none is named, up to two of any, because two are as good
/// as none. With the counter of the device that asks.
pub fn for_login(tenant: Option<Id<Tenant>>, lookup_hash: &str, device: &str) -> Query {
    let (home_organization, offers) = (first_of("u.tenant_id"), offers());
    let select = format!(
        "SELECT u.id, u.tenant_id, t.is_active AS tenant_active, t.policy AS tenant_policy, u.email, u.password_hash, u.failed_login_attempts, u.locked_until, u.credential_epoch, \
         u.must_change_password, u.is_active, d.failed_login_attempts AS device_failures, d.locked_until AS device_locked_until, \
         {home_organization} AS home_organization, \
         {offers} AS offers, {ACLS} AS acls \
         FROM staff_users u JOIN tenants t ON t.id = u.tenant_id AND t.deleted_at IS NULL \
         LEFT JOIN staff_device_failures d ON d.user_id = u.id AND d.device = ?2 WHERE u.email_hash = ?1 AND u.deleted_at IS NULL"
    );
    match tenant {
        Some(tenant) => Query::new(format!("{select} AND u.tenant_id = ?3"), args![lookup_hash, device, tenant]),
        None => Query::new(format!("{select} LIMIT 2"), args![lookup_hash, device]),
    }
}

/// A new account.
pub struct NewStaff<'a> {
    pub id: Id<User>,
    pub home: Id<Tenant>,
    pub email: &'a Email,
    pub lookup_hash: &'a str,
    pub password_hash: Option<&'a str>,
    pub display_name: Option<&'a str>,
    pub locale: &'a str,
    pub verified_at: Option<Millis>,
}

pub fn insert(user: &NewStaff, now: Millis) -> Statement {
    Statement::new(
        "INSERT INTO staff_users (id, tenant_id, email, email_hash, password_hash, display_name, locale, email_verified_at, created_at, search_name, \
         search_email, name_folded) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        args![
            user.id,
            user.home,
            user.email.as_str(),
            user.lookup_hash,
            user.password_hash.map(str::to_owned),
            user.display_name.map(str::to_owned),
            user.locale,
            user.verified_at,
            now,
            search::words_json(user.display_name.unwrap_or_default()),
            search::words_json(user.email.as_str()),
            search::fold(user.display_name.unwrap_or_default())
        ],
    )
}

/// The organization a person is made in.
pub fn settle(user: Id<User>, organization: Id<Organization>) -> Statement {
    Statement::new("UPDATE staff_users SET organization_id = ?2 WHERE id = ?1", args![user, organization])
}

/// The oldest accounts' addresses in the tenant that an organization's slug belongs to.
pub fn addresses_around(organization_slug: &str) -> Query {
    Query::new(
        "SELECT u.email FROM staff_users u WHERE u.deleted_at IS NULL AND u.tenant_id = (SELECT o.tenant_id FROM organizations o WHERE o.slug = ?1) \
         ORDER BY u.created_at LIMIT 100",
        args![organization_slug],
    )
}

#[derive(Clone, Debug, Deserialize)]
pub struct AddressRow {
    pub email: String,
}
