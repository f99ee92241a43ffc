//! Role packs: the roles and grants a new tenant starts with, as data in `packs/`.

use serde::Deserialize;

#[derive(Deserialize)]
pub struct Pack {
    pub customer: Vec<CustomerRole>,
    pub staff: Vec<StaffRole>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CustomerRole {
    pub slug: String,
    pub name: String,
    pub is_default: bool,
    pub customer_assignable: bool,
    pub is_portal_admin: bool,
    pub features: Vec<String>,
}

/// A role of staff.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StaffRole {
    pub slug: String,
    name: Option<String>,
    pub scope: Scope,
    pub priority: i64,
    pub is_super_admin: bool,
    pub features: Vec<String>,
}

impl StaffRole {
    /// What people and tokens call it: its slug, where the pack has no other name.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.slug)
    }
}

/// Where a role of staff lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Once in the deployment; holds in every tenant.
    Platform,
    /// Once in each tenant.
    Tenant,
}

/// Every pack there is: id, title, file.
pub const PACKS: [(&str, &str, &str); 2] = [
    ("default", "The roles every tenant starts with", include_str!("../packs/default.json")),
    ("crm", "Roles of a sales team", include_str!("../packs/crm.json")),
];

/// A pack by its id. The inner error is our own mistake.
pub fn named(id: &str) -> Option<Result<Pack, String>> {
    let (_, _, text) = PACKS.into_iter().find(|(known, ..)| *known == id)?;
    Some(serde_json::from_str(text).map_err(|e| format!("packs/{id}.json: {e}")))
}

/// The pack every tenant gets unless it asks for another.
pub fn default() -> Result<Pack, String> {
    named("default").unwrap_or_else(|| Err("there is no default pack".into()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_default_pack_has_one_default_role_and_one_admin() {
        let pack = super::default().unwrap();
        assert_eq!(pack.customer.iter().filter(|role| role.is_default).count(), 1);
        assert_eq!(pack.customer.iter().filter(|role| role.is_portal_admin).map(|role| role.slug.as_str()).collect::<Vec<_>>(), ["portal_admin"]);
    }

    /// A tenant's admin can apply it, and nobody gets the platform by it.
    #[test]
    fn the_crm_pack_stays_below_a_tenants_admin() {
        use crate::domain::{authority::may_hand_on, feature::Grants};
        let admin = super::default().unwrap().staff.into_iter().find(|role| role.slug == "admin").unwrap();
        let held = Grants { features: admin.features, ..Grants::default() };
        let pack = super::named("crm").unwrap().unwrap();
        assert_eq!(
            pack.staff.iter().map(|role| role.slug.as_str()).collect::<Vec<_>>(),
            ["super_admin", "director", "sales_manager", "sales_agent", "viewer"]
        );
        for pair in pack.staff.windows(2) {
            assert!(pair[0].priority > pair[1].priority);
        }
        for role in &pack.staff {
            assert!(role.priority < admin.priority && !role.is_super_admin && role.scope == super::Scope::Tenant, "{}", role.slug);
            assert!(role.features.iter().all(|feature| may_hand_on(&held, feature)), "{}", role.slug);
            assert!(!crate::domain::role::is_reserved(&role.slug) && !crate::domain::role::is_reserved(role.name()));
        }
    }

    #[test]
    fn staff_roles_stand_as_the_product_says_and_one_of_them_carries_the_flag() {
        let pack = super::default().unwrap();
        let stand: Vec<_> = pack.staff.iter().map(|role| (role.slug.as_str(), role.priority, role.scope)).collect();
        use super::Scope::{Platform, Tenant};
        assert_eq!(
            stand,
            [
                ("superadmin", 1000, Platform),
                ("platform_admin", 900, Platform),
                ("operator", 800, Platform),
                ("admin", 700, Tenant),
                ("owner", 600, Tenant),
                ("cashier", 300, Tenant),
                ("employee", 300, Tenant),
            ]
        );
        assert_eq!(pack.staff.iter().filter(|role| role.is_super_admin).map(|role| role.slug.as_str()).collect::<Vec<_>>(), ["superadmin"]);
    }
}
