-- Moving in: a run of an import, how far it has come, and what became of each line. Kept for thirty days.

CREATE TABLE customer_imports (
  id               TEXT PRIMARY KEY,
  tenant_id        TEXT NOT NULL REFERENCES tenants (id),
  organization_id  TEXT NOT NULL,
  created_by       TEXT NOT NULL,
  -- What the caller calls the file, so that whoever goes on later takes the same.
  source           TEXT NOT NULL,
  dry_run          INTEGER NOT NULL CHECK (dry_run IN (0, 1)),
  -- The first line that has not been read yet. Moves in the batch of the lines before it, and in no other way.
  next_line        INTEGER NOT NULL DEFAULT 1,
  created          INTEGER NOT NULL DEFAULT 0,
  updated          INTEGER NOT NULL DEFAULT 0,
  unchanged        INTEGER NOT NULL DEFAULT 0,
  refused          INTEGER NOT NULL DEFAULT 0,
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER NOT NULL,
  finished_at      INTEGER
) STRICT;

CREATE INDEX customer_imports_by_organization ON customer_imports (tenant_id, organization_id, created_at, id);
CREATE INDEX customer_imports_by_age ON customer_imports (created_at);

-- One row a chunk, an array of lines in it: a hundred thousand lines are a few hundred rows.
CREATE TABLE customer_import_reports (
  import_id   TEXT NOT NULL REFERENCES customer_imports (id),
  first_line  INTEGER NOT NULL,
  lines       TEXT NOT NULL CHECK (json_valid(lines)),
  PRIMARY KEY (import_id, first_line)
) STRICT, WITHOUT ROWID;
