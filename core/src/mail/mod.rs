//! Mails: which there are, what they say in each language, how they look, and how they leave.
//!
//! Rendering is pure: the same content gives the same bytes, and a mailed token is derived again whenever its mail is
//! rendered, so none is ever stored. Names come from strangers, which is what [`untrusted`] is for.

pub mod colour;
mod html;
pub mod inbox;
pub mod links;
pub mod outbox;
pub mod render;
pub mod template;
pub mod texts;
pub mod untrusted;

#[cfg(test)]
mod golden;
