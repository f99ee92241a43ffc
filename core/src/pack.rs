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

/// A role of staff. Its name is its slug, which is what tokens and other systems know it by.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StaffRole {
    pub slug: String,
    pub scope: Scope,
    pub priority: i64,
    pub is_super_admin: bool,
    pub features: Vec<String>,
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

/// The pack every tenant gets unless it asks for another.
pub fn default() -> Result<Pack, String> {
    serde_json::from_str(include_str!("../packs/default.json")).map_err(|e| format!("packs/default.json: {e}"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_default_pack_has_one_default_role_and_one_admin() {
        let pack = super::default().unwrap();
        assert_eq!(pack.customer.iter().filter(|role| role.is_default).count(), 1);
        assert_eq!(pack.customer.iter().filter(|role| role.is_portal_admin).map(|role| role.slug.as_str()).collect::<Vec<_>>(), ["portal_admin"]);
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
