//! [`Entropy`] from the platform's own generator, `crypto.getRandomValues`.
//!
//! A request draws many small numbers, and each draw is several calls out of Wasm: they come from a stock that is filled
//! at once. What has been drawn is wiped, so that no number is given out twice and none stays behind.

use std::cell::RefCell;

use portcullis_core::ports::Entropy;

const STOCK: usize = 512;

thread_local! {
    static LEFT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

pub struct System;

impl Entropy for System {
    fn fill(&self, buffer: &mut [u8]) {
        LEFT.with_borrow_mut(|left| {
            if left.len() < buffer.len() {
                left.resize(STOCK.max(buffer.len()), 0);
                if getrandom::fill(left).is_err() {
                    left.clear();
                    // Only a runtime without WebCrypto gets here. Going on would make tokens anybody can guess, so this
                    // request ends, and this request alone: the build unwinds.
                    std::panic::resume_unwind(Box::new("no entropy"));
                }
            }
            let at = left.len() - buffer.len();
            for (to, from) in buffer.iter_mut().zip(left.iter_mut().skip(at)) {
                *to = std::mem::take(from);
            }
            left.truncate(at);
        });
    }
}

pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    System.fill(&mut bytes);
    bytes
}
