//! Answers in the turn of the event loop that asked, where nothing has to be waited for.
//!
//! A promise, the microtask that starts its future and the closures that settle it cost as much as a check that is
//! granted from memory. So a future is polled once before it becomes a promise.

use std::{
    pin::Pin,
    task::{Context, Poll, Waker},
};

use js_sys::futures::future_to_promise;
use wasm_bindgen::JsValue;

/// What a future is done with: nothing of it may be seen half done by what comes after a panic.
pub type Work = Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>;

/// The value, or a promise of it. Polling again is what makes the first poll's waker, which wakes nobody, harmless.
pub fn now_or_later(mut work: Work) -> Result<JsValue, JsValue> {
    match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => Ok(future_to_promise(std::panic::AssertUnwindSafe(work)).into()),
    }
}
