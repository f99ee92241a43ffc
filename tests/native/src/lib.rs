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
pub mod contract;
pub mod database;
pub mod golden;
pub mod people;
pub mod ports;
pub mod request;
pub mod sources;
pub mod staff;
pub mod world;

pub use database::{Fault, SqliteDatabase};
pub use people::{PEOPLE, Persona};
pub use request::{Jar, Req, Res};
pub use world::{World, block_on};
