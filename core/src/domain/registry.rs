//! Every feature there is: what it is called, whose it is, and which roles hold it from the start.
//!
//! A module that guards a route with a new feature appends a row to its block here; [`default_grants`] then gives it to
//! the roles it names wherever roles are seeded. Roles that hold the feature by a wildcard need no naming.

use super::{
    feature::{Grants, grant_covers},
    realm::Realm::{self, Customer, Staff},
};

/// One row of the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feature {
    pub id: &'static str,
    pub title: &'static str,
    pub module: &'static str,
    pub realm: Realm,
    /// Of no use without these.
    pub needs: &'static [&'static str],
    /// Slugs of the roles that hold it by default, beside what their pack says.
    pub roles: &'static [&'static str],
}

/// Modules and their titles.
pub const MODULES: &[(&str, &str)] = &[
    ("auth", "Staff accounts"),
    ("customer_accounts", "Customer accounts"),
    ("customers", "Companies and people"),
    ("apps", "Apps"),
    ("directory", "Directory"),
    ("platform", "Platform"),
    ("portal", "Customer portal"),
    ("webhooks", "Webhooks"),
];

const fn row(
    realm: Realm,
    module: &'static str,
    id: &'static str,
    title: &'static str,
    needs: &'static [&'static str],
    roles: &'static [&'static str],
) -> Feature {
    Feature { id, title, module, realm, needs, roles }
}

pub const FEATURES: &[Feature] = &[
    row(Staff, "auth", "auth.users.list", "See staff accounts", &[], &["operator"]),
    row(Staff, "auth", "auth.users.create", "Create and invite staff", &["auth.users.list"], &[]),
    row(Staff, "auth", "auth.users.edit", "Change staff accounts", &["auth.users.list"], &[]),
    row(Staff, "auth", "auth.users.delete", "Remove staff accounts", &["auth.users.list"], &[]),
    row(Staff, "auth", "auth.users.support", "Unlock staff, send reset links, end sessions", &["auth.users.list"], &["operator"]),
    row(Staff, "auth", "auth.roles.list", "See staff roles", &[], &["operator"]),
    row(Staff, "auth", "auth.roles.manage", "Change staff roles", &["auth.roles.list"], &[]),
    row(Staff, "auth", "auth.acl.manage", "Grant and deny features", &["auth.users.list", "auth.roles.list"], &[]),
    row(Staff, "auth", "auth.audit.view", "Read and verify the audit trail", &[], &["operator"]),
    row(Staff, "auth", "auth.sidebar.manage", "Arrange the sidebar", &[], &[]),
    row(Staff, "customer_accounts", "customer_accounts.view", "See customer accounts and roles", &[], &["operator"]),
    row(Staff, "customer_accounts", "customer_accounts.manage", "Change customer accounts", &["customer_accounts.view"], &[]),
    row(
        Staff,
        "customer_accounts",
        "customer_accounts.support",
        "Unlock and verify customers, send reset links, end sessions",
        &["customer_accounts.view"],
        &["operator"],
    ),
    row(Staff, "customer_accounts", "customer_accounts.roles.manage", "Change customer roles", &["customer_accounts.view"], &[]),
    row(Staff, "customer_accounts", "customer_accounts.invite", "Invite customers", &["customer_accounts.view"], &[]),
    row(Staff, "customer_accounts", "customer_accounts.import", "Move customers in from another system", &["customer_accounts.view"], &[]),
    row(Staff, "customer_accounts", "customer_accounts.export", "Export every customer", &["customer_accounts.view"], &[]),
    row(Staff, "customer_accounts", "customer_accounts.export.passwords", "Export password hashes", &["customer_accounts.export"], &[]),
    row(Staff, "customer_accounts", "customer_accounts.domain.manage", "Manage the domains of the portal", &[], &[]),
    row(Staff, "customers", "customers.companies.view", "See companies", &[], &["operator"]),
    row(Staff, "customers", "customers.companies.manage", "Change companies", &["customers.companies.view"], &[]),
    row(Staff, "customers", "customers.people.view", "See people", &[], &["operator"]),
    row(Staff, "customers", "customers.people.manage", "Change people", &["customers.people.view"], &[]),
    row(Staff, "directory", "directory.tenants.view", "See tenants", &[], &["operator"]),
    row(Staff, "directory", "directory.tenants.manage", "Change tenants", &["directory.tenants.view"], &[]),
    row(Staff, "directory", "directory.partners.view", "See partners", &[], &["operator"]),
    row(Staff, "directory", "directory.partners.manage", "Change partners", &["directory.partners.view"], &[]),
    row(Staff, "directory", "directory.merchants.view", "See merchants", &[], &["operator"]),
    row(Staff, "directory", "directory.merchants.manage", "Change merchants", &["directory.merchants.view"], &[]),
    row(Staff, "directory", "directory.organizations.view", "See organizations", &[], &["operator"]),
    row(Staff, "directory", "directory.organizations.manage", "Change organizations", &["directory.organizations.view"], &[]),
    row(Staff, "apps", "apps.view", "See the apps that take our tokens", &[], &["platform_admin", "operator"]),
    row(Staff, "apps", "apps.manage", "Register apps and their credentials", &["apps.view"], &["platform_admin"]),
    row(Staff, "platform", "platform.keys.view", "See the signing keys", &[], &["operator"]),
    row(Staff, "platform", "platform.keys.manage", "Rotate and remove signing keys", &["platform.keys.view"], &[]),
    row(Staff, "webhooks", "webhooks.view", "See webhooks and their deliveries", &[], &["operator"]),
    row(Staff, "webhooks", "webhooks.manage", "Set up webhooks and send again", &["webhooks.view"], &[]),
    row(Staff, "platform", "platform.operations.view", "See services, queues and mails that wait", &[], &["platform_admin", "operator"]),
    row(Staff, "platform", "platform.operations.manage", "Send mails again or give them up", &["platform.operations.view"], &["platform_admin"]),
    row(Customer, "portal", "portal.account.manage", "Change one's own profile", &[], &[]),
    row(Customer, "portal", "portal.users.view", "See the company's users", &[], &[]),
    row(Customer, "portal", "portal.users.manage", "Invite and remove the company's users", &["portal.users.view"], &[]),
    row(Customer, "portal", "portal.users.roles.manage", "Change the roles of the company's users", &["portal.users.view"], &[]),
    row(Customer, "portal", "portal.orders.view", "See orders", &[], &[]),
    row(Customer, "portal", "portal.orders.create", "Place orders", &["portal.orders.view"], &[]),
    row(Customer, "portal", "portal.quotes.view", "See quotes", &[], &[]),
    row(Customer, "portal", "portal.quotes.request", "Ask for quotes", &["portal.quotes.view"], &[]),
    row(Customer, "portal", "portal.invoices.view", "See invoices", &[], &[]),
    row(Customer, "portal", "portal.catalog.view", "See the catalogue", &[], &[]),
];

pub fn find(realm: Realm, id: &str) -> Option<&'static Feature> {
    FEATURES.iter().find(|feature| feature.realm == realm && feature.id == id)
}

/// What somebody holds as one list, always. Where a denial cuts a hole into a wildcard, the registered features that are
/// left of it stand for it: a feature nobody registered is then not listed, which errs on the safe side.
pub fn listed(realm: Realm, held: &Grants) -> Vec<String> {
    let spelled_out = || {
        let stem = |grant: &str| grant.strip_suffix(".*").unwrap_or(grant).to_owned();
        let whole = |grant: &&String| !held.denied.iter().any(|denial| grant_covers(grant, &stem(denial)) || grant_covers(denial, &stem(grant)));
        let mut list: Vec<String> = held.features.iter().filter(whole).cloned().collect();
        let left = FEATURES
            .iter()
            .filter(|feature| feature.realm == realm && held.allow(feature.id) && !list.iter().any(|grant| grant_covers(grant, feature.id)));
        let left: Vec<String> = left.map(|feature| feature.id.to_owned()).collect();
        list.extend(left);
        list
    };
    held.as_list().unwrap_or_else(spelled_out)
}

/// What a role starts with: the grants of its pack, and every registered feature that names it and is not covered yet.
pub fn default_grants(realm: Realm, slug: &str, pack: &[String]) -> Vec<String> {
    let registered = FEATURES.iter().filter(|f| f.realm == realm && f.roles.contains(&slug) && !pack.iter().any(|grant| grant_covers(grant, f.id)));
    pack.iter().cloned().chain(registered.map(|feature| feature.id.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_well_formed_and_named_once() {
        for (n, feature) in FEATURES.iter().enumerate() {
            assert!(feature.id.starts_with(&format!("{}.", feature.module)), "{}", feature.id);
            assert!(
                feature.id.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')),
                "{}",
                feature.id
            );
            assert!(MODULES.iter().any(|(id, _)| *id == feature.module), "{}", feature.module);
            assert!(feature.needs.iter().all(|id| find(feature.realm, id).is_some()), "{} needs something unknown", feature.id);
            assert!(!FEATURES.iter().skip(n + 1).any(|other| (other.realm, other.id) == (feature.realm, feature.id)), "{} twice", feature.id);
        }
    }

    #[test]
    fn a_list_with_a_hole_is_spelled_out() {
        let held = Grants { features: vec!["auth.*".into(), "x.*".into()], denied: vec!["auth.users.*".into()], admin: false };
        let list = listed(Staff, &held);
        assert!(list.contains(&"x.*".to_owned()) && list.contains(&"auth.roles.list".to_owned()));
        assert!(list.iter().all(|grant| !grant.starts_with("auth.users") && grant != "auth.*"), "{list:?}");
    }

    #[test]
    fn defaults_are_merged_into_a_pack_and_never_twice() {
        assert_eq!(default_grants(Staff, "admin", &["auth.*".into()]), ["auth.*"]);
        let operator = default_grants(Staff, "operator", &["auth.*".into()]);
        assert!(operator.contains(&"customer_accounts.view".to_owned()) && !operator.contains(&"auth.users.list".to_owned()));
        assert_eq!(default_grants(Customer, "operator", &[]), [""; 0]);
    }
}
