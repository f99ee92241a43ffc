//! The Durable Objects, and how the Worker asks them: `POST`, JSON both ways, messages from the core's contract.

mod hasher;
mod limiter;

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsValue;
use worker::{Method, ObjectNamespace, Request, RequestInit, Response};

use crate::deadline::within;

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
    namespace: &ObjectNamespace,
    object: &str,
    url: &str,
    message: &impl Serialize,
    limit: Duration,
) -> Result<A, Refusal> {
    let unreached = |text: String| Refusal { status: 0, text };
    let body = serde_json::to_string(message).map_err(|e| unreached(e.to_string()))?;
    let call = async {
        let mut init = RequestInit::new();
        init.with_method(Method::Post).with_body(Some(JsValue::from_str(&body)));
        let request = Request::new_with_init(url, &init)?;
        let mut response = namespace.get_by_name(object)?.fetch_with_request(request).await?;
        let text = response.text().await?;
        Ok::<_, worker::Error>((response.status_code(), text))
    };
    match within(limit, call).await {
        None => Err(unreached("timed out".into())),
        Some(Err(error)) => Err(unreached(error.to_string())),
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
