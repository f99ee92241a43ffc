//! Pieces of hash strings: numbers and the two dialects of base64 they are written in.

use base64ct::{Base64, Base64Unpadded, Encoding};

/// A number without sign, leading zeros or anything else that two programs could read differently.
pub fn number(text: &str) -> Option<u32> {
    let canonical = text == "0" || (text.bytes().next().is_some_and(|b| b.is_ascii_digit() && b != b'0') && text.bytes().all(|b| b.is_ascii_digit()));
    canonical.then(|| text.parse().ok()).flatten()
}

/// `name=number`.
pub fn named(text: &str, name: &str) -> Option<u32> {
    text.strip_prefix(name)?.strip_prefix('=').and_then(number)
}

/// Standard or URL-safe base64 with or without padding; Passlib writes `.` for `+`.
pub fn bytes(text: &str) -> Option<Vec<u8>> {
    let text = text.replace(['.', '-'], "+").replace('_', "/");
    if text.ends_with('=') { Base64::decode_vec(&text).ok() } else { Base64Unpadded::decode_vec(&text).ok() }
}

/// As the PHC format has it: standard alphabet, no padding.
pub fn base64(bytes: &[u8]) -> String {
    Base64Unpadded::encode_string(bytes)
}

/// Lower- or upper-case hex.
pub fn hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2).and_then(|pair| u8::from_str_radix(pair, 16).ok())).collect()
}

/// Salts and results of a sensible length; an empty result would match everything.
pub fn fit(salt: &[u8], hash: &[u8]) -> Result<(), String> {
    if salt.len() > 128 {
        return Err("The salt holds more than 128 bytes".into());
    }
    if !(16..=128).contains(&hash.len()) {
        return Err("The hash does not hold 16 to 128 bytes".into());
    }
    Ok(())
}
