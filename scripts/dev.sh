#!/usr/bin/env bash
# make dev: everything from a fresh clone to a seeded server. PORT= moves it. Each step skips what is done already.
# DEV_STATE= is a folder for the database and the log instead of .wrangler, so that a test leaves a person's own alone.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$root"
export PORT=${PORT:-8787}
export DEV_STATE=${DEV_STATE:-$root/.wrangler}

case $PORT in
  '' | *[!0-9]*) die "PORT=$PORT is not a port number" ;;
esac
# First, because the steps before the server may take minutes.
if (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then
  die "port $PORT is taken; is another 'make dev' running?" "PORT=$((PORT + 1)) make dev"
fi
# Two servers cannot share one local database.
mkdir -p "$DEV_STATE"
if command -v flock >/dev/null; then
  exec 7>"$DEV_STATE/dev.lock"
  flock -n 7 || die "another 'make dev' of this clone is running" "a second clone can run beside it, on another PORT"
fi

scripts/setup.sh dev
scripts/build.sh release
node scripts/dev-secrets.mjs
scripts/migrate-local.sh

# In a terminal the server gets a process group of its own: Ctrl-C then reaches it alone, it exits with 0, and make
# does not report an interrupt.
if [ -t 0 ]; then
  set -m
  node scripts/dev-server.mjs
else
  exec node scripts/dev-server.mjs
fi
