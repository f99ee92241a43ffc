//! [`Clock`], which stands still between I/O.

use portcullis_core::{domain::time::Millis, ports::Clock};

pub struct System;

impl Clock for System {
    fn now(&self) -> Millis {
        now()
    }
}

pub fn now() -> Millis {
    #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds, far below 2^53")]
    Millis(js_sys::Date::now() as i64)
}
