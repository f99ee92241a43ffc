//! The places somebody works at: which there are, and going from one to another.

pub mod list;
pub mod switch;
