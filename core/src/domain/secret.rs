//! Secrets are types: no Debug, no Display, no Serialize, wiped when dropped. A raw token and its hash cannot be mixed up.

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A password as typed, in NFC so that composed and decomposed input agree. Never trimmed, folded or cut.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Password(String);

impl Password {
    pub fn new(typed: &str) -> Self {
        Self(typed.nfc().collect())
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// An opaque credential in the clear: a session token or a mailed one. 32 bytes as base64url, 43 characters.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct RawToken(String);

impl RawToken {
    pub const LENGTH: usize = 43;

    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Base64UrlUnpadded::encode_string(bytes))
    }

    /// What a caller presented. Anything is taken: an unknown token simply has no row.
    pub fn presented(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub fn hash(&self) -> TokenHash {
        TokenHash(hex(&Sha256::digest(self.0.as_bytes())))
    }
}

/// Lower-case hex SHA-256 of a raw token: the only form that is ever stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenHash(String);

impl TokenHash {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble & 15)).copied().unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composed_and_decomposed_passwords_agree() {
        assert_eq!(Password::new("caf\u{e9}").reveal(), Password::new("cafe\u{301}").reveal());
        assert_eq!(Password::new("  x ").reveal(), "  x ");
    }

    #[test]
    fn the_stored_form_of_a_token_is_pinned() {
        let token = RawToken::from_bytes(&[7; 32]);
        assert_eq!(token.reveal().len(), RawToken::LENGTH);
        assert_eq!(token.reveal(), "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc");
        assert_eq!(RawToken::presented("abc").hash().as_str(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
