//! Portcullis without the platform: every decision, query and route of the product. Builds and tests natively; the
//! Worker around it only translates.
//!
//! Reading order: [`routes`] is the table of everything it does, [`app`] the pipeline each request takes, [`cx`] what
//! a handler may touch, [`ports`] what a platform has to offer.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]
// Problems are rich and rare; boxing each would buy nothing on a path that ends the request.
#![allow(clippy::result_large_err)]

pub mod account;
pub mod actor;
pub mod admin;
pub mod app;
pub mod apps;
pub mod audit;
pub mod change;
pub mod config;
pub mod contract;
pub mod customers;
pub mod cx;
pub mod dev;
pub mod directory;
pub mod domain;
pub mod edge;
pub mod embed;
pub mod hashing;
pub mod io;
pub mod jose;
pub mod later;
pub mod live;
pub mod mail;
pub mod moving;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod ops;
pub mod pack;
pub mod pages;
pub mod pipeline;
pub mod portal;
pub mod ports;
pub mod problem;
pub mod router;
pub mod routes;
pub mod session;
pub mod signing;
pub mod staff;
pub mod store;
pub mod stream;
pub mod twin;
pub mod web;
pub mod webhooks;
