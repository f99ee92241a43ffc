//! One page of a list: its rows as JSON and how many there are, in one row of one query.

use serde::{Deserialize, de::DeserializeOwned};

use super::search::CANDIDATES;
use crate::ports::StoreError;

/// Which page is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    pub number: u32,
    pub size: u32,
}

impl Page {
    pub fn offset(self) -> i64 {
        i64::from(self.number.saturating_sub(1)) * i64::from(self.size)
    }
}

/// What a list query answers with.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ListRow {
    total: i64,
    /// How many candidates were looked at; 0 for a list without filters, whose total is counted as it changes.
    candidates: i64,
    items: String,
}

/// A page with its total.
#[derive(Clone, Debug)]
pub struct Listed<T> {
    pub items: Vec<T>,
    pub total: i64,
    pub exact: bool,
}

impl<T> Listed<T> {
    pub const EMPTY: Self = Self { items: Vec::new(), total: 0, exact: true };
}

impl ListRow {
    pub fn read<T: DeserializeOwned>(self) -> Result<Listed<T>, StoreError> {
        let items = serde_json::from_str(&self.items).map_err(|e| StoreError::Broken(format!("a list's row does not fit its struct: {e}")))?;
        let total = if self.candidates == 0 { self.total } else { self.total.min(CANDIDATES) };
        Ok(Listed { items, total, exact: self.candidates <= CANDIDATES })
    }
}

/// A page of a list without filters. `?1` and `?2` are tenant and organization, `?4` and `?5` the page's size and offset;
/// a page behind the last one reads nothing.
pub fn unfiltered(kind: &str, table: &str, shape: &str) -> String {
    let total = format!("COALESCE((SELECT n FROM customer_counters WHERE tenant_id = ?1 AND organization_id = ?2 AND kind = '{kind}'), 0)");
    let kinds = if kind == "user" { String::new() } else { format!(" AND kind = '{kind}'") };
    format!(
        "SELECT {total} AS total, 0 AS candidates, (SELECT json_group_array({shape}) FROM (SELECT id FROM {table} \
         WHERE tenant_id = ?1 AND organization_id = ?2 AND deleted_at IS NULL{kinds} ORDER BY created_at DESC, id DESC \
         LIMIT CASE WHEN ?5 < {total} THEN ?4 ELSE 0 END OFFSET ?5) page CROSS JOIN {table} u ON u.id = page.id) AS items"
    )
}

/// A page of candidates, parameters as above. `with` defines `near` and `hits`; `condition` speaks of a row `u`.
pub fn filtered(with: &str, table: &str, condition: &str, shape: &str) -> String {
    format!(
        "WITH {with}, found AS MATERIALIZED (SELECT u.id, u.created_at FROM hits CROSS JOIN {table} u ON u.id = hits.id \
         WHERE u.tenant_id = ?1 AND u.organization_id = ?2 AND u.deleted_at IS NULL AND {condition}) \
         SELECT (SELECT count(*) FROM found) AS total, (SELECT count(*) FROM near) AS candidates, \
         (SELECT json_group_array({shape}) FROM (SELECT id FROM found ORDER BY created_at DESC, id DESC LIMIT ?4 OFFSET ?5) page \
         CROSS JOIN {table} u ON u.id = page.id) AS items"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(total: i64, candidates: i64) -> Listed<i64> {
        ListRow { total, candidates, items: "[]".into() }.read().unwrap()
    }

    #[test]
    fn a_filtered_total_is_counted_to_ten_thousand_and_marked_beyond() {
        assert_eq!((listed(12, 40).total, listed(12, 40).exact), (12, true));
        assert_eq!((listed(10_000, 10_000).total, listed(10_000, 10_000).exact), (10_000, true));
        assert_eq!((listed(10_001, 10_001).total, listed(10_001, 10_001).exact), (10_000, false));
        assert_eq!((listed(3, 10_001).total, listed(3, 10_001).exact), (3, false));
    }

    #[test]
    fn an_unfiltered_total_is_a_counter_and_always_exact() {
        assert_eq!((listed(1_000_000, 0).total, listed(1_000_000, 0).exact), (1_000_000, true));
    }
}
