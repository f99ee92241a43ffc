# What the three shims share. Sourced, never run.
# shellcheck shell=bash disable=SC2034

shims=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$shims/../versions.env"
: "${TOOLCHAIN:=rustup}"

# The tool of that name further down PATH.
real_tool() {
  local folder
  local IFS=:
  for folder in $PATH; do
    if [ "$folder" != "$shims" ] && [ -x "$folder/$1" ]; then
      echo "$folder/$1"
      return
    fi
  done
  echo "$1 is not installed; run 'make setup'" >&2
  return 1
}

# `+nightly` is our toolchain with the unstable switches opened; any other `+channel` would escape the pin.
take_channel() {
  channel_taken=0
  case "${1-}" in
    +nightly)
      channel_taken=1
      export RUSTC_BOOTSTRAP=1
      ;;
    "+$RUST_VERSION") channel_taken=1 ;;
    +*)
      echo "toolchain ${1#+} is not pinned; scripts/versions.env names $RUST_VERSION" >&2
      exit 1
      ;;
  esac
}

run_tool() {
  local tool=$1
  shift
  if [ "$TOOLCHAIN" = debian ]; then
    # Debian's cargo must not pick rustup's rustc or cargo-clippy out of PATH.
    export RUSTC=/usr/bin/rustc PATH="/usr/bin:$PATH"
    # Its rustc looks for rust-lld, which is in no package.
    export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=/usr/bin/wasm-ld-${DEBIAN_LLD#lld-}
    exec "/usr/bin/$tool" "$@"
  fi
  # The variable, not `rustup run`: it survives nested calls and leaves PATH alone.
  export RUSTUP_TOOLCHAIN=$RUST_VERSION
  local real
  real=$(real_tool "$tool")
  exec "$real" "$@"
}
