//! Pages written for nothing, so that a write takes as long where there is nobody to write for.
//!
//! Running the same statements is not enough: a row that is inserted touches a page in its table and one in each index,
//! and a statement that finds nothing touches none. The difference was 0.4 ms between a known and an unknown address,
//! seen after 300 requests. Rows of `ballast` fill a page each; changing one writes one page. Nothing grows, whoever asks.

use crate::{args, ports::Statement};

/// Rows there are, a power of two.
pub const SLOTS: u32 = 64;

/// Writes this many pages, from a slot on that differs from request to request. (SQLite writes a page only where a value
/// in it becomes another one: so it counts.)
pub fn shift(pages: u32, from: u8) -> Statement {
    let slots: Vec<u32> = (0..pages.min(SLOTS)).map(|n| u32::from(from).wrapping_add(n) % SLOTS).collect();
    Statement::new("UPDATE ballast SET times = times + 1 WHERE slot IN (SELECT value FROM json_each(?1))", args![format!("{slots:?}")])
}
