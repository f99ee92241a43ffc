-- Which paths of an app are open to whom: one document, replaced as a whole. The newest version is in force; the others
-- stay, so that an investigation finds what was in force when.

CREATE TABLE app_rules (
  app_id      TEXT NOT NULL REFERENCES apps (id),
  version     INTEGER NOT NULL CHECK (version > 0),
  -- Whose sessions count where a rule does not say.
  realm       TEXT NOT NULL CHECK (realm IN ('customer', 'staff')),
  -- The organization whose portal customers are sent to for signing in.
  login_slug  TEXT,
  rules_json  TEXT NOT NULL CHECK (json_valid(rules_json)),
  created_at  INTEGER NOT NULL,
  created_by  TEXT,
  PRIMARY KEY (app_id, version)
) STRICT, WITHOUT ROWID;
