-- Pages that a write touches where there was nothing to write: see core/src/store/ballast.rs. A row fills a page of
-- 4,096 bytes, so that the number of rows changed is the number of pages written. Sixty-four rows, never more.
CREATE TABLE ballast (
  slot INTEGER PRIMARY KEY,
  times INTEGER NOT NULL,
  filling TEXT NOT NULL
) STRICT;

INSERT INTO ballast (slot, times, filling)
WITH RECURSIVE slots (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM slots WHERE n < 63)
SELECT n, 0, hex(zeroblob(1900)) FROM slots;
