# The environment of every script here: pinned tools first in PATH, and nothing that phones home. Sourced, never run.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/versions.env"

# rustup | debian. setup.sh writes the file when it had to fall back, so that later commands agree with it.
if [ -z "${TOOLCHAIN-}" ] && [ -r "$root/.tools/toolchain" ]; then
  TOOLCHAIN=$(cat "$root/.tools/toolchain")
fi
: "${TOOLCHAIN:=rustup}"
export TOOLCHAIN

# setup.sh installs the toolchain; rustup must not do it in passing, with other components.
export RUSTUP_AUTO_INSTALL=0

# rustup's installer adds this to login shells only.
[ -d "${CARGO_HOME:-$HOME/.cargo}/bin" ] && PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
export PATH="$root/scripts/toolchain:$root/node_modules/.bin:$root/.tools/bin:$PATH"

# worker-build downloads whatever of these three it is not given.
export WASM_BINDGEN_BIN="$root/.tools/bin/wasm-bindgen"
export WASM_OPT_BIN="$root/node_modules/.bin/wasm-opt"
export ESBUILD_BIN="$root/node_modules/.bin/esbuild"

# Wrangler: no metrics, no look-ups, no prompts, and its files inside the clone, so that two clones never meet.
export WRANGLER_SEND_METRICS=false
export WRANGLER_SEND_ERROR_REPORTS=false
export WRANGLER_HIDE_BANNER=true
export WRANGLER_REGISTRY_PATH="$root/.wrangler/registry"
export WRANGLER_WRITE_LOGS=false
export CLOUDFLARE_CF_FETCH_ENABLED=false

# One line per step; `!!` goes with what to do about it.
ok() { printf 'ok   %s\n' "$*"; }
doing() { printf '...  %s\n' "$*"; }
warn() { printf 'warn %s\n' "$*" >&2; }
die() {
  printf '!!   %s\n' "$1" >&2
  shift
  local line
  for line in "$@"; do printf '     %s\n' "$line" >&2; done
  exit 1
}

# Runs a noisy command with its output in a log; shows both ends of the log only when it fails.
quietly() {
  local log=$1
  shift
  mkdir -p "$(dirname "$log")"
  if ! RUST_BACKTRACE=0 "$@" >"$log" 2>&1 </dev/null; then
    if [ "$(wc -l <"$log")" -le 25 ]; then
      cat "$log" >&2
    else
      { head -n 8 "$log" && echo … && tail -n 16 "$log"; } >&2
    fi
    warn "whole log: ${log#"$root"/}"
    return 1
  fi
}
