//! One binary, so that the core is linked once. Each file is one idea.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should stop where it stands"
)]

mod budget;
mod contract;
mod directory;
mod effective;
mod equal_pages;
mod equal_work;
mod faults;
mod flows;
mod gate;
mod golden;
mod interleavings;
mod keys;
mod layers;
mod live;
mod mass_assignment;
mod matrix;
mod openapi;
mod operations;
mod priority;
mod props;
mod quality;
mod query_plans;
mod revocation;
mod seats;
mod second_reading;
mod secrets;
mod settings;
mod succession;
mod tokens;
mod trail;
mod twins;
mod webhooks;
