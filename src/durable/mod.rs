//! The Durable Objects, and how the Worker asks them: `POST`, JSON both ways, messages from the core's contract.

mod channel;
mod hasher;
mod limiter;

use std::time::Duration;

use js_sys::futures::JsFuture;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};
use worker::{Response, worker_sys::DurableObjectNamespace};

use crate::{console::sentence, deadline::within};

/// Why an object gave no answer. The status is 0 when it was not reached.
pub struct Refusal {
    pub status: u16,
    pub text: String,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Failure {
    error: String,
}

/// Asks the object of that name, and makes it if it does not exist yet.
pub async fn ask<A: DeserializeOwned>(
    namespace: &DurableObjectNamespace,
    object: &str,
    url: &str,
    message: &impl Serialize,
    limit: Duration,
) -> Result<A, Refusal> {
    let unreached = |text: String| Refusal { status: 0, text };
    let body = serde_json::to_string(message).map_err(|e| unreached(e.to_string()))?;
    let call = async {
        let init = web_sys::RequestInit::new();
        init.set_method("POST");
        init.set_body(&JsValue::from_str(&body));
        let request = web_sys::Request::new_with_str_and_init(url, &init)?;
        let response: web_sys::Response = JsFuture::from(namespace.get_by_name(object)?.fetch_with_request(&request)?).await?.unchecked_into();
        let text = JsFuture::from(response.text()?).await?;
        Ok::<_, JsValue>((response.status(), text.as_string().unwrap_or_default()))
    };
    match within(limit, call).await {
        None => Err(unreached("timed out".into())),
        Some(Err(thrown)) => Err(unreached(sentence(&thrown))),
        Some(Ok((200, text))) => serde_json::from_str(&text).map_err(|e| unreached(format!("unexpected answer: {e}"))),
        Some(Ok((status, text))) => {
            Err(Refusal { status, text: serde_json::from_str::<Failure>(&text).map_or_else(|_| format!("status {status}"), |failure| failure.error) })
        }
    }
}

fn answer(body: &impl Serialize) -> worker::Result<Response> {
    Response::from_json(body)
}

fn refuse(status: u16, error: impl ToString) -> worker::Result<Response> {
    Ok(Response::from_json(&Failure { error: error.to_string() })?.with_status(status))
}
