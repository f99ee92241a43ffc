//! ES256 in pure Rust: the twin of the platform's WebCrypto, for native tests and tools, and the check on it.

use base64ct::{Base64UrlUnpadded, Encoding};
use p256::ecdsa::{
    Signature, SigningKey, VerifyingKey,
    signature::{Signer as _, Verifier as _},
};

use super::jwk::{PrivateJwk, PublicJwk};
use crate::ports::{Entropy, Fut, Signer, SignerError};

/// With the random numbers that new keys are made of.
pub struct PortableSigner<E>(pub E);

/// Signs without a port.
pub fn sign(key: &PrivateJwk, message: &[u8]) -> Result<[u8; 64], SignerError> {
    let scalar = Base64UrlUnpadded::decode_vec(key.reveal_scalar()).map_err(|e| SignerError(e.to_string()))?;
    let signing = SigningKey::from_slice(&scalar).map_err(|e| SignerError(e.to_string()))?;
    let signature: Signature = signing.sign(message);
    Ok(signature.to_bytes().into())
}

/// Verifies without a port.
pub fn verify(key: &PublicJwk, message: &[u8], signature: &[u8; 64]) -> Result<bool, SignerError> {
    let key = verifying_key(key).ok_or_else(|| SignerError("not a P-256 point".into()))?;
    Ok(Signature::from_slice(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok()))
}

fn jwk(key: &SigningKey) -> Option<PrivateJwk> {
    let point = key.verifying_key().to_encoded_point(false);
    let encode = |bytes: &[u8]| Base64UrlUnpadded::encode_string(bytes);
    PrivateJwk::new(PublicJwk::new(encode(point.x()?), encode(point.y()?)), encode(&key.to_bytes()))
}

/// The verifying key of a JWK; `None` when its point is not on the curve.
pub fn verifying_key(key: &PublicJwk) -> Option<VerifyingKey> {
    let coordinate = |text: &str| Base64UrlUnpadded::decode_vec(text).ok().filter(|bytes| bytes.len() == 32);
    let point = [vec![4], coordinate(&key.x)?, coordinate(&key.y)?].concat();
    VerifyingKey::from_sec1_bytes(&point).ok()
}

impl<E: Entropy> Signer for PortableSigner<E> {
    fn sign(&self, key: &PrivateJwk, message: Vec<u8>) -> Fut<'_, Result<[u8; 64], SignerError>> {
        let signed = sign(key, &message);
        Box::pin(async move { signed })
    }

    fn generate(&self) -> Fut<'_, Result<PrivateJwk, SignerError>> {
        let mut scalar = [0; 32];
        self.0.fill(&mut scalar);
        // All but one of 2^32 numbers are scalars of the curve.
        let made = SigningKey::from_slice(&scalar).ok().as_ref().and_then(jwk).ok_or_else(|| SignerError("an unlucky number".into()));
        Box::pin(async move { made })
    }

    fn verify(&self, key: &PublicJwk, message: Vec<u8>, signature: [u8; 64]) -> Fut<'_, Result<bool, SignerError>> {
        let holds = verify(key, &message, &signature);
        Box::pin(async move { holds })
    }
}
