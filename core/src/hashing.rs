//! Argon2id at OWASP strength: 19 MiB, two passes, one lane. Synchronous on purpose: one block of memory at a time.
//! Hashes that came with people from other systems are verified once more and then replaced: [`foreign`], [`equal`].

pub mod equal;
pub mod foreign;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, SaltString},
};

use crate::{
    domain::secret::Password,
    ports::{HashError, Verdict},
};

/// KiB. OWASP Password Storage Cheat Sheet: m=19456, t=2, p=1.
pub const MEMORY_KIB: u32 = 19 * 1024;
pub const PASSES: u32 = 2;
pub const LANES: u32 = 1;
/// What every hash of today's parameters begins with.
const TODAYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

/// Verified in place of a hash that is not there, so that an unknown address costs what a known one does. The
/// parameters are today's; the password behind it was random and is forgotten.
pub const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$Dxr2QDnB0mWdWq3yVt1ZgQ$4n3XrKfXo1mJpDq8mY0b3nN8u0P1c1n0oH7mYxv2f3k";

/// A PHC string with the given salt.
pub fn hash(password: &Password, salt: &[u8; 16]) -> Result<String, HashError> {
    let salt = SaltString::encode_b64(salt).map_err(|e| HashError::Unavailable(e.to_string()))?;
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|e| HashError::Unavailable(e.to_string()))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password(password.reveal().as_bytes(), &salt).map(|phc| phc.to_string()).map_err(|e| HashError::Unavailable(e.to_string()))
}

/// Whether a stored hash is ours, with the parameters of today.
pub fn is_todays(phc: &str) -> bool {
    phc.starts_with(TODAYS)
}

/// Compares with a stored hash, ours or foreign, whatever its costs within the caps.
pub fn verify(password: &Password, stored: &str) -> Result<Verdict, HashError> {
    let parsed = foreign::Foreign::parse(stored).map_err(HashError::Unusable)?;
    let today = match parsed.kind() {
        foreign::Kind::Argon2id { memory_kib, passes, .. } => memory_kib >= MEMORY_KIB && passes >= PASSES,
        _ => false,
    };
    Ok(Verdict { matches: parsed.matches(password), stale: !today })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_format_is_pinned() {
        let phc = hash(&Password::new("Portcullis-dev-1"), &[7; 16]).unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$"), "{phc}");
        assert!(is_todays(&phc) && is_todays(DUMMY));
        assert_eq!(verify(&Password::new("Portcullis-dev-1"), &phc).unwrap(), Verdict { matches: true, stale: false });
        assert!(!verify(&Password::new("portcullis-dev-1"), &phc).unwrap().matches);
    }

    #[test]
    fn the_dummy_is_verifiable_and_nobodys() {
        assert_eq!(verify(&Password::new(""), DUMMY).unwrap(), Verdict { matches: false, stale: false });
    }

    #[test]
    fn costs_over_the_cap_are_refused_before_any_work() {
        let greedy = DUMMY.replace("m=19456", "m=1048576");
        assert!(matches!(verify(&Password::new("x"), &greedy), Err(HashError::Unusable(_))));
    }
}
