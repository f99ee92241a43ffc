//! Role packs: the roles and grants a new tenant starts with, as data in `packs/`.

use serde::Deserialize;

#[derive(Deserialize)]
pub struct Pack {
    pub customer: Vec<CustomerRole>,
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
}
