//! [`Signer`] on WebCrypto, ten times faster than ES256 in Wasm. Both write signatures as raw `r‖s`.
//!
//! A key is imported once per isolate and kept by what it is for and its `kid`, which is its thumbprint.

use std::{
    cell::{OnceCell, RefCell},
    collections::HashMap,
};

use js_sys::{Array, JSON, Object, Promise, Reflect, Uint8Array, futures::JsFuture};
use portcullis_core::{
    jose::jwk::{PrivateJwk, PublicJwk},
    ports::{Fut, Signer, SignerError},
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CryptoKey, EcKeyImportParams, EcdsaParams, JsonWebKey, SubtleCrypto, WorkerGlobalScope};

use crate::console::sentence;

/// More than any key set has; above it the isolate starts over.
const MAX_KEYS: usize = 64;

thread_local! {
    static KEYS: RefCell<HashMap<(Usage, String), CryptoKey>> = RefCell::default();
    /// The isolate's own, which no request brought along.
    static SUBTLE: OnceCell<SubtleCrypto> = const { OnceCell::new() };
    static ES256: Object = EcdsaParams::new_with_str("ECDSA", "SHA-256").unchecked_into();
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Usage {
    Sign,
    Verify,
}

pub struct WebCrypto;

impl Signer for WebCrypto {
    fn sign(&self, key: &PrivateJwk, message: Vec<u8>) -> Fut<'_, Result<[u8; 64], SignerError>> {
        let private = key.clone();
        Box::pin(async move {
            let key = imported(&private.public, Some(&private)).await?;
            let message = Uint8Array::from(message.as_slice());
            let signature = settle(subtle()?.sign_with_object_and_js_u8_array(&es256(), &key, &message)).await?;
            Uint8Array::new(&signature).to_vec().try_into().map_err(|_| SignerError("a signature is 64 bytes".into()))
        })
    }

    fn generate(&self) -> Fut<'_, Result<PrivateJwk, SignerError>> {
        Box::pin(async move {
            let usages = Array::of2(&"sign".into(), &"verify".into());
            let pair = settle(subtle()?.generate_key_with_object(&p256(), true, &usages)).await?;
            let private: CryptoKey = Reflect::get(&pair, &"privateKey".into()).map_err(failure)?.unchecked_into();
            let exported = settle(subtle()?.export_key("jwk", &private)).await?;
            let text = String::from(JSON::stringify(&exported).map_err(failure)?);
            PrivateJwk::parse(&text).map_err(SignerError)
        })
    }

    fn verify(&self, key: &PublicJwk, message: Vec<u8>, signature: [u8; 64]) -> Fut<'_, Result<bool, SignerError>> {
        let public = key.clone();
        Box::pin(async move {
            let key = imported(&public, None).await?;
            let (signature, message) = (Uint8Array::from(signature.as_slice()), Uint8Array::from(message.as_slice()));
            let holds = settle(subtle()?.verify_with_object_and_js_u8_array_and_js_u8_array(&es256(), &key, &signature, &message)).await?;
            holds.as_bool().ok_or_else(|| SignerError("neither true nor false".into()))
        })
    }
}

async fn imported(public: &PublicJwk, private: Option<&PrivateJwk>) -> Result<CryptoKey, SignerError> {
    let (usage, name) = if private.is_some() { (Usage::Sign, "sign") } else { (Usage::Verify, "verify") };
    let slot = (usage, public.kid.clone());
    if let Some(key) = KEYS.with_borrow(|keys| keys.get(&slot).cloned()) {
        return Ok(key);
    }
    let jwk = JsonWebKey::new("EC");
    jwk.set_crv("P-256");
    jwk.set_x(&public.x);
    jwk.set_y(&public.y);
    if let Some(private) = private {
        jwk.set_d(private.reveal_scalar());
    }
    let usages = Array::of1(&name.into());
    let key: CryptoKey = settle(subtle()?.import_key_with_object("jwk", &jwk, &p256(), false, &usages)).await?.unchecked_into();
    KEYS.with_borrow_mut(|keys| {
        if keys.len() >= MAX_KEYS {
            keys.clear();
        }
        keys.insert(slot, key.clone());
    });
    Ok(key)
}

fn p256() -> Object {
    let algorithm = EcKeyImportParams::new("ECDSA");
    algorithm.set_named_curve("P-256");
    algorithm.unchecked_into()
}

fn es256() -> Object {
    ES256.with(Object::clone)
}

fn subtle() -> Result<SubtleCrypto, SignerError> {
    if let Some(known) = SUBTLE.with(|cell| cell.get().cloned()) {
        return Ok(known);
    }
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    let subtle = scope.crypto().map_err(failure)?.subtle();
    Ok(SUBTLE.with(|cell| cell.get_or_init(|| subtle).clone()))
}

async fn settle(promise: Result<Promise, JsValue>) -> Result<JsValue, SignerError> {
    JsFuture::from(promise.map_err(failure)?).await.map_err(failure)
}

fn failure(thrown: JsValue) -> SignerError {
    SignerError(sentence(&thrown))
}
