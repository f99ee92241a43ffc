//! Whether a password somebody chose for a customer may be used: the tenant's policy, and none of the words an attacker
//! would try first. Asked before anything is hashed.

use crate::{
    cx::Cx,
    domain::{realm::Realm, secret::Password},
    problem::Problem,
};

/// `field` is the body's name for it; `context` the address and names around the account.
pub fn check(cx: &Cx<'_>, field: &'static str, password: &Password, tenant_policy: &str, context: &[&str]) -> Result<(), Problem> {
    let policy = cx.deployment.config.password_policy(Realm::Customer, tenant_policy);
    let wrong = policy.check(password, &[context, &["portcullis"]].concat());
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Problem::validation("Validation failed", vec![(field.into(), wrong.into_iter().map(String::from).collect())]))
}
