-- The one time that somebody became an administrator by the deployment's own secret. One row, ever.
CREATE TABLE bootstrap (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  user_id  TEXT NOT NULL REFERENCES staff_users (id),
  used_at  INTEGER NOT NULL
) STRICT;
