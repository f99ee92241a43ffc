//! Hashes that other systems made: read in the forms they are found in, held to caps before any work, written in one
//! form each. Which password fits one is found out here; that it is then replaced by ours is the sign-in's business.
//!
//! | scheme | forms |
//! |---|---|
//! | bcrypt | `$2a$`, `$2b$`, `$2y$` (modular crypt) |
//! | PBKDF2 | `$pbkdf2-sha256$i=…$`, Passlib's `$pbkdf2-sha256$29000$`, Django's `pbkdf2_sha256$…`, Werkzeug's `pbkdf2:sha256:…` |
//! | scrypt | `$scrypt$ln=…,r=…,p=…$`, Django's `scrypt$N$salt$r$p$…`, Werkzeug's `scrypt:N:r:p$…` |
//! | Firebase | `$firebase-scrypt$hash=…$salt=…$sk=…$ss=…$r=…$m=…`, see [`firebase`] |
//! | Argon2i, Argon2id | PHC, also behind Django's `argon2` |

pub mod argon;
pub mod bcrypt;
pub mod firebase;
mod kind;
pub mod pbkdf2;
pub mod scrypt;
mod text;

pub use kind::{Digest, Kind};

use crate::domain::secret::Password;

/// No stored hash is longer.
const MAX_LENGTH: usize = 1_024;

/// A hash of another system, within the caps.
#[derive(Clone)]
pub enum Foreign {
    Argon2(argon::Argon),
    Bcrypt(bcrypt::Bcrypt),
    Pbkdf2(pbkdf2::Pbkdf2),
    Scrypt(scrypt::Scrypt),
    Firebase(firebase::Firebase),
}

impl Foreign {
    /// Reads one, or says why it is refused. The sentence never holds any of it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > MAX_LENGTH || !text.is_ascii() {
            return Err(format!("A password hash holds at most {MAX_LENGTH} ASCII characters"));
        }
        let parsed = if text.starts_with("$2") {
            bcrypt::parse(text).map(Self::Bcrypt)
        } else if text.starts_with("$pbkdf2") || text.starts_with("pbkdf2") {
            pbkdf2::parse(text).map(Self::Pbkdf2)
        } else if text.starts_with("$firebase-scrypt$") {
            firebase::parse(text).map(Self::Firebase)
        } else if text.starts_with("$scrypt$") || text.starts_with("scrypt") {
            scrypt::parse(text).map(Self::Scrypt)
        } else {
            argon::parse(text.strip_prefix("argon2").filter(|rest| rest.starts_with('$')).unwrap_or(text)).map(Self::Argon2)
        }?;
        parsed.kind().check()?;
        Ok(parsed)
    }

    /// What a verification costs.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Argon2(hash) => hash.kind(),
            Self::Bcrypt(hash) => hash.kind(),
            Self::Pbkdf2(hash) => hash.kind(),
            Self::Scrypt(hash) => hash.kind(),
            Self::Firebase(hash) => hash.kind(),
        }
    }

    /// The one form it is stored and exported in.
    pub fn canonical(&self) -> String {
        match self {
            Self::Argon2(hash) => hash.canonical(),
            Self::Bcrypt(hash) => hash.canonical(),
            Self::Pbkdf2(hash) => hash.canonical(),
            Self::Scrypt(hash) => hash.canonical(),
            Self::Firebase(hash) => hash.canonical(),
        }
    }

    pub fn matches(&self, password: &Password) -> bool {
        match self {
            Self::Argon2(hash) => hash.matches(password),
            Self::Bcrypt(hash) => hash.matches(password),
            Self::Pbkdf2(hash) => hash.matches(password),
            Self::Scrypt(hash) => hash.matches(password),
            Self::Firebase(hash) => hash.matches(password),
        }
    }
}

#[cfg(test)]
mod tests;
