//! Everything derived from `MASTER_SECRET`, each under its own HKDF label (RFC 5869), so that no key serves two purposes.

use base64ct::{Base64UrlUnpadded, Encoding};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use siphasher::sip128::SipHasher24;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{
    email::Email,
    id::{Id, Record},
    secret::{RawToken, hex},
};

type HmacSha256 = Hmac<Sha256>;

/// What a mailed token is for. The purpose is part of the derivation, so a token of one kind is never one of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    EmailVerification,
    MagicLink,
    PasswordReset,
    Invitation,
}

impl Purpose {
    /// As stored in the `purpose` column.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EmailVerification => "email_verification",
            Self::MagicLink => "magic_link",
            Self::PasswordReset => "password_reset",
            Self::Invitation => "invitation",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::EmailVerification, Self::MagicLink, Self::PasswordReset, Self::Invitation].into_iter().find(|p| p.name() == name)
    }
}

/// The derived keys of a deployment. No Debug: it would print them.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Keys {
    lookup: [u8; 32],
    token: [u8; 32],
    device: [u8; 32],
    audit: [u8; 32],
    wrap: [u8; 32],
    consent: [u8; 32],
    published: [u8; 32],
    embed: [u8; 32],
    fingerprint: [u8; 32],
}

impl Keys {
    pub fn derive(master: &[u8; 32]) -> Self {
        let hkdf = Hkdf::<Sha256>::new(Some(b"portcullis/v1"), master);
        let key = |label: &str| {
            let mut out = [0u8; 32];
            // 32 bytes is far below HKDF's limit of 255 blocks; were it ever refused, an all-zero key must not be used silently.
            if hkdf.expand(label.as_bytes(), &mut out).is_err() {
                out.copy_from_slice(master);
            }
            out
        };
        Self {
            lookup: key("lookup-hash"),
            token: key("mailed-token"),
            device: key("known-device"),
            audit: key("audit-mac"),
            wrap: key("key-wrapping"),
            consent: key("consent-integrity"),
            published: key("published-keys"),
            embed: key("embed-address"),
            fingerprint: key("token-fingerprint"),
        }
    }

    /// By what an isolate finds a token again whose signature held: a MAC, because who could make two tokens alike could
    /// pass one off as the other. SipHash is a keyed function by design, and takes 2 µs for what SHA-256 takes 40.
    pub fn fingerprint(&self, token: &str) -> [u8; 16] {
        let mut key = [0; 16];
        key.iter_mut().zip(&self.fingerprint).for_each(|(to, from)| *to = *from);
        SipHasher24::new_with_key(&key).hash(token.as_bytes()).as_bytes()
    }

    /// `hashForLookup`: `v2:` and the hex HMAC of the lower-cased, trimmed address. How an address is found, never how it is shown.
    pub fn lookup_hash(&self, email: &Email) -> String {
        format!("v2:{}", hex(&mac(&self.lookup, &[email.as_str().as_bytes()])))
    }

    /// The token a mail carries. It is derived again whenever the mail is rendered, so it is never stored anywhere.
    pub fn mailed_token(&self, purpose: Purpose, row: Id<Record>) -> RawToken {
        RawToken::from_bytes(&mac(&self.token, &[purpose.name().as_bytes(), row.to_string().as_bytes()]))
    }

    pub fn device_mac(&self, content: &str) -> String {
        Base64UrlUnpadded::encode_string(&mac(&self.device, &[content.as_bytes()]))
    }

    pub fn device_mac_matches(&self, content: &str, presented: &str) -> bool {
        self.device_mac(content).as_bytes().ct_eq(presented.as_bytes()).into()
    }

    pub fn audit_mac(&self, content: &str) -> String {
        hex(&mac(&self.audit, &[content.as_bytes()]))
    }

    /// Over the words of a consent, so that a row changed behind our back shows.
    pub fn consent_mac(&self, content: &str) -> String {
        hex(&mac(&self.consent, &[content.as_bytes()]))
    }

    /// Says that a copy of our public keys is ours.
    pub fn published_mac(&self, content: &str) -> String {
        Base64UrlUnpadded::encode_string(&mac(&self.published, &[content.as_bytes()]))
    }

    pub fn published_mac_matches(&self, content: &str, presented: &str) -> bool {
        self.published_mac(content).as_bytes().ct_eq(presented.as_bytes()).into()
    }

    /// Says that an address of an embedded view is ours.
    pub fn embed_mac(&self, content: &str) -> String {
        Base64UrlUnpadded::encode_string(&mac(&self.embed, &[content.as_bytes()]))
    }

    pub fn embed_mac_matches(&self, content: &str, presented: &str) -> bool {
        self.embed_mac(content).as_bytes().ct_eq(presented.as_bytes()).into()
    }

    /// The AES-256 key that wraps readable secrets (private keys, TOTP seeds).
    pub fn wrapping_key(&self) -> &[u8; 32] {
        &self.wrap
    }
}

/// Parts are length-prefixed, so that no two different lists of parts give the same input.
fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let Ok(mut mac) = HmacSha256::new_from_slice(key) else { return [0; 32] }; // invariant: HMAC takes keys of any length
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Millis;

    #[test]
    fn another_token_or_another_deployment_has_another_fingerprint() {
        let keys = Keys::derive(&[1; 32]);
        assert_eq!(keys.fingerprint("a.b.c"), keys.fingerprint("a.b.c"));
        assert_ne!(keys.fingerprint("a.b.c"), keys.fingerprint("a.b.d"));
        assert_ne!(keys.fingerprint("a.b.c"), Keys::derive(&[2; 32]).fingerprint("a.b.c"));
    }

    #[test]
    fn derivations_are_pinned_because_rows_depend_on_them() {
        let keys = Keys::derive(&[1; 32]);
        let email = Email::parse("Buyer@Portal.Acme.com").unwrap();
        let row = Id::new(Millis(0), [0; 10]);
        assert_eq!(keys.lookup_hash(&email), keys.lookup_hash(&Email::parse("buyer@portal.acme.com").unwrap()));
        assert_ne!(keys.mailed_token(Purpose::MagicLink, row).reveal(), keys.mailed_token(Purpose::PasswordReset, row).reveal());
        assert_ne!(Keys::derive(&[2; 32]).lookup_hash(&email), keys.lookup_hash(&email));
    }
}
