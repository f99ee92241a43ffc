-- Mail sent in development. Stays empty elsewhere: the transport that writes it refuses to run outside development.

CREATE TABLE development_inbox (
  id          TEXT PRIMARY KEY,
  recipient   TEXT NOT NULL,
  subject     TEXT NOT NULL,
  text        TEXT NOT NULL,
  html        TEXT NOT NULL,
  links       TEXT NOT NULL CHECK (json_valid(links)),
  created_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX development_inbox_by_recipient ON development_inbox (recipient, created_at);
CREATE INDEX development_inbox_by_age ON development_inbox (created_at);
