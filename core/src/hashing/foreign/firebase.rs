//! Firebase's scrypt: what scrypt derives is the key under which the project's signer key is encrypted (AES-256-CTR from
//! zero), and the ciphertext is the hash. From github.com/firebase/scrypt, whose README has the test vector.
//!
//! `$firebase-scrypt$hash=…$salt=…$sk=…$ss=…$r=8$m=14`: hash and salt of the account, then the project's signer key, salt
//! separator, rounds and memory cost, as other importers take them. Whoever reads the signer key can try passwords, so that
//! it is stored wrapped: [`sealed`] and [`opened`] know where in the string it stands.

use aes::Aes256;
use ctr::{
    Ctr128BE,
    cipher::{KeyIvInit, StreamCipher},
};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{
    Kind, scrypt,
    text::{base64, bytes, fit, number},
};
use crate::domain::secret::Password;

const PREFIX: &str = "$firebase-scrypt$";
/// In the form that is stored, before the signer key.
const KEY: &str = "$sk=";
/// Stands before a wrapped signer key; no base64 holds it.
const WRAPPED: &str = "~";

#[derive(Clone)]
pub struct Firebase {
    log_n: u32,
    r: u32,
    separator: Vec<u8>,
    signer_key: Zeroizing<Vec<u8>>,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

pub fn parse(text: &str) -> Result<Firebase, String> {
    let malformed = "Not a Firebase hash: expected $firebase-scrypt$hash=…$salt=…$sk=…$ss=…$r=…$m=…";
    let found = text.strip_prefix(PREFIX).and_then(read).ok_or(malformed)?;
    fit(&found.salt, &found.hash)?;
    if found.separator.len() > 32 || found.hash.len() != found.signer_key.len() {
        return Err("A Firebase hash is as long as its signer key, and the separator holds at most 32 bytes".into());
    }
    Ok(found)
}

fn read(rest: &str) -> Option<Firebase> {
    let parts: Vec<(&str, &str)> = rest.split('$').map(|part| part.split_once('=')).collect::<Option<_>>()?;
    let part = |name: &str| parts.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    (parts.len() == 6).then_some(())?;
    Some(Firebase {
        log_n: number(part("m")?)?,
        r: number(part("r")?)?,
        separator: bytes(part("ss")?)?,
        signer_key: Zeroizing::new(bytes(part("sk")?)?),
        salt: bytes(part("salt")?)?,
        hash: bytes(part("hash")?)?,
    })
}

impl Firebase {
    pub const fn kind(&self) -> Kind {
        Kind::Scrypt { log_n: self.log_n, r: self.r, p: 1 }
    }

    pub fn canonical(&self) -> String {
        let [hash, salt, key, separator] = [&self.hash, &self.salt, &*self.signer_key, &self.separator].map(|bytes| base64(bytes));
        format!("{PREFIX}hash={hash}$salt={salt}{KEY}{key}$ss={separator}$r={}$m={}", self.r, self.log_n)
    }

    pub fn matches(&self, password: &Password) -> bool {
        let salt = [self.salt.as_slice(), &self.separator].concat();
        let Some(key) = scrypt::derive(password, (self.log_n, self.r, 1), &salt, 32).and_then(|key| <[u8; 32]>::try_from(key).ok()) else {
            return false;
        };
        let mut found = self.signer_key.to_vec();
        Ctr128BE::<Aes256>::new(&key.into(), &[0; 16].into()).apply_keystream(&mut found);
        found.ct_eq(&self.hash).into()
    }
}

fn replace_key(text: &str, replace: impl FnOnce(&str) -> Option<String>) -> Option<String> {
    let (before, rest) = text.split_once(KEY)?;
    let (key, after) = rest.split_once('$')?;
    Some(format!("{before}{KEY}{}${after}", replace(key)?))
}

/// A stored string with its signer key wrapped; any other hash as it is.
pub fn sealed(text: &str, wrap: impl FnOnce(&[u8]) -> Option<String>) -> Option<String> {
    if !text.starts_with(PREFIX) {
        return Some(text.to_owned());
    }
    replace_key(text, |key| Some(format!("{WRAPPED}{}", wrap(&bytes(key)?)?)))
}

/// The other way round. One that does not open stays closed, and nobody's password fits it.
pub fn opened(text: &str, unwrap: impl FnOnce(&str) -> Option<Zeroizing<Vec<u8>>>) -> String {
    let open = || replace_key(text, |key| Some(base64(&unwrap(key.strip_prefix(WRAPPED)?)?)));
    if text.starts_with(PREFIX) { open().unwrap_or_else(|| text.to_owned()) } else { text.to_owned() }
}
