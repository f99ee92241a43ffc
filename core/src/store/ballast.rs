//! Pages written for nothing, so that a write takes as long where there is nobody to write for.
//!
//! Running the same statements is not enough: a row that is inserted touches a page in its table and one in each index,
//! and a statement that finds nothing touches none. The difference was 0.4 ms between a known and an unknown address,
//! seen after 300 requests. Rows of `ballast` fill a page each; changing one writes one page. Nothing grows, whoever asks.

use crate::{
    args,
    domain::id::{Id, Tenant},
    ports::Statement,
};

/// Rows there are, a power of two.
pub const SLOTS: u32 = 64;

/// What making a row computes beside writing it (defaults, checks, triggers, index keys), as bytes turned into digits per
/// page: 0.1 ms for a link's 17. Found on workerd over 4,000 pairs; without it a known address takes 0.12 ms longer.
const WORK_PER_PAGE: i64 = 3_000;

/// Writes this many pages, from a slot on that differs from request to request. (SQLite writes a page only where a value
/// in it becomes another one: so it counts.)
pub fn shift(pages: u32, from: u8) -> Statement {
    let slots: Vec<u32> = (0..pages.min(SLOTS)).map(|n| u32::from(from).wrapping_add(n) % SLOTS).collect();
    Statement::new(
        "UPDATE ballast SET times = times + 1 WHERE slot IN (SELECT value FROM json_each(?1)) AND length(hex(zeroblob(?2))) > 0",
        args![format!("{slots:?}"), i64::from(pages) * WORK_PER_PAGE],
    )
}

/// The page that an event of the tenant's would have written to the queue of webhooks, where somebody listens and none happened.
/// Who named no tenant is taken for somebody of one with listeners, if there is any. `from` and `pages` as for [`shift`],
/// whose pages it stays off: a page changed twice is written once.
pub fn unqueued(tenant: Option<Id<Tenant>>, none_happened: bool, pages: u32, from: u8) -> Statement {
    let slot = pages.min(SLOTS - 1).wrapping_add(u32::from(from)) % SLOTS;
    let listener = |of: &str| format!("EXISTS (SELECT 1 FROM webhook_endpoints e WHERE e.tenant_id {of} AND e.deleted_at IS NULL AND e.enabled = 1)");
    Statement::new(
        format!(
            "UPDATE ballast SET times = times + 1 WHERE slot = ?1 AND ?2 = 1 AND CASE WHEN ?3 IS NULL THEN {} ELSE {} END",
            listener("> ''"),
            listener("= ?3")
        ),
        args![i64::from(slot), none_happened, tenant],
    )
}
