#!/usr/bin/env bash
# Runs every leg even when an earlier one fails, then sums what all of them counted:
# the last line is `N passed, N failed` (and `, N skipped` if any).
set -uo pipefail
. "$(dirname "$0")/env.sh"
cd "$root" || exit
mkdir -p build

passed=0 failed=0 skipped=0 broken=()
locked=()
[ -z "${CI-}" ] || locked=(--locked)

# leg <name> <counter> <command…>: a leg that fails without having counted a failure counts as one.
leg() {
  local name=$1 counter=$2 log=build/test-$1.log status started=$SECONDS
  shift 2
  doing "$name"
  "$@" </dev/null 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  local p=0 f=0 s=0
  read -r p f s < <("$counter" <"$log")
  [ "$status" = 0 ] || [ "$f" -gt 0 ] || f=1
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  if [ "$status" = 0 ] && [ "$f" = 0 ]; then
    ok "$name ($((SECONDS - started)) s)"
  else
    broken+=("$name")
    warn "$name failed ($((SECONDS - started)) s)"
  fi
}

# `test result: ok. 12 passed; 0 failed; 1 ignored; …`, once per test binary
count_cargo() {
  awk '/^test result:/ { for (i = 2; i <= NF; i++) {
         if ($i ~ /^passed/) p += $(i-1); if ($i ~ /^failed/) f += $(i-1); if ($i ~ /^ignored/) s += $(i-1) } }
       END { print p+0, f+0, s+0 }'
}

# `E2E: 12 passed, 0 failed, 1 skipped` or `PAGES: …`, once; a runner that ends without it did not run everything
count_runner() {
  awk 'BEGIN { f = 1 }
       /^(E2E|PAGES): / { gsub(",", ""); p = f = s = 0; for (i = 3; i <= NF; i++) {
         if ($i == "passed") p = $(i-1); if ($i == "failed") f = $(i-1); if ($i == "skipped") s = $(i-1) } }
       END { print p+0, f+0, s+0 }'
}

# Node's own runner, as TAP: `# pass 12`, `# fail 0`, `# skipped 1`
count_node() {
  awk '$1 == "#" && $2 == "pass" { p = $3 } $1 == "#" && ($2 == "fail" || $2 == "cancelled") { f += $3 } $1 == "#" && $2 == "skipped" { s = $3 }
       END { print p+0, f+0, s+0 }'
}

sdk() {
  tsc --project sdk/js/tsconfig.json && (cd sdk/js && node --disable-warning=ExperimentalWarning --test --test-reporter=tap 'test/*.test.ts')
}

count_nothing() { echo 0 0 0; }

# Both Workers are built beside the native tests: linking one keeps a single core busy for minutes.
{ scripts/build.sh release && scripts/build.sh twin; } >build/.both.log 2>&1 </dev/null &
building=$!
trap 'kill "$building" 2>/dev/null' EXIT

leg native count_cargo cargo test --workspace --exclude portcullis --no-fail-fast ${locked[@]+"${locked[@]}"}
leg sdk count_node sdk
wait "$building"
build_status=$?
trap - EXIT
built() { cat build/.both.log && return "$build_status"; }
leg build count_nothing built
leg e2e count_runner node tests/e2e/run.mjs
leg pages count_runner node tests/pages/run.mjs

[ ${#broken[@]} = 0 ] || warn "failed: ${broken[*]}"
line="$passed passed, $failed failed"
[ "$skipped" = 0 ] || line="$line, $skipped skipped"
# The lines above went to two streams; this one must come last.
sleep 0.1
echo "$line"
[ "$failed" = 0 ]
