//! The steps of the pipeline, one file each; `app.rs` puts them in order.

pub mod admit;
pub mod authenticate;
pub mod body;
pub mod csrf;
pub mod host;
pub mod limit;
pub mod place;
pub mod respond;
pub mod target;
