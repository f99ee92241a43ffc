//! What people are told where they work, customers in the portal and staff in the back office, and when. Pages translate
//! by `title_key` and `variables`.

use serde_json::{Value, json};

use super::time::{DAY, HOUR};

/// A notification before it has a recipient.
#[derive(Clone, Debug)]
pub struct Notice {
    pub kind: &'static str,
    /// Not empty: at most one a day of this type and group.
    pub group: String,
    pub title: &'static str,
    pub title_key: &'static str,
    pub variables: Value,
    pub severity: &'static str,
    pub source: Option<(&'static str, String)>,
    pub link: Option<String>,
    /// How long it is kept, in milliseconds.
    pub life: i64,
}

/// As most of the wire's types expire.
const WEEK: i64 = 7 * DAY;

fn notice(kind: &'static str, severity: &'static str, title: &'static str, title_key: &'static str) -> Notice {
    Notice { kind, group: String::new(), title, title_key, variables: json!({}), severity, source: None, link: None, life: WEEK }
}

fn security_page(slug: &str) -> Option<String> {
    Some(format!("/{slug}/portal/security"))
}

pub fn password_changed(slug: &str) -> Notice {
    let base = notice("customer_accounts.password.changed", "warning", "Your password was changed", "notifications.passwordChanged");
    Notice { link: security_page(slug), ..base }
}

/// Once a day for the same browser: scripts that keep no cookies would fill the list otherwise.
pub fn new_device(slug: &str, user_agent: &str) -> Notice {
    let base = notice("customer_accounts.login.new_device", "info", "New sign-in to your account", "notifications.newDevice");
    Notice { group: user_agent.chars().take(200).collect(), variables: json!({"device": user_agent}), link: security_page(slug), ..base }
}

pub fn roles_changed(slug: &str, names: &[String]) -> Notice {
    let base = notice("customer_accounts.roles.changed", "info", "Your roles were changed", "notifications.rolesChanged");
    Notice { variables: json!({"roles": names.join(", ")}), link: Some(format!("/{slug}/portal/profile")), ..base }
}

pub fn locked(slug: &str) -> Notice {
    let base = notice("customer_accounts.account.locked", "warning", "Your account was locked after failed sign-ins", "notifications.locked");
    Notice { link: security_page(slug), ..base }
}

pub fn invitation_accepted(slug: &str, name: &str, user: String) -> Notice {
    let base = notice("customer_accounts.invitation.accepted", "success", "Your invitation was accepted", "notifications.invitationAccepted");
    Notice { variables: json!({"name": name}), source: Some(("user", user)), link: Some(format!("/{slug}/portal/users")), ..base }
}

/// Where staff see to their own account.
fn own_account() -> Option<String> {
    Some("/backend/auth/profile".to_owned())
}

/// Once a day, however often somebody asks.
pub fn staff_reset_requested() -> Notice {
    let base = notice("auth.password_reset.requested", "info", "A new password was requested", "notifications.staff.resetRequested");
    Notice { group: "requested".into(), link: own_account(), life: 24 * HOUR, ..base }
}

pub fn staff_reset_completed() -> Notice {
    let base = notice("auth.password_reset.completed", "success", "Your password was reset", "notifications.staff.resetCompleted");
    Notice { life: 72 * HOUR, ..base }
}

pub fn staff_password_changed() -> Notice {
    let base = notice("auth.password.changed", "warning", "Your password was changed", "notifications.passwordChanged");
    Notice { link: own_account(), ..base }
}

pub fn staff_locked() -> Notice {
    let base = notice("auth.account.locked", "warning", "Your account was locked after failed sign-ins", "notifications.locked");
    Notice { link: own_account(), ..base }
}

/// To whoever sent it.
pub fn staff_invitation_accepted(name: &str, user: String) -> Notice {
    let base = notice("auth.invitation.accepted", "success", "Your invitation was accepted", "notifications.invitationAccepted");
    Notice { variables: json!({"name": name}), link: Some(format!("/backend/users/{user}")), source: Some(("user", user)), ..base }
}

/// Where staff look at a customer.
fn customer_page(user: &str) -> Option<String> {
    Some(format!("/backend/customer_accounts/users/{user}"))
}

pub fn customer_signed_up(user: String) -> Notice {
    let base = notice("customer_accounts.user.signup", "info", "A customer signed up", "notifications.staff.customerSignedUp");
    Notice { link: customer_page(&user), source: Some(("user", user)), ..base }
}

/// Once a day for the same account.
pub fn customer_locked(user: String) -> Notice {
    let base = notice("customer_accounts.user.locked", "warning", "A customer's account was locked", "notifications.staff.customerLocked");
    Notice { group: user.clone(), link: customer_page(&user), source: Some(("user", user)), ..base }
}

pub fn customer_invitation_accepted(name: &str, user: String) -> Notice {
    let base = notice("customer_accounts.invitation.accepted", "success", "Your invitation was accepted", "notifications.invitationAccepted");
    Notice { variables: json!({"name": name}), link: customer_page(&user), source: Some(("user", user)), ..base }
}

/// Where staff look at an endpoint of webhooks.
pub fn webhook_disabled(host: &str, id: String) -> Notice {
    let base = notice("platform.webhook.disabled", "warning", "A webhook was turned off", "notifications.staff.webhookDisabled");
    Notice {
        group: id.clone(),
        variables: json!({"host": host}),
        link: Some(format!("/backend/integrations/webhooks/{id}")),
        source: Some(("webhook", id)),
        ..base
    }
}

pub fn staff_roles_given(names: &[String]) -> Notice {
    let base = notice("auth.role.assigned", "success", "You were given a role", "notifications.staff.roleAssigned");
    Notice { variables: json!({"roles": names.join(", ")}), link: own_account(), ..base }
}

pub fn staff_roles_taken(names: &[String]) -> Notice {
    let base = notice("auth.role.revoked", "warning", "A role was taken from you", "notifications.staff.roleRevoked");
    Notice { variables: json!({"roles": names.join(", ")}), link: own_account(), ..base }
}
