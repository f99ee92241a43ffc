-- Whether any tenant is strict: a sign-in of staff that names no tenant is counted as the strictest one counts.

CREATE INDEX tenants_strict ON tenants (id) WHERE policy = 'strict' AND deleted_at IS NULL;
