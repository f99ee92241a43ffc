//! [`Log`] on the console, which the platform collects: one JSON object per line.

use portcullis_core::ports::Log;
use wasm_bindgen::{JsCast, JsValue};

pub struct Console;

impl Log for Console {
    fn line(&self, line: &serde_json::Value) {
        web_sys::console::log_1(&serde_json::to_string(line).unwrap_or_default().into());
    }
}

/// What a thrown value says: its message, and those of its causes where they add something.
pub fn sentence(thrown: &JsValue) -> String {
    let mut text = String::new();
    let mut next = thrown.clone();
    // Causes may be nested and may even go in circles.
    for _ in 0..4 {
        let message = match next.dyn_ref::<js_sys::Error>() {
            Some(error) => String::from(error.message()),
            None => next.as_string().unwrap_or_else(|| format!("{next:?}")),
        };
        if !text.contains(&message) {
            if !text.is_empty() {
                text.push_str("; ");
            }
            text.push_str(&message);
        }
        match next.dyn_ref::<js_sys::Error>().map(js_sys::Error::cause) {
            Some(cause) if !cause.is_null() && !cause.is_undefined() => next = cause,
            _ => break,
        }
    }
    text
}
