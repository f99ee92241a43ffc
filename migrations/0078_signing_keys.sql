-- Keys that sign tokens. A row is a key that verifiers may still need; one that is gone has no row, only its trail.

CREATE TABLE signing_keys (
  -- RFC 7638 thumbprint of x and y.
  kid         TEXT PRIMARY KEY,
  state       TEXT NOT NULL CHECK (state IN ('next', 'current', 'retiring')),
  x           TEXT NOT NULL,
  y           TEXT NOT NULL,
  -- The private half under AES-256-GCM, bound to the kid. A key that signs no more has none.
  wrapped     TEXT,
  created_at  INTEGER NOT NULL,
  -- When it came to its present state.
  since       INTEGER NOT NULL,
  -- When the last verifier can do without it.
  leaves_at   INTEGER,
  CHECK ((state = 'retiring') = (wrapped IS NULL)),
  CHECK ((state = 'retiring') = (leaves_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- One key signs, and one waits.
CREATE UNIQUE INDEX signing_keys_one_of_a_kind ON signing_keys (state) WHERE state IN ('next', 'current');

-- Rises with every change, so that an isolate sees by one number whether it knows the keys of the day, and so that of two
-- who change the set at once one wins.
CREATE TABLE signing_key_set (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  version  INTEGER NOT NULL
) STRICT;

INSERT INTO signing_key_set (id, version) VALUES (1, 0);
