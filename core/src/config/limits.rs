//! Every rate limit by name, its product number, and how a deployment changes it.
//!
//! A name has two layers: per client address (`…_IP`), charged first, and per account address. Settings are
//! `RATE_LIMIT_<NAME>_POINTS`, `_DURATION` and `_BLOCK_DURATION` (seconds), or the same without `RATE_LIMIT_`.
//! There is no fail-open column: when the limiter is out of reach, the request is refused with 503.

use super::read::Reader;
use crate::domain::limit::Policy;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitName {
    CustomerLogin,
    CustomerSignup,
    CustomerPasswordReset,
    CustomerMagicLink,
    CustomerInvite,
    CustomerEmailVerify,
    CustomerMagicLinkVerify,
    CustomerPasswordResetConfirm,
    CustomerInvitationAccept,
    CustomerLinkInspect,
    CustomerRefresh,
    CustomerLogout,
    CustomerPasswordChange,
    CustomerImport,
    StaffLogin,
    StaffRefresh,
    StaffLogout,
    StaffInvite,
    StaffBootstrap,
    StaffInvitationAccept,
    StaffReset,
    StaffResetConfirm,
    StaffPasswordChange,
    StaffResendInvite,
    DirectoryOrgLookup,
    DirectoryTenantLookup,
    ForwardAuthRenewal,
    ReturnAddress,
    EmbedView,
    Introspect,
    Attachment,
    SignedIn,
}

/// A row of the limit table.
#[derive(Clone, Copy, Debug)]
pub struct LimitRow {
    pub id: LimitName,
    /// The `<NAME>` of its settings.
    pub name: &'static str,
    /// The first part of its keys.
    pub prefix: &'static str,
    /// Per account address, or per signed-in user.
    pub subject: Option<Policy>,
    /// Per client address.
    pub ip: Option<Policy>,
}

const fn row(id: LimitName, name: &'static str, prefix: &'static str, subject: Option<Policy>, ip: Option<Policy>) -> LimitRow {
    LimitRow { id, name, prefix, subject, ip }
}

const fn fixed(points: u32, duration: u32, block: u32) -> Option<Policy> {
    Some(Policy::fixed(points, duration, block))
}

/// In the order of [`LimitName`], which a test checks.
pub static LIMITS: &[LimitRow] = &[
    row(LimitName::CustomerLogin, "CUSTOMER_LOGIN", "customer-login", fixed(5, 60, 60), fixed(20, 60, 60)),
    row(LimitName::CustomerSignup, "CUSTOMER_SIGNUP", "customer-signup", fixed(3, 60, 120), fixed(10, 60, 120)),
    row(LimitName::CustomerPasswordReset, "CUSTOMER_PASSWORD_RESET", "customer-password-reset", fixed(3, 60, 120), fixed(10, 60, 120)),
    row(LimitName::CustomerMagicLink, "CUSTOMER_MAGIC_LINK", "customer-magic-link", fixed(3, 60, 120), fixed(10, 60, 120)),
    row(LimitName::CustomerInvite, "CUSTOMER_INVITE", "customer-invite", fixed(5, 60, 120), fixed(20, 60, 120)),
    row(LimitName::CustomerEmailVerify, "CUSTOMER_EMAIL_VERIFY", "customer-email-verify", None, fixed(10, 60, 60)),
    row(LimitName::CustomerMagicLinkVerify, "CUSTOMER_MAGIC_LINK_VERIFY", "customer-magic-link-verify", None, fixed(10, 60, 60)),
    row(LimitName::CustomerPasswordResetConfirm, "CUSTOMER_PASSWORD_RESET_CONFIRM", "customer-password-reset-confirm", None, fixed(10, 60, 60)),
    row(LimitName::CustomerInvitationAccept, "CUSTOMER_INVITATION_ACCEPT", "customer-invitation-accept", None, fixed(10, 60, 60)),
    row(LimitName::CustomerLinkInspect, "CUSTOMER_LINK_INSPECT", "customer-link-inspect", None, fixed(20, 60, 60)),
    row(LimitName::CustomerRefresh, "CUSTOMER_REFRESH", "customer-refresh", None, fixed(300, 60, 60)),
    row(LimitName::CustomerLogout, "CUSTOMER_LOGOUT", "customer-logout", None, fixed(120, 60, 60)),
    row(LimitName::CustomerPasswordChange, "CUSTOMER_PASSWORD_CHANGE", "customer-password-change", fixed(10, 60, 60), None),
    row(LimitName::CustomerImport, "CUSTOMER_IMPORT", "customer-import", fixed(600, 60, 10), None),
    row(LimitName::StaffLogin, "LOGIN", "login", fixed(5, 60, 60), fixed(20, 60, 60)),
    row(LimitName::StaffRefresh, "REFRESH", "refresh", fixed(15, 60, 60), fixed(60, 60, 60)),
    row(LimitName::StaffLogout, "LOGOUT", "logout", None, fixed(120, 60, 60)),
    row(LimitName::StaffInvite, "STAFF_INVITE", "staff-invite", fixed(5, 60, 120), fixed(20, 60, 120)),
    row(LimitName::StaffBootstrap, "BOOTSTRAP", "bootstrap", None, fixed(5, 300, 300)),
    row(LimitName::StaffInvitationAccept, "STAFF_INVITATION_ACCEPT", "staff-invitation-accept", None, fixed(10, 60, 60)),
    row(LimitName::StaffReset, "RESET", "reset", fixed(3, 60, 60), fixed(10, 60, 60)),
    row(LimitName::StaffResetConfirm, "RESET_CONFIRM", "reset-confirm", None, fixed(5, 300, 0)),
    row(LimitName::StaffPasswordChange, "PASSWORD_CHANGE", "password-change", fixed(10, 60, 60), None),
    row(LimitName::StaffResendInvite, "RESEND_INVITE", "resend-invite", None, fixed(3, 300, 300)),
    row(LimitName::DirectoryOrgLookup, "DIRECTORY_ORG_LOOKUP", "directory-org-lookup", None, fixed(60, 60, 60)),
    row(LimitName::DirectoryTenantLookup, "DIRECTORY_TENANT_LOOKUP", "directory-tenant-lookup", None, fixed(60, 60, 60)),
    row(LimitName::ForwardAuthRenewal, "FORWARD_AUTH_RENEWAL", "forward-auth-renewal", None, fixed(3_000, 60, 10)),
    row(LimitName::ReturnAddress, "RETURN_ADDRESS", "return-address", None, fixed(60, 60, 60)),
    row(LimitName::EmbedView, "EMBED_VIEW", "embed-view", None, fixed(120, 60, 60)),
    row(LimitName::Introspect, "INTROSPECT", "introspect", fixed(3_000, 60, 60), fixed(300, 60, 60)),
    row(LimitName::Attachment, "ATTACHMENT", "attachment", None, fixed(300, 60, 60)),
    row(LimitName::SignedIn, "SIGNED_IN", "signed-in", Some(Policy::sliding(120, 60)), None),
];

/// The limits as this deployment has them.
#[derive(Clone, Debug)]
pub struct Limits {
    pub enabled: bool,
    rows: Vec<LimitRow>,
}

impl Limits {
    pub(super) fn read(r: &mut Reader, production: bool) -> Self {
        let enabled = r.flag("RATE_LIMIT_ENABLED", true);
        if !enabled && production {
            r.problem("RATE_LIMIT_ENABLED=false is for development only");
        }
        let rows = LIMITS
            .iter()
            .map(|row| LimitRow {
                subject: row.subject.map(|p| overridden(r, row.name, p)),
                ip: row.ip.map(|p| overridden(r, &format!("{}_IP", row.name), p)),
                ..*row
            })
            .collect();
        Self { enabled, rows }
    }

    /// The row of a name. Every name has one.
    pub fn of(&self, id: LimitName) -> Option<&LimitRow> {
        self.rows.iter().find(|row| row.id == id)
    }
}

fn overridden(r: &mut Reader, name: &str, policy: Policy) -> Policy {
    let mut number = |part: &str, default: u32| {
        let (long, short) = (format!("RATE_LIMIT_{name}_{part}"), format!("{name}_{part}"));
        let wanted = if r.optional(&long).is_some() { long } else { short };
        r.number(&wanted, default, 0, 1_000_000)
    };
    let points = number("POINTS", policy.points);
    let duration = number("DURATION", policy.duration).max(1);
    let block = number("BLOCK_DURATION", policy.block);
    Policy { points, duration, block, window: policy.window }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_exactly_one_row_in_order() {
        for (index, row) in LIMITS.iter().enumerate() {
            assert_eq!(row.id as usize, index, "{}", row.name);
        }
        assert_eq!(LIMITS.len(), LimitName::SignedIn as usize + 1);
    }

    #[test]
    fn both_spellings_of_a_setting_work_and_the_long_one_wins() {
        let settings = |name: &str| match name {
            "CUSTOMER_LOGIN_POINTS" => Some("7".to_owned()),
            "RATE_LIMIT_CUSTOMER_LOGIN_IP_POINTS" => Some("9".to_owned()),
            "CUSTOMER_LOGIN_IP_POINTS" => Some("1".to_owned()),
            _ => None,
        };
        let mut r = Reader::new(&settings);
        let limits = Limits::read(&mut r, false);
        let row = limits.of(LimitName::CustomerLogin).unwrap();
        assert_eq!((row.subject.unwrap().points, row.ip.unwrap().points), (7, 9));
    }
}
