//! bcrypt (Provos and Mazières, 1999), as `$2a$`, `$2b$` and `$2y$`: the three differ in how old bugs are marked, not in
//! what they compute of passwords that hold no zero byte, which ours never do.

use base64ct::{Base64Bcrypt, Encoding};
use blowfish::Blowfish;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{Kind, text::number};
use crate::domain::secret::Password;

/// Bytes of a password that count, the terminating zero included.
const COUNTS: usize = 72;
const SALT: usize = 16;
/// "OrpheanBeholderScryDoubt".
const PLAIN: [u32; 6] = [0x4f72_7068, 0x6561_6e42, 0x6568_6f6c, 0x6465_7253, 0x6372_7944, 0x6f75_6274];

#[derive(Clone)]
pub struct Bcrypt {
    variant: char,
    cost: u32,
    salt: [u8; SALT],
    /// 23 of the 24 bytes there are: the format leaves out the last.
    hash: Vec<u8>,
}

pub fn parse(text: &str) -> Result<Bcrypt, String> {
    let malformed = || "Not a bcrypt hash: expected $2a$, $2b$ or $2y$, two digits, and 53 characters".to_owned();
    let mut parts = text.strip_prefix('$').ok_or_else(malformed)?.split('$');
    let (Some(variant), Some(cost), Some(rest), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else { return Err(malformed()) };
    let variant = match variant {
        "2a" => 'a',
        "2b" => 'b',
        "2y" => 'y',
        _ => return Err(malformed()),
    };
    let cost = Some(cost).filter(|cost| cost.len() == 2).and_then(|cost| number(cost.strip_prefix('0').unwrap_or(cost))).ok_or_else(malformed)?;
    let (salt, hash) = rest.split_at_checked(22).ok_or_else(malformed)?;
    // The last character of either holds spare bits, which writers leave set: they are no part of the value.
    let salt = lenient(salt).and_then(|salt| salt.try_into().ok()).ok_or_else(malformed)?;
    let hash = lenient(hash).filter(|hash| hash.len() == 23).ok_or_else(malformed)?;
    Ok(Bcrypt { variant, cost, salt, hash })
}

const ALPHABET: &str = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Unpadded base64 in bcrypt's alphabet, whatever its spare bits say.
fn lenient(text: &str) -> Option<Vec<u8>> {
    let spare = match text.len() % 4 {
        2 => 0b1111,
        3 => 0b11,
        0 => 0,
        _ => return None,
    };
    let (head, last) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let value = ALPHABET.find(last)? & !spare;
    Base64Bcrypt::decode_vec(&format!("{head}{}", ALPHABET.get(value..=value)?)).ok()
}

impl Bcrypt {
    pub const fn kind(&self) -> Kind {
        Kind::Bcrypt { cost: self.cost }
    }

    pub fn canonical(&self) -> String {
        format!("$2{}${:02}${}{}", self.variant, self.cost, Base64Bcrypt::encode_string(&self.salt), Base64Bcrypt::encode_string(&self.hash))
    }

    pub fn matches(&self, password: &Password) -> bool {
        let key = key(password);
        let mut state: Blowfish = Blowfish::bc_init_state();
        state.salted_expand_key(&self.salt, &key);
        turn(&mut state, &key, &self.salt, 1 << self.cost);
        let mut hash = Vec::with_capacity(24);
        for pair in PLAIN.chunks_exact(2) {
            let mut words = [pair.first().copied().unwrap_or_default(), pair.last().copied().unwrap_or_default()];
            for _ in 0..64 {
                words = state.bc_encrypt(words);
            }
            hash.extend(words.into_iter().flat_map(u32::to_be_bytes));
        }
        hash.truncate(23);
        hash.ct_eq(&self.hash).into()
    }
}

fn key(password: &Password) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(password.reveal().as_bytes().to_vec());
    key.push(0);
    key.truncate(COUNTS);
    key
}

fn turn(state: &mut Blowfish, key: &[u8], salt: &[u8], times: u32) {
    for _ in 0..times {
        state.bc_expand_key(key);
        state.bc_expand_key(salt);
    }
}

/// As many turns of the key schedule as lie between two costs, `None` being none at all.
pub fn spend(password: &Password, from: Option<u32>, to: u32) {
    let times = (1u32 << to.min(12)).saturating_sub(from.map_or(0, |cost| 1 << cost.min(12)));
    let mut state: Blowfish = Blowfish::bc_init_state();
    turn(&mut state, &key(password), &[7; SALT], times);
    std::hint::black_box(state.bc_encrypt([0, 0]));
}
