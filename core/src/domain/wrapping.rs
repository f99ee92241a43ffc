//! Secrets that have to be readable again, at rest: AES-256-GCM with a nonce of its own for each, bound by associated
//! data to what the secret belongs to, so that a wrapped value moved to another row does not open.

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use base64ct::{Base64UrlUnpadded, Encoding};
use zeroize::Zeroizing;

const NONCE: usize = 12;

/// base64url of nonce and ciphertext; `None` only for input no cipher takes.
pub fn wrap(key: &[u8; 32], nonce: [u8; NONCE], belongs_to: &str, secret: &[u8]) -> Option<String> {
    let cipher = Aes256Gcm::new(key.into());
    let sealed = cipher.encrypt(&nonce.into(), Payload { msg: secret, aad: belongs_to.as_bytes() }).ok()?;
    Some(Base64UrlUnpadded::encode_string(&[nonce.as_slice(), &sealed].concat()))
}

/// The secret, if it was wrapped under this key for this very owner.
pub fn unwrap(key: &[u8; 32], belongs_to: &str, wrapped: &str) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = Base64UrlUnpadded::decode_vec(wrapped).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
    let nonce: [u8; NONCE] = nonce.try_into().ok()?;
    let cipher = Aes256Gcm::new(key.into());
    cipher.decrypt(&nonce.into(), Payload { msg: sealed, aad: belongs_to.as_bytes() }).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_wrapped_opens_for_its_owner_and_nobody_else() {
        let wrapped = wrap(&[1; 32], [2; 12], "key a", b"secret").unwrap();
        assert_eq!(unwrap(&[1; 32], "key a", &wrapped).unwrap().as_slice(), b"secret");
        assert!(unwrap(&[1; 32], "key b", &wrapped).is_none(), "another row");
        assert!(unwrap(&[3; 32], "key a", &wrapped).is_none(), "another deployment");
        for at in 0..wrapped.len() {
            let mut changed: Vec<char> = wrapped.chars().collect();
            changed[at] = if changed[at] == 'A' { 'B' } else { 'A' };
            assert!(unwrap(&[1; 32], "key a", &changed.into_iter().collect::<String>()).is_none(), "changed at {at}");
        }
        assert!(unwrap(&[1; 32], "key a", "").is_none() && unwrap(&[1; 32], "key a", "AAAA").is_none());
    }
}
