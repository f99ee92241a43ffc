//! HTTP without a platform: requests as plain values, strict JSON, declared bodies, cookies, responses.

pub mod body;
pub mod cookies;
pub mod form;
pub mod host;
pub mod json;
pub mod request;
pub mod response;
pub mod valid;
