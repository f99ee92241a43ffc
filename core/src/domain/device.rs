//! The known-device cookie: proof that this browser signed in before, for a handful of accounts.
//!
//! It opens no door. It only chooses the bucket and the failure counter an attempt counts in, so that strangers who
//! guess at an address cannot lock its owner out. An entry names realm, tenant and address (as look-up hash), a nonce
//! of its own and the account's credential epoch: a password change makes it a stranger's again.

use super::{
    id::{Id, Tenant},
    keys::Keys,
    realm::Realm,
};

/// Entries a cookie may carry; the oldest falls off.
const MAX_ENTRIES: usize = 4;
/// The cookie's life in seconds: 180 days.
pub const MAX_AGE: i64 = 180 * 24 * 60 * 60;

/// One account this device signed in to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub address: String,
    pub nonce: String,
    pub epoch: i64,
}

/// The entry for an address, if the cookie holds a genuine one.
pub fn find(keys: &Keys, cookie: &str, realm: Realm, tenant: Id<Tenant>, lookup_hash: &str) -> Option<Entry> {
    let scope = scope(realm, tenant, lookup_hash);
    entries(cookie).find_map(|(nonce, epoch, mac)| {
        let content = content(&scope, nonce, epoch);
        keys.device_mac_matches(&content, mac).then(|| Entry {
            address: lookup_hash.to_owned(),
            nonce: nonce.to_owned(),
            epoch: epoch.parse().unwrap_or(-1),
        })
    })
}

/// The cookie after a sign-in: the new entry first, an older one for the same account dropped.
pub fn remember(keys: &Keys, cookie: Option<&str>, realm: Realm, tenant: Id<Tenant>, lookup_hash: &str, nonce: &str, epoch: i64) -> String {
    let scope = scope(realm, tenant, lookup_hash);
    let epoch = epoch.to_string();
    let mac = keys.device_mac(&content(&scope, nonce, &epoch));
    let fresh = format!("{nonce}.{epoch}.{mac}");
    let others = entries(cookie.unwrap_or_default())
        .filter(|(nonce, epoch, mac)| !keys.device_mac_matches(&content(&scope, nonce, epoch), mac))
        .map(|(n, e, m)| format!("{n}.{e}.{m}"));
    std::iter::once(fresh).chain(others).take(MAX_ENTRIES).collect::<Vec<_>>().join("~")
}

fn entries(cookie: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    cookie.split('~').take(MAX_ENTRIES).filter_map(|entry| {
        let mut parts = entry.splitn(3, '.');
        Some((parts.next()?, parts.next()?, parts.next()?))
    })
}

fn scope(realm: Realm, tenant: Id<Tenant>, lookup_hash: &str) -> String {
    format!("{}|{tenant}|{lookup_hash}", realm.name())
}

fn content(scope: &str, nonce: &str, epoch: &str) -> String {
    format!("{scope}|{nonce}|{epoch}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Millis;

    #[test]
    fn an_entry_is_bound_to_realm_tenant_address_and_key() {
        let keys = Keys::derive(&[1; 32]);
        let (a, b) = (Id::new(Millis(1), [0; 10]), Id::new(Millis(2), [0; 10]));
        let cookie = remember(&keys, None, Realm::Customer, a, "v2:x", "n1", 3);
        assert_eq!(find(&keys, &cookie, Realm::Customer, a, "v2:x").map(|e| (e.nonce, e.epoch)), Some(("n1".into(), 3)));
        assert_eq!(find(&keys, &cookie, Realm::Staff, a, "v2:x"), None);
        assert_eq!(find(&keys, &cookie, Realm::Customer, b, "v2:x"), None);
        assert_eq!(find(&keys, &cookie, Realm::Customer, a, "v2:y"), None);
        assert_eq!(find(&Keys::derive(&[2; 32]), &cookie, Realm::Customer, a, "v2:x"), None);
        assert_eq!(find(&keys, &cookie.replace(".3.", ".4."), Realm::Customer, a, "v2:x"), None);
    }

    #[test]
    fn a_shared_browser_keeps_four_accounts_newest_first() {
        let keys = Keys::derive(&[1; 32]);
        let tenant = Id::new(Millis(1), [0; 10]);
        let mut cookie = None;
        for n in 0..6 {
            cookie = Some(remember(&keys, cookie.as_deref(), Realm::Customer, tenant, &format!("v2:{n}"), &format!("n{n}"), 0));
        }
        let cookie = cookie.unwrap();
        let known: Vec<bool> = (0..6).map(|n| find(&keys, &cookie, Realm::Customer, tenant, &format!("v2:{n}")).is_some()).collect();
        assert_eq!(known, [false, false, true, true, true, true]);
        let again = remember(&keys, Some(&cookie), Realm::Customer, tenant, "v2:5", "n9", 1);
        assert_eq!(again.split('~').count(), 4);
        assert_eq!(find(&keys, &again, Realm::Customer, tenant, "v2:5").map(|e| e.nonce), Some("n9".into()));
    }
}
