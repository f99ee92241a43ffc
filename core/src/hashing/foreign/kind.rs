//! What a verification costs, in the terms of its scheme: what is capped, counted per tenant, and spent in place of it
//! where there is nothing to verify.

use super::text::number;

/// A stored hash may ask for this much memory: a row must not be able to exhaust the isolate's 128 MB.
const MAX_MEMORY_KIB: u64 = 32 * 1_024;
const MAX_BCRYPT_COST: u32 = 12;
const MAX_PBKDF2_ROUNDS: u32 = 600_000;
/// Of Argon2 memory, how often it may be gone over.
const MAX_ARGON2_PASSES: u32 = 10;
/// Of scrypt memory, all lanes together: four times what one may hold.
const MAX_SCRYPT_WORK_KIB: u64 = 4 * MAX_MEMORY_KIB;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Digest {
    Sha1,
    Sha256,
    Sha512,
}

impl Digest {
    pub const ALL: [Self; 3] = [Self::Sha1, Self::Sha256, Self::Sha512];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|digest| digest.name() == name)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Argon2i { memory_kib: u32, passes: u32, lanes: u32 },
    Argon2id { memory_kib: u32, passes: u32, lanes: u32 },
    Bcrypt { cost: u32 },
    Pbkdf2 { digest: Digest, rounds: u32 },
    Scrypt { log_n: u32, r: u32, p: u32 },
}

impl Kind {
    /// As it is counted: `bcrypt:10`, `pbkdf2-sha256:29000`, `scrypt:14,8,1`, `argon2id:4096,3,1`.
    pub fn name(self) -> String {
        match self {
            Self::Argon2i { memory_kib, passes, lanes } => format!("argon2i:{memory_kib},{passes},{lanes}"),
            Self::Argon2id { memory_kib, passes, lanes } => format!("argon2id:{memory_kib},{passes},{lanes}"),
            Self::Bcrypt { cost } => format!("bcrypt:{cost}"),
            Self::Pbkdf2 { digest, rounds } => format!("pbkdf2-{}:{rounds}", digest.name()),
            Self::Scrypt { log_n, r, p } => format!("scrypt:{log_n},{r},{p}"),
        }
    }

    /// The kind of a name, within the caps: what the database says must not be able to exhaust the isolate either.
    pub fn named(name: &str) -> Option<Self> {
        let (scheme, costs) = name.split_once(':')?;
        let costs: Vec<u32> = costs.split(',').map(number).collect::<Option<_>>()?;
        let kind = match (scheme, costs.as_slice()) {
            ("argon2i", &[memory_kib, passes, lanes]) => Self::Argon2i { memory_kib, passes, lanes },
            ("argon2id", &[memory_kib, passes, lanes]) => Self::Argon2id { memory_kib, passes, lanes },
            ("bcrypt", &[cost]) => Self::Bcrypt { cost },
            ("scrypt", &[log_n, r, p]) => Self::Scrypt { log_n, r, p },
            (scheme, &[rounds]) => Self::Pbkdf2 { digest: Digest::named(scheme.strip_prefix("pbkdf2-")?)?, rounds },
            _ => return None,
        };
        kind.check().ok().map(|()| kind)
    }

    /// Why it would be refused: nobody may sign in at a price that the Worker cannot pay.
    pub fn check(self) -> Result<(), String> {
        match self {
            Self::Argon2i { memory_kib, passes, lanes } | Self::Argon2id { memory_kib, passes, lanes } => {
                if u64::from(memory_kib) > MAX_MEMORY_KIB {
                    return Err(over("Argon2 asks for", u64::from(memory_kib), "KiB of memory", MAX_MEMORY_KIB));
                }
                if !(1..=MAX_ARGON2_PASSES).contains(&passes) || !(1..=16).contains(&lanes) || memory_kib < 8 * lanes {
                    return Err(format!("Argon2 takes 1 to {MAX_ARGON2_PASSES} passes and 1 to 16 lanes of at least 8 KiB"));
                }
            }
            Self::Bcrypt { cost } if cost > MAX_BCRYPT_COST => {
                return Err(over("bcrypt has a cost of", u64::from(cost), "", u64::from(MAX_BCRYPT_COST)));
            }
            Self::Bcrypt { cost } if cost < 4 => return Err("bcrypt has a cost of at least 4".into()),
            Self::Bcrypt { .. } => {}
            Self::Pbkdf2 { rounds, .. } if rounds > MAX_PBKDF2_ROUNDS => {
                return Err(over("PBKDF2 asks for", u64::from(rounds), "iterations", u64::from(MAX_PBKDF2_ROUNDS)));
            }
            Self::Pbkdf2 { rounds: 0, .. } => return Err("PBKDF2 has at least one iteration".into()),
            Self::Pbkdf2 { .. } => {}
            Self::Scrypt { log_n, r, p } => {
                if !(1..=20).contains(&log_n) || !(1..=64).contains(&r) || !(1..=16).contains(&p) {
                    return Err("scrypt takes N from 2^1 to 2^20, r from 1 to 64 and p from 1 to 16".into());
                }
                // 128 · N · r bytes, RFC 7914 §5.
                let memory = (u64::from(r) << log_n) / 8;
                if memory > MAX_MEMORY_KIB {
                    return Err(over("scrypt asks for", memory, "KiB of memory", MAX_MEMORY_KIB));
                }
                if memory * u64::from(p) > MAX_SCRYPT_WORK_KIB {
                    return Err(over("scrypt goes over", memory * u64::from(p), "KiB in all its lanes", MAX_SCRYPT_WORK_KIB));
                }
            }
        }
        Ok(())
    }

    /// Where a dearer hash of the same family is verified, a cheaper one can be topped up to it.
    pub fn tops_up(self, other: Self) -> bool {
        match (self, other) {
            (Self::Bcrypt { .. }, Self::Bcrypt { .. }) => true,
            (Self::Pbkdf2 { digest: one, .. }, Self::Pbkdf2 { digest: other, .. }) => one == other,
            (one, other) => one == other,
        }
    }
}

fn over(what: &str, asked: u64, unit: &str, cap: u64) -> String {
    format!("{what} {asked} {unit}, and the most that is verified here is {cap}").replace("  ", " ").replace(" ,", ",")
}
