//! No call to another machine is waited for without end.

use std::{future::Future, pin::pin, time::Duration};

use futures_util::future::{Either, select};
use worker::Delay;

/// The future's output, or `None` when it took longer. What it started elsewhere may still happen.
pub async fn within<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    match select(pin!(future), pin!(Delay::from(limit))).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}
