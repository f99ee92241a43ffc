//! The core on SQLite, with every port in a test's hand: [`World`] is a deployment, [`Req`] a request, [`Persona`]
//! somebody who sends it, [`cases`] a typical request of every route.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should stop where it stands"
)]

pub mod cases;
pub mod cast;
pub mod channels;
pub mod contract;
pub mod database;
pub mod documented;
pub mod feed;
pub mod golden;
pub mod people;
pub mod ports;
pub mod request;
pub mod seats;
pub mod sources;
pub mod staff;
pub mod world;

pub use database::{Fault, SqliteDatabase};
pub use people::{PEOPLE, Persona};
pub use request::{Jar, Req, Res};
pub use world::{World, block_on};

/// A hash of a password under parameters nobody would choose today.
pub fn weak_hash(password: &str) -> String {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version, password_hash::SaltString};
    let params = Params::new(64, 1, 1, None).unwrap();
    let salt = SaltString::encode_b64(&[9; 16]).unwrap();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password(password.as_bytes(), &salt).unwrap().to_string()
}
