//! ES256 in pure Rust: the twin of the platform's WebCrypto, for native tests and tools, and the check on it.

use base64ct::{Base64UrlUnpadded, Encoding};
use p256::ecdsa::{
    Signature, SigningKey, VerifyingKey,
    signature::{Signer as _, Verifier as _},
};

use super::jwk::{PrivateJwk, PublicJwk};
use crate::ports::{Fut, Signer, SignerError};

pub struct PortableSigner(SigningKey);

impl PortableSigner {
    pub fn new(key: &PrivateJwk) -> Result<Self, SignerError> {
        let scalar = Base64UrlUnpadded::decode_vec(key.reveal_scalar()).map_err(|e| SignerError(e.to_string()))?;
        SigningKey::from_slice(&scalar).map(Self).map_err(|e| SignerError(e.to_string()))
    }
}

/// The verifying key of a JWK; `None` when its point is not on the curve.
pub fn verifying_key(key: &PublicJwk) -> Option<VerifyingKey> {
    let coordinate = |text: &str| Base64UrlUnpadded::decode_vec(text).ok().filter(|bytes| bytes.len() == 32);
    let point = [vec![4], coordinate(&key.x)?, coordinate(&key.y)?].concat();
    VerifyingKey::from_sec1_bytes(&point).ok()
}

impl Signer for PortableSigner {
    fn sign(&self, message: Vec<u8>) -> Fut<'_, Result<[u8; 64], SignerError>> {
        let signature: Signature = self.0.sign(&message);
        Box::pin(async move { Ok(signature.to_bytes().into()) })
    }

    fn verify(&self, key: &PublicJwk, message: Vec<u8>, signature: [u8; 64]) -> Fut<'_, Result<bool, SignerError>> {
        let holds = verifying_key(key)
            .ok_or_else(|| SignerError("not a P-256 point".into()))
            .map(|key| Signature::from_slice(&signature).is_ok_and(|signature| key.verify(&message, &signature).is_ok()));
        Box::pin(async move { holds })
    }
}
