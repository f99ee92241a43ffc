//! Whether a password somebody chose for a member of staff may be used: the home tenant's policy, and none of the words
//! an attacker would try first. Asked before anything is hashed; each route says in its own words what is wrong.

use crate::{
    cx::Cx,
    domain::{realm::Realm, secret::Password},
};

/// `context` is the address and the names around the account.
pub fn faults(cx: &Cx<'_>, password: &Password, tenant_policy: &str, context: &[&str]) -> Vec<String> {
    let policy = cx.deployment.config.password_policy(Realm::Staff, tenant_policy);
    policy.check(password, &[context, &["portcullis"]].concat()).into_iter().map(String::from).collect()
}
