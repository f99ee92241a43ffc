//! Origin apps: their registry, their credentials, and the tokens minted for them.

mod attacks;
mod introspection;
mod registry;
mod tokens;
