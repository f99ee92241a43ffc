//! Filtered lists: how candidates are found, and how many are looked at.
//!
//! A filtered list looks at a bounded number of candidates of its narrowest filter, however many there are. With more
//! than that it shows and counts what it found among them, and says that the total is not exact.

/// Candidates a filtered list looks at, and the highest total it counts to.
pub const CANDIDATES: i64 = 10_000;

/// One more than may be counted, which is how more are noticed.
pub const ENOUGH: i64 = CANDIDATES + 1;

/// The words a row `s` of the index begins with a word `w`: one range of either of its keys.
const BEGINS: &str = "s.word >= w.word AND s.word < w.word || char(1114111)";

/// Whether a row `u` has every word of `?3`, where another filter brought the candidates.
pub const EVERY_WORD: &str = "NOT EXISTS (SELECT 1 FROM json_each(?3) asked WHERE NOT EXISTS (SELECT 1 FROM customer_search s WHERE s.subject_id = u.id \
     AND s.word >= asked.value AND s.word < asked.value || char(1114111)))";

/// Common table expressions that leave `near (id)`, up to [`ENOUGH`] rows of the rarest word, and `matching (id)`, those
/// of them that have every word. `?2` is the organization, `?3` a JSON array of words; none of them finds nothing.
pub fn by_words(kind: &str) -> String {
    let here = format!("s.organization_id = ?2 AND s.kind = '{kind}'");
    format!(
        "wanted AS MATERIALIZED (SELECT value AS word FROM json_each(?3)), \
         rarest AS MATERIALIZED (SELECT w.word FROM wanted w ORDER BY \
         (SELECT count(*) FROM (SELECT 1 FROM customer_search s WHERE {here} AND {BEGINS} LIMIT {ENOUGH})), length(w.word) DESC LIMIT 1), \
         near AS MATERIALIZED (SELECT s.subject_id AS id FROM rarest w CROSS JOIN customer_search s WHERE {here} AND {BEGINS} LIMIT {ENOUGH}), \
         matching AS MATERIALIZED (SELECT DISTINCT near.id FROM near WHERE NOT EXISTS \
         (SELECT 1 FROM wanted w WHERE NOT EXISTS (SELECT 1 FROM customer_search s WHERE s.subject_id = near.id AND {BEGINS})))"
    )
}
