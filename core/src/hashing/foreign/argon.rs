//! Argon2i and Argon2id (RFC 9106) as PHC strings, with other costs than ours. Argon2d is not for passwords.

use argon2::{
    ARGON2I_IDENT, ARGON2ID_IDENT, Algorithm, Argon2, Params,
    password_hash::{PasswordHash, PasswordHashString, PasswordVerifier as _},
};

use super::Kind;
use crate::domain::secret::Password;

#[derive(Clone)]
pub struct Argon {
    phc: PasswordHashString,
    kind: Kind,
}

pub fn parse(text: &str) -> Result<Argon, String> {
    let unknown = || "Not a hash of a scheme that is known here".to_owned();
    let parsed = PasswordHash::new(text).map_err(|_| unknown())?;
    let params = Params::try_from(&parsed).map_err(|_| unknown())?;
    let (memory_kib, passes, lanes) = (params.m_cost(), params.t_cost(), params.p_cost());
    let kind = match parsed.algorithm {
        ARGON2ID_IDENT => Kind::Argon2id { memory_kib, passes, lanes },
        ARGON2I_IDENT => Kind::Argon2i { memory_kib, passes, lanes },
        _ => return Err(unknown()),
    };
    if parsed.salt.is_none() || parsed.hash.is_none_or(|hash| hash.len() < 16) || !matches!(parsed.version, None | Some(16 | 19)) {
        return Err("The hash has no salt, no result of at least 16 bytes, or an unknown version".into());
    }
    Ok(Argon { phc: parsed.serialize(), kind })
}

impl Argon {
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    pub fn canonical(&self) -> String {
        self.phc.to_string()
    }

    pub fn matches(&self, password: &Password) -> bool {
        Argon2::default().verify_password(password.reveal().as_bytes(), &self.phc.password_hash()).is_ok()
    }
}

/// The same work with nothing to compare it to.
pub fn spend(password: &Password, algorithm: Algorithm, (memory_kib, passes, lanes): (u32, u32, u32)) {
    let Ok(params) = Params::new(memory_kib, passes, lanes, None) else { return };
    let mut out = [0; 32];
    let done = Argon2::new(algorithm, argon2::Version::V0x13, params).hash_password_into(password.reveal().as_bytes(), &[7; 16], &mut out);
    std::hint::black_box((done.is_ok(), out));
}
