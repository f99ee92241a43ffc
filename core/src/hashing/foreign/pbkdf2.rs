//! PBKDF2 with HMAC (RFC 8018 §5.2) over SHA-1, SHA-256 and SHA-512.

use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::{
    Digest, Kind,
    text::{base64, bytes, fit, hex, named, number},
};
use crate::domain::secret::Password;

#[derive(Clone)]
pub struct Pbkdf2 {
    digest: Digest,
    rounds: u32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

pub fn parse(text: &str) -> Result<Pbkdf2, String> {
    let found = if let Some(rest) = text.strip_prefix("$pbkdf2") {
        modular(rest)
    } else if let Some(rest) = text.strip_prefix("pbkdf2_") {
        django(rest)
    } else if let Some(rest) = text.strip_prefix("pbkdf2:") {
        werkzeug(rest)
    } else {
        None
    };
    let found = found.ok_or("Not a PBKDF2 hash in a form that is known here")?;
    fit(&found.salt, &found.hash)?;
    Ok(found)
}

/// `-sha256$i=29000,l=32$salt$hash` and Passlib's `-sha256$29000$salt$hash`; without a digest it is SHA-1.
fn modular(rest: &str) -> Option<Pbkdf2> {
    let (digest, rest) = rest.split_once('$')?;
    let digest = if digest.is_empty() { Digest::Sha1 } else { Digest::named(digest.strip_prefix('-')?)? };
    let [rounds, salt, hash] = parts(rest)?;
    let rounds = match rounds.split_once(',') {
        Some((rounds, length)) => named(rounds, "i").filter(|_| named(length, "l").is_some()),
        None => named(rounds, "i").or_else(|| number(rounds)),
    }?;
    Some(Pbkdf2 { digest, rounds, salt: bytes(salt)?, hash: bytes(hash)? })
}

/// `sha256$260000$salt$hash`, the salt as it stands.
fn django(rest: &str) -> Option<Pbkdf2> {
    let (digest, rest) = rest.split_once('$')?;
    let [rounds, salt, hash] = parts(rest)?;
    Some(Pbkdf2 { digest: Digest::named(digest)?, rounds: number(rounds)?, salt: salt.as_bytes().to_vec(), hash: bytes(hash)? })
}

/// `sha256:600000$salt$hex`, the salt as it stands.
fn werkzeug(rest: &str) -> Option<Pbkdf2> {
    let [method, salt, hash] = parts(rest)?;
    let (digest, rounds) = method.split_once(':')?;
    Some(Pbkdf2 { digest: Digest::named(digest)?, rounds: number(rounds)?, salt: salt.as_bytes().to_vec(), hash: hex(hash)? })
}

fn parts(text: &str) -> Option<[&str; 3]> {
    text.split('$').collect::<Vec<_>>().try_into().ok()
}

impl Digest {
    const fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

impl Pbkdf2 {
    pub const fn kind(&self) -> Kind {
        Kind::Pbkdf2 { digest: self.digest, rounds: self.rounds }
    }

    pub fn canonical(&self) -> String {
        format!("$pbkdf2-{}$i={}${}${}", self.digest.name(), self.rounds, base64(&self.salt), base64(&self.hash))
    }

    /// Blocks are computed each by itself, so that the first says whether a password fits: a longer output costs
    /// whoever verifies it more and whoever guesses nothing.
    pub fn matches(&self, password: &Password) -> bool {
        let wanted = self.hash.get(..self.digest.length().min(self.hash.len())).unwrap_or_default();
        let found = derive(password, self.digest, &self.salt, self.rounds);
        found.get(..wanted.len()).unwrap_or_default().ct_eq(wanted).into()
    }
}

fn derive(password: &Password, digest: Digest, salt: &[u8], rounds: u32) -> Vec<u8> {
    let mut block = vec![0; digest.length()];
    let password = password.reveal().as_bytes();
    match digest {
        Digest::Sha1 => pbkdf2_hmac::<Sha1>(password, salt, rounds, &mut block),
        Digest::Sha256 => pbkdf2_hmac::<Sha256>(password, salt, rounds, &mut block),
        Digest::Sha512 => pbkdf2_hmac::<Sha512>(password, salt, rounds, &mut block),
    }
    block
}

/// As many iterations as lie between two counts.
pub fn spend(password: &Password, digest: Digest, from: Option<u32>, to: u32) {
    let rounds = to.saturating_sub(from.unwrap_or(0));
    if rounds > 0 {
        std::hint::black_box(derive(password, digest, &[7; 16], rounds));
    }
}
