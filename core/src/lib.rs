//! Portcullis without the platform: every decision, query and route of the product. Builds and tests natively; the
//! Worker around it only translates.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

pub mod config;
pub mod contract;
pub mod domain;
pub mod hashing;
pub mod jose;
pub mod mail;
pub mod ports;
pub mod problem;
pub mod web;
