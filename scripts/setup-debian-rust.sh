#!/usr/bin/env bash
# TOOLCHAIN=debian: the compiler, its standard library's source and a Wasm linker from Debian's packages, for
# machines where rustup cannot reach its server. worker-build then compiles the standard library itself, as it
# does with rustup's compiler.
#
# Tested on Debian 12 with 1.96.0: release build, a panic that stays one request's business, clippy for wasm32.
set -euo pipefail
. "$(dirname "$0")/env.sh"

packages=("$DEBIAN_LLD")
for name in rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web; do
  # The release offers an older one beside it.
  packages+=("$name=$DEBIAN_RUST_VERSION.*")
done

complete() {
  [[ "$(/usr/bin/rustc --version 2>/dev/null)" == "rustc $DEBIAN_RUST_VERSION."* ]] \
    && [ -x /usr/bin/cargo ] && [ -x /usr/bin/cargo-clippy ] && [ -x /usr/bin/rustfmt ] \
    && [ -f "$(/usr/bin/rustc --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock" ] \
    && [ -d "$(/usr/bin/rustc --print target-libdir --target wasm32-unknown-unknown)" ]
}

if complete; then
  ok "rust $DEBIAN_RUST_VERSION (Debian)"
  exit 0
fi
command -v apt-get >/dev/null || die "TOOLCHAIN=debian needs Debian 12 or newer" "install rustup instead"
[ "$(id -u)" = 0 ] || die "Debian's rust $DEBIAN_RUST_VERSION is missing" \
  "as root: apt-get update && apt-get install ${packages[*]}" \
  "         mkdir -p /usr/lib/rustlib/wasm32-unknown-unknown/lib"

doing "installing Debian's rust $DEBIAN_RUST_VERSION (about 1 min)"
quietly "$root/.tools/log/apt-update.log" apt-get update
quietly "$root/.tools/log/apt-rust.log" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y --no-install-recommends "${packages[@]}" \
  || die "Debian's rust $DEBIAN_RUST_VERSION could not be installed"
# No library comes ready-made for Wasm and none is needed, but worker-build wants to see its folder.
mkdir -p "$(/usr/bin/rustc --print target-libdir --target wasm32-unknown-unknown)"
complete || die "Debian's rust $DEBIAN_RUST_VERSION is incomplete" "apt-get install --reinstall ${packages[*]}"
ok "rust $DEBIAN_RUST_VERSION (Debian)"
