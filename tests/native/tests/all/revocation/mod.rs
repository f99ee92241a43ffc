//! What is revoked, as the feed tells it.

mod complete;
mod document;
mod fast;
mod places;
mod rows;
mod session_end;
