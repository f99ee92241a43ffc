//! What a strict tenant asks of a sign-in beyond the rest.

use crate::{
    app::Later,
    cx::Cx,
    domain::{policy, realm::Realm},
    pipeline::limit,
    problem::Problem,
};

/// Charges the strict limit of an address: before anything is hashed, whether or not anybody has the address. A key of its
/// own, so that no sign-in elsewhere opens a shorter window in it. The success that resets the usual limit resets it.
pub async fn charge(cx: &Cx<'_>, realm: Realm, scope: &str, lookup_hash: &str, nonce: &str) -> Result<String, Problem> {
    let limits = &cx.deployment.config.limits;
    let row = cx.route.limit.name.and_then(|name| limits.of(name)).filter(|_| limits.enabled);
    let key = format!("{}-strict|{scope}|{lookup_hash}|{nonce}", realm.name());
    if let Some(usual) = row.and_then(|row| row.subject) {
        limit::enforce(cx.io.take(key.clone(), policy::strict_sign_ins(usual)).await?)?;
    }
    Ok(key)
}

/// A success clears the key it was charged to.
pub fn succeeded(cx: &Cx<'_>, key: Option<String>) {
    if let Some(key) = key {
        cx.after(Later::ResetLimit { key });
    }
}
