//! Argon2id at OWASP strength: 19 MiB, two passes, one lane. Synchronous on purpose: one block of memory at a time.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString},
};

use crate::{
    domain::secret::Password,
    ports::{HashError, Verdict},
};

/// KiB. OWASP Password Storage Cheat Sheet: m=19456, t=2, p=1.
pub const MEMORY_KIB: u32 = 19 * 1024;
pub const PASSES: u32 = 2;
pub const LANES: u32 = 1;
/// A stored hash may ask for this much and no more: a row must not be able to exhaust the isolate's 128 MB.
const MAX_MEMORY_KIB: u32 = 32 * 1024;
const MAX_PASSES: u32 = 10;

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

/// Compares with a stored PHC string, whatever its parameters within the caps.
pub fn verify(password: &Password, phc: &str) -> Result<Verdict, HashError> {
    let parsed = PasswordHash::new(phc).map_err(|e| HashError::Unusable(e.to_string()))?;
    let params = Params::try_from(&parsed).map_err(|e| HashError::Unusable(e.to_string()))?;
    if params.m_cost() > MAX_MEMORY_KIB || params.t_cost() > MAX_PASSES {
        return Err(HashError::Unusable("costs over the cap".into()));
    }
    let matches = Argon2::default().verify_password(password.reveal().as_bytes(), &parsed).is_ok();
    let today = parsed.algorithm == argon2::ARGON2ID_IDENT && params.m_cost() >= MEMORY_KIB && params.t_cost() >= PASSES;
    Ok(Verdict { matches, stale: !today })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_format_is_pinned() {
        let phc = hash(&Password::new("Portcullis-dev-1"), &[7; 16]).unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$"), "{phc}");
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
