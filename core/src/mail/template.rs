//! Every mail we send.

use crate::domain::{
    keys::Purpose,
    time::{HOUR, MINUTE},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    VerifyEmail,
    ExistingAccount,
    MagicLink,
    PasswordReset,
    Invitation,
    StaffPasswordReset,
    StaffInvitation,
    /// To a place, for an account that may be there already.
    MembershipInvitation,
    PasswordChanged,
    AccountLocked,
    NewDevice,
    /// To the address that was.
    AddressChanged,
}

/// How long a mailed token works, in the unit people are told it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    Hours(u16),
    Minutes(u16),
}

impl Validity {
    /// What the token's row expires by, so that the mail and the row cannot disagree.
    pub const fn millis(self) -> i64 {
        match self {
            Self::Hours(hours) => hours as i64 * HOUR,
            Self::Minutes(minutes) => minutes as i64 * MINUTE,
        }
    }
}

impl Template {
    pub const ALL: [Self; 12] = [
        Self::VerifyEmail,
        Self::ExistingAccount,
        Self::MagicLink,
        Self::PasswordReset,
        Self::Invitation,
        Self::StaffPasswordReset,
        Self::StaffInvitation,
        Self::MembershipInvitation,
        Self::PasswordChanged,
        Self::AccountLocked,
        Self::NewDevice,
        Self::AddressChanged,
    ];

    /// As stored in the outbox.
    pub const fn name(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ExistingAccount => "existing_account",
            Self::MagicLink => "magic_link",
            Self::PasswordReset => "password_reset",
            Self::Invitation => "invitation",
            Self::StaffPasswordReset => "staff_password_reset",
            Self::StaffInvitation => "staff_invitation",
            Self::MembershipInvitation => "membership_invitation",
            Self::PasswordChanged => "password_changed",
            Self::AccountLocked => "account_locked",
            Self::NewDevice => "new_device",
            Self::AddressChanged => "address_changed",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|template| template.name() == name)
    }

    /// Which mailed token it carries, if any.
    pub const fn purpose(self) -> Option<Purpose> {
        match self {
            Self::VerifyEmail => Some(Purpose::EmailVerification),
            Self::MagicLink => Some(Purpose::MagicLink),
            Self::PasswordReset | Self::StaffPasswordReset => Some(Purpose::PasswordReset),
            Self::Invitation | Self::StaffInvitation | Self::MembershipInvitation => Some(Purpose::Invitation),
            Self::ExistingAccount | Self::PasswordChanged | Self::AccountLocked | Self::NewDevice | Self::AddressChanged => None,
        }
    }

    /// How long that token works.
    pub const fn valid_for(self) -> Option<Validity> {
        match self {
            Self::VerifyEmail => Some(Validity::Hours(24)),
            Self::MagicLink => Some(Validity::Minutes(15)),
            Self::PasswordReset | Self::StaffPasswordReset => Some(Validity::Minutes(60)),
            Self::Invitation | Self::MembershipInvitation => Some(Validity::Hours(72)),
            Self::StaffInvitation => Some(Validity::Hours(48)),
            Self::ExistingAccount | Self::PasswordChanged | Self::AccountLocked | Self::NewDevice | Self::AddressChanged => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_pinned_because_rows_hold_them() {
        let names = Template::ALL.map(Template::name).join(" ");
        assert_eq!(
            names,
            "verify_email existing_account magic_link password_reset invitation staff_password_reset staff_invitation \
             membership_invitation password_changed account_locked new_device address_changed"
        );
        for template in Template::ALL {
            assert_eq!(Template::parse(template.name()), Some(template));
        }
        assert_eq!(Template::parse("VerifyEmail"), None);
    }

    #[test]
    fn a_token_and_its_life_go_together() {
        for template in Template::ALL {
            assert_eq!(template.purpose().is_some(), template.valid_for().is_some(), "{}", template.name());
        }
        assert_eq!(Template::VerifyEmail.valid_for().map(Validity::millis), Some(24 * HOUR));
        assert_eq!(Template::MagicLink.valid_for().map(Validity::millis), Some(15 * MINUTE));
    }
}
