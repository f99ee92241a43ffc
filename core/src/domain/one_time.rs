//! A password to be read out over the telephone and changed at first use.

use super::secret::Password;

/// Crockford's base 32: no letter looks like a digit. 32 signs, so five bits choose one without bias.
const SIGNS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const GROUP: usize = 4;

/// `k7f2-9qmx-03zd-h8ta`: 16 signs of five bits are 80 bits.
pub fn password(random: [u8; 16]) -> Password {
    let mut text = String::with_capacity(19);
    for (index, byte) in random.iter().enumerate() {
        if index > 0 && index % GROUP == 0 {
            text.push('-');
        }
        text.push(SIGNS.get(usize::from(byte & 31)).copied().map_or('0', char::from));
    }
    Password::new(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_in_groups_and_every_sign_is_equally_likely() {
        assert_eq!(password([0; 16]).reveal(), "0000-0000-0000-0000");
        assert_eq!(password(core::array::from_fn(|n| n as u8)).reveal(), "0123-4567-89ab-cdef");
        let mut seen = [0; 32];
        for byte in 0..=255u8 {
            let made = password([byte; 16]);
            let sign = made.reveal().as_bytes()[0];
            seen[SIGNS.iter().position(|s| *s == sign).unwrap()] += 1;
        }
        assert_eq!(seen, [8; 32]);
    }
}
