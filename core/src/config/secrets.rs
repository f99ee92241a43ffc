//! Secrets everybody knows are no secrets.

use super::{Config, read::Reader};

/// `kid`s of signing keys that are printed in RFCs and examples (RFC 7515 A.3, RFC 7517 A.1).
const SAMPLE_KEYS: [&str; 2] = ["oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U", "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s"];

/// Words out of guides and samples, and texts of a few letters: 24 random ones hold fewer than ten distinct ones with a
/// probability below 1 in 10^6, whatever base they are written in.
fn is_typed(secret: &str) -> bool {
    const WORDS: [&str; 6] = ["sample", "example", "change", "replace", "bootstrap", "password"];
    let lower = secret.to_ascii_lowercase();
    let mut letters: Vec<u8> = lower.bytes().collect();
    letters.sort_unstable();
    letters.dedup();
    letters.len() < 8 || WORDS.iter().any(|word| lower.contains(word))
}

pub fn refuse_samples(config: &Config, r: &mut Reader) {
    let mut distinct = config.master_secret.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    // 32 random bytes hold fewer than 16 distinct values with a probability below 1 in 10^15.
    if distinct.len() < 16 || config.master_secret.iter().all(u8::is_ascii_graphic) {
        r.problem("MASTER_SECRET looks typed or copied, not random: make one with `openssl rand -base64 32`");
    }
    if config.signing_key.as_ref().is_some_and(|key| SAMPLE_KEYS.contains(&key.public.kid.as_str())) {
        r.problem("SIGNING_KEY_JWK is a key printed in an RFC");
    }
    if let Some(secret) = &config.bootstrap_secret {
        if secret.len() < 24 {
            r.problem("BOOTSTRAP_SECRET must hold at least 24 characters");
        } else if is_typed(secret) {
            r.problem("BOOTSTRAP_SECRET looks typed or copied, not random: make one with `openssl rand -base64 32`");
        }
    }
}
