//! [`Entropy`] from the platform's own generator, `crypto.getRandomValues`.

use portcullis_core::ports::Entropy;

pub struct System;

impl Entropy for System {
    fn fill(&self, buffer: &mut [u8]) {
        if getrandom::fill(buffer).is_err() {
            // Only a runtime without WebCrypto gets here. Going on would make tokens anybody can guess, so this request
            // ends, and this request alone: the build unwinds.
            std::panic::resume_unwind(Box::new("no entropy"));
        }
    }
}

pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    System.fill(&mut bytes);
    bytes
}
