//! JWS compact serialisation (RFC 7515) for ES256, as narrow as it can be.
//!
//! The header may say `alg`, `typ` and `kid`, each exactly as we write it; anything else (`jku`, `jwk`, `x5u`, `x5c`,
//! `crit`, …) refuses the token unread. The key is chosen by `kid` from our own set, never by the token.

use base64ct::{Base64UrlUnpadded, Encoding};
use jwt_compact::UntrustedToken;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use thiserror::Error;

/// Longer tokens are refused before anything is decoded.
pub const MAX_LENGTH: usize = 8 * 1024;

/// Why a token was refused. For the log; the caller learns only that it was.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Rejection {
    #[error("too long")]
    TooLong,
    #[error("malformed")]
    Malformed,
    #[error("header not acceptable")]
    Header,
    #[error("unknown key")]
    UnknownKey,
    #[error("signature does not hold")]
    Signature,
    #[error("not for this audience")]
    NotForUs,
    #[error("expired or not yet valid")]
    Expired,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// `header.claims` ready to be signed.
pub fn signing_input(kid: &str, claims: &impl Serialize) -> String {
    signing_input_of("JWT", kid, &serde_json::to_vec(claims).unwrap_or_default())
}

/// The same for a document that is no access token: its `typ` says so.
pub fn signing_input_of(typ: &str, kid: &str, payload: &[u8]) -> String {
    let header = serde_json::to_vec(&Header { alg: "ES256".into(), typ: typ.into(), kid: kid.into() }).unwrap_or_default();
    format!("{}.{}", Base64UrlUnpadded::encode_string(&header), Base64UrlUnpadded::encode_string(payload))
}

pub fn with_signature(signing_input: &str, signature: &[u8; 64]) -> String {
    format!("{signing_input}.{}", Base64UrlUnpadded::encode_string(signature))
}

/// A well-formed token whose signature has not been checked: its claims are out of reach until it has.
pub struct Unverified<'t> {
    text: &'t str,
    pub kid: String,
    pub signature: [u8; 64],
}

impl<'t> Unverified<'t> {
    pub fn parse(text: &'t str) -> Result<Self, Rejection> {
        if text.len() > MAX_LENGTH {
            return Err(Rejection::TooLong);
        }
        let header = text.split('.').next().and_then(|h| Base64UrlUnpadded::decode_vec(h).ok()).ok_or(Rejection::Malformed)?;
        let header: Header = serde_json::from_slice(&header).map_err(|_| Rejection::Header)?;
        if header.alg != "ES256" || header.typ != "JWT" {
            return Err(Rejection::Header);
        }
        let token: UntrustedToken<'_, serde_json::Map<String, serde_json::Value>> =
            UntrustedToken::try_from(text).map_err(|_| Rejection::Malformed)?;
        let signature = token.signature_bytes().try_into().map_err(|_| Rejection::Signature)?;
        Ok(Self { text, kid: header.kid, signature })
    }

    /// What the signature covers.
    pub fn signed(&self) -> &[u8] {
        self.text.rsplit_once('.').map_or(&[], |(signed, _)| signed.as_bytes())
    }

    /// The claims, to be called once the signature holds.
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, Rejection> {
        let encoded = self.text.split('.').nth(1).ok_or(Rejection::Malformed)?;
        let bytes = Base64UrlUnpadded::decode_vec(encoded).map_err(|_| Rejection::Malformed)?;
        let value = crate::web::json::parse(&bytes).map_err(|_| Rejection::Malformed)?;
        serde_json::from_value(value).map_err(|_| Rejection::Malformed)
    }
}
