#!/usr/bin/env bash
# Brings the local D1 up to date. Asking wrangler takes two seconds even when there is nothing to do, so what was
# applied is remembered beside the database itself.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$root"

kept=${DEV_STATE:-.wrangler}
stamp=$kept/state/migrations.applied
now=$(sha256sum migrations/*.sql)
if [ "$now" = "$(cat "$stamp" 2>/dev/null)" ]; then
  ok "local D1 is up to date"
  exit 0
fi
doing "migrating the local D1"
quietly "$kept/migrate.log" wrangler d1 migrations apply DB --local --persist-to "$kept/state" \
  || die "the local D1 could not be migrated"
printf '%s\n' "$now" >"$stamp"
ok "local D1: $(printf '%s\n' "$now" | wc -l) migration files"
