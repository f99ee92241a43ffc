#!/usr/bin/env bash
# Everything a change must pass. All steps run; the end names those that failed.
set -uo pipefail
. "$(dirname "$0")/env.sh"
cd "$root" || exit
mkdir -p build

broken=()
step() {
  local name=$1
  shift
  doing "$name"
  if "$@" </dev/null; then
    ok "$name"
  else
    broken+=("$name")
    warn "$name failed"
  fi
}

locked=()
[ -z "${CI-}" ] || locked=(--locked)

wasm_clippy() {
  # Debian has no ready-made standard library for Wasm: check against one built from its source.
  local channel=() std=()
  if [ "$TOOLCHAIN" = debian ]; then
    channel=(+nightly) std=(-Z "build-std=std,panic_abort")
  fi
  cargo ${channel[@]+"${channel[@]}"} clippy --quiet --package portcullis --target wasm32-unknown-unknown \
    ${std[@]+"${std[@]}"} ${locked[@]+"${locked[@]}"} "$@" -- -D warnings
}

step "format" cargo fmt --all --check
step "lints, host" cargo clippy --quiet --workspace --exclude portcullis --all-targets \
  ${locked[@]+"${locked[@]}"} -- -D warnings
step "lints, wasm32" wasm_clippy
step "lints, wasm32 with twins" wasm_clippy --features twins
step "pins agree" scripts/check-pins.sh
step "dependencies" scripts/deny.sh
step "tests" scripts/test.sh

[ ${#broken[@]} = 0 ] || die "not passed:" "${broken[@]}"
