//! Why not, in the words of the wire where it has some.

use std::borrow::Cow;

use super::Operation;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    SuperAdminAccount,
    SuperAdminRole,
    SuperAdminGrant,
    GlobalWildcard,
    /// The first feature or wildcard the caller does not hold.
    Feature(String),
    UnrestrictedOrganizations,
    ForeignOrganization,
    RoleOfAnotherTenant,
    PlatformRole,
    /// A role at or above the caller's priority would be made or changed.
    RoleTooHigh,
    /// The same for one that would be given to somebody.
    GrantTooHigh,
    PersonTooHigh,
    Oneself(Operation),
    LastSuperAdmin,
    LastOwner,
}

impl Refusal {
    /// The HTTP status: 400 for what nobody may ask for themselves, 409 for what the present state forbids, else 403.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Oneself(_) => 400,
            Self::LastSuperAdmin | Self::LastOwner => 409,
            _ => 403,
        }
    }

    pub fn text(&self) -> Cow<'static, str> {
        match self {
            Self::Feature(feature) if feature.ends_with('*') => Cow::Owned(format!("Cannot grant feature wildcard {feature}.")),
            Self::Feature(feature) => Cow::Owned(format!("Cannot grant feature {feature}.")),
            Self::Oneself(operation) => Cow::Borrowed(oneself(*operation)),
            Self::SuperAdminAccount => "Only super administrators can modify super administrator accounts.".into(),
            Self::SuperAdminRole => "Only super administrators can modify super administrator roles.".into(),
            Self::SuperAdminGrant => "Only super administrators can grant super admin access.".into(),
            Self::GlobalWildcard => "Only super administrators can grant global wildcard access.".into(),
            Self::UnrestrictedOrganizations => "Cannot grant unrestricted organization access.".into(),
            Self::ForeignOrganization => "Cannot grant organization access outside actor scope.".into(),
            Self::RoleOfAnotherTenant => "Cannot grant a role outside the target tenant.".into(),
            Self::PlatformRole => "Only super administrators can modify roles of the platform.".into(),
            Self::RoleTooHigh => "Cannot manage a role at or above your own priority.".into(),
            Self::GrantTooHigh => "Cannot grant a role at or above your own priority.".into(),
            Self::PersonTooHigh => "Cannot manage a user at or above your own priority.".into(),
            Self::LastSuperAdmin => "The last super administrator cannot be removed.".into(),
            Self::LastOwner => "The last owner of an organization cannot be removed.".into(),
        }
    }
}

const fn oneself(operation: Operation) -> &'static str {
    match operation {
        Operation::Disable => "Cannot disable your own account",
        Operation::Demote => "Cannot change your own access",
        Operation::Delete => "Cannot delete your own account",
        Operation::Lock => "Cannot lock your own account",
        Operation::ResetPassword => "Cannot reset your own password. Use your profile instead.",
        Operation::Logout => "Cannot end your own sessions. Use logout instead.",
        Operation::Edit | Operation::Support => "Cannot manage your own account",
    }
}
