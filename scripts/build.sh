#!/usr/bin/env bash
# Builds the Worker with worker-build:
#   build.sh [release]   build/worker   what is deployed and what `make dev` runs
#   build.sh twin        build/twin     the same with the cargo feature `twins`, for tests only
#
# What comes out, in either folder:
#   index.js        the entry (`main` in wrangler.toml): default export and one export per Durable Object class
#   index_bg.wasm   the module, already through wasm-opt; index.js imports it as ./index_bg.wasm
#   worker/shim.mjs an alias of index.js under its former name; package.json; neither is needed
#
# One target folder for both: cargo keeps the two feature sets side by side and only links again, so that going
# back and forth compiles nothing twice.
set -euo pipefail
. "$(dirname "$0")/env.sh"
cd "$root"

variant=${1:-release}
case $variant in
  release) out=build/worker features=() ;;
  twin) out=build/twin features=(--features twins) ;;
  *) die "unknown build '$variant'" "one of: release twin" ;;
esac

# Everything the module is made from. The migrations are in, because the Worker knows how many there are.
inputs() {
  find src core migrations Cargo.toml Cargo.lock rust-toolchain.toml scripts/versions.env scripts/build.sh \
    -type f -not -path 'core/tests/*' -print0 2>/dev/null | LC_ALL=C sort -z | xargs -0 sha256sum
  echo "$TOOLCHAIN"
}

# The pages' base; beside the module, because whatever serves the one serves the other (`wrangler deploy`, too, builds first).
node scripts/vendor.mjs || die "the pages' base cannot be copied from node_modules" "make setup"

mkdir -p build
if command -v flock >/dev/null; then
  exec 8>build/.lock
  flock 8
fi
stamp=build/.$variant.inputs
now=$(inputs)
if [ -f "$out/index_bg.wasm" ] && [ "$now" = "$(cat "$stamp" 2>/dev/null)" ]; then
  ok "$out is up to date"
  exit 0
fi

if [ -d target/wasm32-unknown-unknown/release ]; then
  doing "building $out"
else
  doing "building $out (the first time about 3 min)"
fi

# Panic messages carry source paths; neither the builder's home nor the place of the clone belongs into the module.
cargo_home=${CARGO_HOME:-$HOME/.cargo}
sysroot=$(rustc --print sysroot)
export RUSTFLAGS="--remap-path-prefix=$cargo_home/registry/src=/crates \
--remap-path-prefix=$sysroot/lib/rustlib/src/rust=/rust --remap-path-prefix=$root=."
# A lock file that does not fit is a mistake in CI, and an edit in progress anywhere else.
locked=()
[ -z "${CI-}" ] || locked=(--locked)

# --panic-unwind: a panic answers 500 for its own request and leaves the isolate's other requests alone.
log=build/.$variant.log
if ! RUST_BACKTRACE=0 worker-build --release --panic-unwind --out-dir "$out" \
  ${features[@]+"${features[@]}"} ${locked[@]+"${locked[@]}"} >"$log" 2>&1 </dev/null; then
  grep -vE '^ *(Compiling|Downloading|Downloaded|Locking|Updating|Adding) |^\[INFO\]' "$log" >&2
  die "the Worker does not build"
fi
# In front of what worker-build made stands an entry of our own, in one file with it.
mv "$out/index.js" "$out/glue.js"
cp src/entry.js "$out/entry.js"
"$ESBUILD_BIN" "$out/entry.js" --bundle --format=esm --minify --log-level=warning --external:cloudflare:workers --external:./index_bg.wasm \
  --outfile="$out/index.js"
rm "$out/glue.js" "$out/entry.js"
# What changed while it was building is built next time.
printf '%s\n' "$now" >"$stamp"
size() { echo "$((($(wc -c) + 512) / 1024))"; }
ok "$out: $(size <"$out/index_bg.wasm") KiB, $(gzip -9c "$out/index_bg.wasm" | size) KiB gzipped"
