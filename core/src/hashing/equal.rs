//! A sign-in of the same work for everybody in a tenant, whatever hash stands behind the address, or none.
//!
//! While a tenant has live hashes of other systems, **every** sign-in in it computes our Argon2id once and each of those
//! kinds once. Which of them is the person's own, and whether there is a person, then shows in no time. For an account
//! with a foreign hash the Argon2id is not wasted: it is the hash that replaces the foreign one when the password fits.
//! A cheaper bcrypt or PBKDF2 is topped up to the tenant's dearest, so that a family costs one computation and not one a cost.

use argon2::Algorithm;

use super::{
    DUMMY,
    foreign::{Foreign, Kind, argon, bcrypt, pbkdf2, scrypt},
    hash, is_todays, verify,
};
use crate::{domain::secret::Password, ports::HashError};

/// Kinds a tenant may have at a time, families counted once: what every sign-in in it pays for.
pub const MAX_KINDS: usize = 4;

/// What a sign-in's check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attempt {
    pub matches: bool,
    /// The hash to store in place of the foreign one that the password fits.
    pub rehash: Option<String>,
    /// Why the stored hash could not be used, for the operator.
    pub unusable: Option<String>,
}

/// The dearest of each family: what a sign-in computes.
pub fn families(kinds: &[Kind]) -> Vec<Kind> {
    let mut dearest: Vec<Kind> = Vec::new();
    for kind in kinds {
        match dearest.iter_mut().find(|known| known.tops_up(*kind)) {
            // Within a family the order of kinds is the order of their costs.
            Some(known) => *known = (*known).max(*kind),
            None => dearest.push(*kind),
        }
    }
    dearest
}

/// Whether a password fits a stored hash, in the tenant's time. `salt` is for the hash that replaces a foreign one.
pub fn attempt(password: &Password, stored: Option<&str>, kinds: &[Kind], salt: &[u8; 16]) -> Result<Attempt, HashError> {
    let families = families(kinds);
    let (own, mut attempt) = match stored {
        Some(stored) if is_todays(stored) => (None, Attempt { matches: verify(password, stored)?.matches, ..Attempt::default() }),
        Some(stored) => match Foreign::parse(stored) {
            Ok(foreign) => {
                let (ours, matches) = (hash(password, salt)?, foreign.matches(password));
                (Some(foreign.kind()), Attempt { matches, rehash: matches.then_some(ours), unusable: None })
            }
            Err(why) => (None, Attempt { unusable: Some(why), ..nobody(password)? }),
        },
        None => (None, nobody(password)?),
    };
    for kind in families {
        spend(password, own.filter(|own| kind.tops_up(*own)), kind);
    }
    attempt.matches &= attempt.unusable.is_none();
    Ok(attempt)
}

fn nobody(password: &Password) -> Result<Attempt, HashError> {
    verify(password, DUMMY)?;
    Ok(Attempt::default())
}

/// What is missing to the work of a kind, of which `done` is a member of the same family that has been verified.
fn spend(password: &Password, done: Option<Kind>, kind: Kind) {
    match (kind, done) {
        (Kind::Bcrypt { cost }, Some(Kind::Bcrypt { cost: done })) if done >= cost => {}
        (Kind::Bcrypt { cost }, Some(Kind::Bcrypt { cost: done })) => bcrypt::spend(password, Some(done), cost),
        (Kind::Bcrypt { cost }, _) => bcrypt::spend(password, None, cost),
        (Kind::Pbkdf2 { digest, rounds }, Some(Kind::Pbkdf2 { rounds: done, .. })) => pbkdf2::spend(password, digest, Some(done), rounds),
        (Kind::Pbkdf2 { digest, rounds }, _) => pbkdf2::spend(password, digest, None, rounds),
        (_, Some(_)) => {}
        (Kind::Scrypt { log_n, r, p }, None) => scrypt::spend(password, (log_n, r, p)),
        (Kind::Argon2i { memory_kib, passes, lanes }, None) => argon::spend(password, Algorithm::Argon2i, (memory_kib, passes, lanes)),
        (Kind::Argon2id { memory_kib, passes, lanes }, None) => argon::spend(password, Algorithm::Argon2id, (memory_kib, passes, lanes)),
    }
}
