#!/usr/bin/env bash
# Everything `wrangler deploy` does short of uploading; what it would upload is left in build/deploy.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$root"
quietly build/deploy.log wrangler deploy --dry-run --outdir build/deploy \
  || die "wrangler would not deploy this"
ok "deployable: $(grep -o 'Total Upload.*' build/deploy.log)"
