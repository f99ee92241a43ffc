//! How high a role stands. Priority exists in the staff realm; the two others are there to be compared with.

/// The flag, whatever the role behind it says.
pub const SUPER_ADMIN: i64 = 1000;
/// From here on a role looks after a whole tenant; below, after its organizations.
pub const WHOLE_TENANT: i64 = 700;
/// Who works for an organization and administers nothing. Up to here a role works at the merchants it is assigned to,
/// and nowhere beside them.
pub const EMPLOYEE: i64 = 300;
/// Any account of the customer realm.
pub const CUSTOMER: i64 = 100;
/// Nobody signed in.
pub const GUEST: i64 = 0;

/// What the seeded roles are called, and what stands for those without one: no other role may be called so.
pub const RESERVED: [&str; 9] = ["superadmin", "platform_admin", "operator", "admin", "owner", "cashier", "employee", "customer", "guest"];

pub fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name.trim().to_ascii_lowercase().as_str())
}

/// Who may change what a role of the system grants. What it is called and how high it stands never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemAcl {
    /// It passes everything, by its flag.
    Fixed,
    /// What administration may do is the platform's to say.
    SuperAdmins,
    /// What the tenant grants: whoever may manage the role.
    Tenant,
}

pub fn system_acl(slug: &str) -> SystemAcl {
    match slug {
        "superadmin" => SystemAcl::Fixed,
        "cashier" | "employee" => SystemAcl::Tenant,
        _ => SystemAcl::SuperAdmins,
    }
}

/// A slug out of a name: letters and digits of ASCII, the rest as `_`. `None` where nothing is left.
pub fn slug_of(name: &str) -> Option<String> {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let slug = words.collect::<Vec<_>>().join("_").to_ascii_lowercase();
    (!slug.is_empty()).then_some(slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_made_of_names() {
        for (name, slug) in [("Sales Manager", Some("sales_manager")), ("  a -- B2 ", Some("a_b2")), ("Менеджер", None), ("_", None)] {
            assert_eq!(slug_of(name).as_deref(), slug);
        }
    }

    #[test]
    fn seeded_names_are_reserved_in_any_case() {
        for role in &crate::pack::default().unwrap().staff {
            assert!(is_reserved(&role.slug.to_uppercase()), "{}", role.slug);
        }
        assert!(is_reserved(" Admin ") && !is_reserved("administrator"));
    }
}
