//! EC P-256 keys as JWK (RFC 7517), named by their thumbprint (RFC 7638).

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A verification key. `x` and `y` are base64url, 32 bytes each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicJwk {
    pub kid: String,
    pub x: String,
    pub y: String,
}

/// A signing key. No Debug, wiped when dropped.
#[derive(Clone)]
pub struct PrivateJwk {
    pub public: PublicJwk,
    d: Scalar,
}

#[derive(Clone, Zeroize, ZeroizeOnDrop)]
struct Scalar(String);

#[derive(Deserialize)]
struct Wire {
    kty: String,
    crv: String,
    x: String,
    y: String,
    d: Option<String>,
}

/// Members in the order RFC 7638 hashes them, so that this struct is also the thumbprint's input.
#[derive(Serialize)]
struct Thumbprint<'a> {
    crv: &'a str,
    kty: &'a str,
    x: &'a str,
    y: &'a str,
}

#[derive(Serialize)]
struct PublicView<'a> {
    kty: &'a str,
    crv: &'a str,
    x: &'a str,
    y: &'a str,
    kid: &'a str,
    alg: &'a str,
    #[serde(rename = "use")]
    usage: &'a str,
}

impl PublicJwk {
    pub fn new(x: String, y: String) -> Self {
        let input = serde_json::to_vec(&Thumbprint { crv: "P-256", kty: "EC", x: &x, y: &y }).unwrap_or_default();
        Self { kid: Base64UrlUnpadded::encode_string(&Sha256::digest(input)), x, y }
    }

    /// Public members only.
    pub fn view(&self) -> serde_json::Value {
        serde_json::to_value(PublicView { kty: "EC", crv: "P-256", x: &self.x, y: &self.y, kid: &self.kid, alg: "ES256", usage: "sig" })
            .unwrap_or_default()
    }

    pub fn parse(value: &serde_json::Value) -> Option<Self> {
        let wire: Wire = serde_json::from_value(value.clone()).ok()?;
        wire.is_p256().then(|| Self::new(wire.x, wire.y))
    }
}

impl Wire {
    fn is_p256(&self) -> bool {
        self.kty == "EC" && self.crv == "P-256" && is_coordinate(&self.x) && is_coordinate(&self.y)
    }
}

impl PrivateJwk {
    /// Parses a private JWK; the message says what is wrong without showing any of it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wire: Wire = serde_json::from_str(text).map_err(|_| "must be a private EC P-256 key as JWK (JSON)".to_owned())?;
        let fits = wire.is_p256();
        match wire.d {
            Some(d) if fits && is_coordinate(&d) => Ok(Self { public: PublicJwk::new(wire.x, wire.y), d: Scalar(d) }),
            Some(_) => Err("must be of kty EC and crv P-256".to_owned()),
            None => Err("must be a private key: `d` is missing".to_owned()),
        }
    }

    /// A key from its halves.
    pub fn new(public: PublicJwk, d: String) -> Option<Self> {
        is_coordinate(&d).then(|| Self { public, d: Scalar(d) })
    }

    /// The private scalar, base64url, for the platform's key import.
    pub fn reveal_scalar(&self) -> &str {
        &self.d.0
    }
}

fn is_coordinate(text: &str) -> bool {
    let mut bytes = [0; 32];
    Base64UrlUnpadded::decode(text, &mut bytes).is_ok_and(|decoded| decoded.len() == 32)
}

/// The JWKS document (RFC 7517 §5): the same bytes for the same keys.
pub fn key_set(keys: &[PublicJwk]) -> Vec<u8> {
    let keys: Vec<_> = keys.iter().map(PublicJwk::view).collect();
    serde_json::to_vec(&serde_json::json!({ "keys": keys })).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7515 appendix A.3, whose key everybody knows.
    const RFC: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;

    #[test]
    fn the_key_is_named_by_its_thumbprint_and_shows_no_private_member() {
        let key = PrivateJwk::parse(RFC).unwrap();
        assert_eq!(key.public.kid, "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
        assert_eq!(key.public.view().as_object().unwrap().keys().collect::<Vec<_>>(), ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    }

    #[test]
    fn other_curves_and_public_keys_are_refused() {
        assert!(PrivateJwk::parse("").is_err());
        assert!(PrivateJwk::parse(&RFC.replace("P-256", "P-384")).is_err());
        assert!(PrivateJwk::parse(&RFC.replace("\"d\"", "\"e\"")).is_err());
        assert!(PrivateJwk::parse(&RFC.replace("f83OJ3D2", "f83O")).is_err());
    }
}
