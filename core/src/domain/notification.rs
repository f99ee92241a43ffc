//! What a customer is told inside the portal, and when. Pages translate by `title_key` and `variables`.

use serde_json::{Value, json};

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
}

fn notice(kind: &'static str, severity: &'static str, title: &'static str, title_key: &'static str) -> Notice {
    Notice { kind, group: String::new(), title, title_key, variables: json!({}), severity, source: None, link: None }
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
