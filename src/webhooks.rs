//! [`WebhookTransport`]: one POST, without redirects, within its time, of whose answer no more than the beginning is read.

use std::time::Duration;

use portcullis_core::ports::{Fut, WebhookAnswer, WebhookError, WebhookPost, WebhookTransport};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::ReadableStreamDefaultReader;
use worker::{AbortController, AbortSignal, Fetch, Method, Request, RequestInit, RequestRedirect};

use crate::{console::sentence, deadline::within};

/// Bytes of an answer that are read; the rest is left.
const READ: usize = 4 * 1024;

pub struct Outward;

impl WebhookTransport for Outward {
    fn post(&self, post: WebhookPost) -> Fut<'_, Result<WebhookAnswer, WebhookError>> {
        Box::pin(async move {
            let failed = |error: worker::Error| WebhookError(format!("no answer: {error}"));
            let request = request(&post).map_err(failed)?;
            let abort = AbortController::default();
            let signal = abort.signal();
            let limit = Duration::from_millis(u64::try_from(post.timeout).unwrap_or_default());
            let answer = within(limit, exchange(request, &signal)).await;
            // Also ends what is left unread, so that no connection stays behind.
            abort.abort();
            match answer {
                None => Err(WebhookError(format!("no answer within {} ms", post.timeout))),
                Some(outcome) => outcome.map_err(failed),
            }
        })
    }
}

fn request(post: &WebhookPost) -> worker::Result<Request> {
    let mut init = RequestInit::new();
    // Where a redirect leads nobody has checked.
    init.with_method(Method::Post).with_redirect(RequestRedirect::Manual).with_body(Some(JsValue::from_str(&post.body)));
    for (name, value) in &post.headers {
        init.headers.set(name, value)?;
    }
    Request::new_with_init(&post.url, &init)
}

async fn exchange(request: Request, signal: &AbortSignal) -> worker::Result<WebhookAnswer> {
    let response = Fetch::Request(request).send_with_signal(signal).await?;
    let status = response.status_code();
    let body: web_sys::Response = response.into();
    let Some(stream) = body.body() else { return Ok(WebhookAnswer { status, text: String::new() }) };
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut bytes = Vec::new();
    while bytes.len() < READ {
        let read = js_sys::futures::JsFuture::from(reader.read()).await.map_err(|thrown| worker::Error::RustError(sentence(&thrown)))?;
        let read: js_sys::IteratorNext = read.unchecked_into();
        if read.done() {
            break;
        }
        let chunk: js_sys::Uint8Array = read.value().unchecked_into();
        let room = u32::try_from(READ - bytes.len()).unwrap_or_default();
        bytes.extend(chunk.subarray(0, chunk.length().min(room)).to_vec());
    }
    Ok(WebhookAnswer { status, text: String::from_utf8_lossy(&bytes).into_owned() })
}
