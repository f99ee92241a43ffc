-- Which tenant a host of its own belongs to. Filled by domain verification; the host rule reads only active rows.

CREATE TABLE domain_mappings (
  id                  TEXT PRIMARY KEY,
  hostname            TEXT NOT NULL UNIQUE CHECK (hostname = lower(hostname) AND hostname NOT LIKE '%.'),
  tenant_id           TEXT NOT NULL REFERENCES tenants (id),
  organization_id     TEXT NOT NULL REFERENCES organizations (id),
  replaces_domain_id  TEXT UNIQUE REFERENCES domain_mappings (id) ON DELETE SET NULL,
  provider            TEXT NOT NULL DEFAULT 'cloudflare',
  status              TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'verified', 'active', 'dns_failed', 'tls_failed')),
  verified_at         INTEGER,
  last_dns_check_at   INTEGER,
  dns_failure_reason  TEXT,
  tls_failure_reason  TEXT,
  tls_retry_count     INTEGER NOT NULL DEFAULT 0,
  created_at          INTEGER NOT NULL,
  updated_at          INTEGER
) STRICT;

CREATE INDEX domain_mappings_by_organization ON domain_mappings (organization_id);
