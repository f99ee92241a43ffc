//! The device cookie around a sign-in; what it proves is in [`crate::domain::device`].

use crate::{
    cx::Cx,
    domain::{
        device::{self, Entry},
        email::Email,
        id::{Id, Tenant},
        realm::Realm,
    },
};

/// The genuine entry of the caller's device cookie for an address in a tenant.
pub fn known(cx: &Cx<'_>, realm: Realm, tenant: Id<Tenant>, lookup_hash: &str) -> Option<Entry> {
    let cookie = cx.cookie(realm.device_cookie())?;
    device::find(&cx.deployment.keys, &cookie, realm, tenant, lookup_hash)
}

/// This device has signed in: its next attempts count in a bucket of their own. Several tenants share one nonce.
pub fn remember(cx: &Cx<'_>, realm: Realm, tenants: &[Id<Tenant>], email: &Email, epoch: i64) -> String {
    let keys = &cx.deployment.keys;
    let name = realm.device_cookie();
    let nonce: String = cx.new_token().reveal().chars().take(22).collect();
    let lookup = keys.lookup_hash(email);
    let value = tenants
        .iter()
        .fold(cx.cookie(name), |cookie, tenant| Some(device::remember(keys, cookie.as_deref(), realm, *tenant, &lookup, &nonce, epoch)));
    cx.set_cookie(name, &value.unwrap_or_default(), device::MAX_AGE)
}
