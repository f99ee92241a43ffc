//! Tokens whose signature held before, so that whoever comes again costs no cryptography.
//!
//! What is kept is a MAC of the token and what it says, never the token. Nothing is decided by it but the signature: that the
//! key is still one of ours, times, audience and revocation are asked on every use, by whoever uses it.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use crate::jose::claims::AccessClaims;

/// Above this, an isolate starts over. Only tokens that hold get in, so nobody fills it with made-up ones.
const MAX: usize = 4_096;

/// See [`crate::domain::keys::Keys::fingerprint`].
pub type Fingerprint = [u8; 16];

/// Claims under a signature that holds.
#[derive(Debug)]
pub struct Proven {
    pub kid: String,
    pub claims: AccessClaims,
    /// Of the token they came in.
    pub fingerprint: Fingerprint,
}

#[derive(Default)]
pub struct Verified(RefCell<HashMap<Fingerprint, Rc<Proven>>>);

impl Verified {
    pub fn find(&self, fingerprint: &Fingerprint) -> Option<Rc<Proven>> {
        self.0.borrow().get(fingerprint).cloned()
    }

    pub fn remember(&self, proven: Proven) -> Rc<Proven> {
        let proven = Rc::new(proven);
        let mut known = self.0.borrow_mut();
        if known.len() >= MAX {
            known.clear();
        }
        known.insert(proven.fingerprint, proven.clone());
        proven
    }
}
