//! What the Worker and its Durable Objects say to each other, defined once for both sides.

pub mod channel;
pub mod hasher;
pub mod limiter;
