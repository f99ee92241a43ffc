#!/usr/bin/env bash
# Installs the pinned tools; skips what is there. Groups, each holding the ones before it:
#   dev    compiler, worker-build, wasm-bindgen, npm tools     (make dev, make build)
#   test   + Python with a verifier, a validator and a fuzzer that are not ours; Chromium for the pages; nginx and Caddy (make test)
#   bench  + wrk, where Debian's can be had; not in check   (make bench)
#   check  + cargo-deny                                        (make check, make deny)
set -euo pipefail
. "$(dirname "$0")/env.sh"
group=${1:-dev}
case $group in dev | test | bench | check) ;; *) die "unknown group '$group'" "one of: dev test bench check" ;; esac
logs=$root/.tools/log
mkdir -p "$logs"

# Two commands may start at once (make dev beside make test): the second waits, then finds everything there.
if command -v flock >/dev/null; then
  exec 9>"$root/.tools/lock"
  flock -n 9 || { doing "waiting for another setup" && flock 9; }
fi

need() { command -v "$1" >/dev/null || die "$1 is missing" "install $2"; }

machine() {
  need cc "a C compiler: apt-get install build-essential"
  need node "Node.js $NODE_MINIMUM or newer with npm: apt-get install nodejs npm"
  need npm "npm: apt-get install npm"
  local major
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge "$NODE_MINIMUM" ] || die "node is $(node --version)" "install Node.js $NODE_MINIMUM or newer"
}

rust() {
  if [ "$TOOLCHAIN" = debian ]; then
    "$root/scripts/setup-debian-rust.sh"
    return
  fi
  if rust_complete; then
    # TOOLCHAIN=rustup make setup ends an earlier fallback.
    rm -f "$root/.tools/toolchain"
    ok "rust $RUST_VERSION"
    return
  fi
  if PATH=${PATH#"$root/scripts/toolchain:"} command -v rustup >/dev/null; then
    doing "installing rust $RUST_VERSION with rustup (about 30 s)"
    if quietly "$logs/rustup.log" rustup toolchain install "$RUST_VERSION" --no-self-update --profile minimal \
      --component rustfmt --component clippy --component rust-src --target wasm32-unknown-unknown \
      && rust_complete; then
      rm -f "$root/.tools/toolchain"
      ok "rust $RUST_VERSION"
      return
    fi
    warn "rustup could not install rust $RUST_VERSION; trying Debian's rust $DEBIAN_RUST_VERSION instead"
  elif ! debian_offers_rust; then
    die "rustup is missing" "install it from your package manager or from rustup.rs, then run this again;" \
      "or on Debian: TOOLCHAIN=debian make setup"
  else
    warn "rustup is missing; trying Debian's rust $DEBIAN_RUST_VERSION instead"
  fi
  "$root/scripts/setup-debian-rust.sh"
  echo debian >"$root/.tools/toolchain"
  export TOOLCHAIN=debian
}

# Files, not `rustup component list`: no process to start, and true as well of a toolchain copied in by hand.
rust_complete() {
  local sysroot
  sysroot=$(rustc --print sysroot 2>/dev/null) || return 1
  [ -x "$sysroot/bin/cargo-clippy" ] && [ -x "$sysroot/bin/rustfmt" ] \
    && [ -d "$sysroot/lib/rustlib/wasm32-unknown-unknown/lib" ] \
    && [ -f "$sysroot/lib/rustlib/src/rust/library/Cargo.lock" ]
}

debian_offers_rust() { command -v apt-cache >/dev/null && apt-cache show rustc-web >/dev/null 2>&1; }

# cargo_tool <crate> <binary> <version> <minutes> [cargo install flags]
cargo_tool() {
  local crate=$1 binary=$2 version=$3 minutes=$4
  shift 4
  # What cargo itself recorded: `worker-build --version` says the same, but takes a process each.
  if [ -x "$root/.tools/bin/$binary" ] && grep -q "\"$crate $version " "$root/.tools/.crates.toml" 2>/dev/null; then
    ok "$crate $version"
    return
  fi
  doing "building $crate $version (about $minutes min)"
  quietly "$logs/$crate.log" env -u RUSTFLAGS CARGO_TARGET_DIR="$root/.tools/target" \
    cargo install "$crate@$version" --root "$root/.tools" --force "$@" \
    || die "$crate $version could not be built" "it comes from crates.io; is the network up?"
  ok "$crate $version"
}

npm_tools() {
  local stamp=$root/node_modules/.portcullis-lock
  if [ -f "$stamp" ] && cmp -s "$root/package-lock.json" "$stamp"; then
    ok "npm tools (wrangler $WRANGLER_VERSION on node $NODE_VERSION)"
    return
  fi
  doing "installing npm tools: wrangler $WRANGLER_VERSION, node $NODE_VERSION (about 20 s)"
  (cd "$root" && quietly "$logs/npm.log" npm ci --loglevel=error) \
    || die "npm ci failed" "it needs the npm registry; is the network up?"
  # The package with the binary is Linux only; elsewhere the machine's own Node must do.
  [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 22 ] \
    || die "no Node.js $NODE_VERSION for this platform on npm" "install Node.js 22 or newer"
  cp "$root/package-lock.json" "$stamp"
  ok "npm tools (wrangler $WRANGLER_VERSION on node $NODE_VERSION)"
}

python_verifier() {
  local venv=$root/.tools/py wanted=$root/tests/e2e/requirements.txt
  if [ -f "$venv/.requirements" ] && cmp -s "$wanted" "$venv/.requirements"; then
    ok "python with PyJWT, joserfc and schemathesis"
    return
  fi
  need python3 "Python 3.9 or newer: apt-get install python3 python3-venv"
  doing "making a Python environment with PyJWT and schemathesis (about 30 s)"
  rm -rf "$venv"
  quietly "$logs/venv.log" python3 -m venv "$venv" \
    || die "python3 cannot make a virtual environment" "apt-get install python3-venv"
  quietly "$logs/pip.log" "$venv/bin/pip" install --disable-pip-version-check --quiet -r "$wanted" \
    || die "pip could not install tests/e2e/requirements.txt" "it needs PyPI; is the network up?"
  cp "$wanted" "$venv/.requirements"
  ok "python with PyJWT, joserfc and schemathesis"
}

# Nothing fails without it: the benchmarks have a slower load source of their own, and say which they used.
load_source() {
  if command -v wrk >/dev/null; then
    ok "wrk"
  elif command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] && quietly "$logs/wrk.log" apt-get install --yes --no-install-recommends wrk 2>/dev/null; then
    ok "wrk"
  else
    warn "wrk is missing; the load comes from Node instead, which is slower (apt-get install wrk)"
  fi
}

# Debian's, for tests/pages; CHROMIUM= names another one. The shell is the same browser without windows, tabs and menus:
# a third less work for every page. Where there is none, the whole browser does.
chromium_browser() {
  local shell=/usr/bin/chromium-headless-shell whole=/usr/bin/chromium
  if [ -x "${CHROMIUM:-$shell}" ]; then
    ok "chromium"
    return
  fi
  if [ -z "${CHROMIUM-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    doing "installing chromium (about 30 s)"
    local fonts=fonts-dejavu-core package
    for package in chromium-headless-shell chromium; do
      [ "$package" = chromium-headless-shell ] || [ ! -x "$whole" ] || break
      if quietly "$logs/$package.log" sh -c "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $package $fonts"; then
        ok "$package"
        return
      fi
    done
  fi
  if [ -z "${CHROMIUM-}" ] && [ -x "$whole" ]; then
    ok "chromium (with its windows; chromium-headless-shell is quicker)"
    return
  fi
  die "chromium is missing" "apt-get install chromium-headless-shell fonts-dejavu-core, or name one: CHROMIUM=/path make test"
}

# Debian's, for forward-auth in tests/e2e; NGINX= and CADDY= name others.
proxies() {
  local wanted=()
  [ -x "${NGINX:-/usr/sbin/nginx}" ] || wanted+=(nginx-light)
  [ -x "${CADDY:-/usr/bin/caddy}" ] || wanted+=(caddy)
  if [ ${#wanted[@]} = 0 ]; then
    ok "nginx and caddy"
    return
  fi
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    doing "installing ${wanted[*]} (about 15 s)"
    # The packages start services where there is an init system; the tests bring their own processes.
    if quietly "$logs/proxies.log" sh -c "apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ${wanted[*]}" \
      && [ -x "${NGINX:-/usr/sbin/nginx}" ] && [ -x "${CADDY:-/usr/bin/caddy}" ]; then
      ok "nginx and caddy"
      return
    fi
  fi
  die "${wanted[*]} missing" "apt-get install nginx-light caddy, or name them: NGINX=/path CADDY=/path make test"
}

tools() {
  cargo_tool worker-build worker-build "$WORKER_BUILD_VERSION" 3 --locked
  # Its published lock file does not build any more.
  cargo_tool wasm-bindgen-cli wasm-bindgen "$WASM_BINDGEN_VERSION" 2
  [ "$group" != check ] || cargo_tool cargo-deny cargo-deny "$CARGO_DENY_VERSION" 5 --locked
}

machine
rust
# Compiling waits for the processor and everything else for the network: side by side they take as long as the first alone.
tools &
compiling=$!
trap 'kill "$compiling" 2>/dev/null' EXIT
npm_tools
[ "$group" = dev ] || python_verifier
[ "$group" = dev ] || chromium_browser
[ "$group" = dev ] || proxies
[ "$group" != bench ] || load_source
wait "$compiling"
trap - EXIT
# Only kept while something is being built.
rm -rf "$root/.tools/target"
