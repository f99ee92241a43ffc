//! Origin apps: their registry, their credentials, and the tokens minted for them.

mod registry;
mod tokens;
