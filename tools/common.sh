# What every command of `./run` uses: how it talks, how it installs, how it builds.

say() { printf '\n== %s\n' "$*"; }
note() { printf '   %s\n' "$*"; }
die() {
  printf 'run: %s\n' "$*" >&2
  exit 1
}

# Runs a command whose output matters only when it fails.
quietly() {
  local log=$ROOT/build/logs/$1.log
  shift
  mkdir -p "$(dirname "$log")"
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 60 "$log" >&2
    die "failed: $* (whole log: ${log#"$ROOT"/})"
  fi
}

# --- packages ------------------------------------------------------------------------------------

packages_of() {
  local group
  for group in "$@"; do
    awk -v want="[$group]" '/^\[/ { on = ($1 == want) } on && /^[a-z0-9]/ { print $1 }' \
      tools/packages.txt
  done | sort -u
}

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Installs what is missing of these groups of tools/packages.txt. Silent when nothing is missing.
need() {
  local package missing=()
  for package in $(packages_of "$@"); do
    is_installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || die "missing, and no apt-get here: ${missing[*]}"
  say "installing ${#missing[@]} packages: ${missing[*]}"
  quietly apt-update as_root apt-get update
  quietly apt-install as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends --no-remove "${missing[@]}"
}

# --- building ------------------------------------------------------------------------------------

# Configures and builds a preset: build_preset release tine forkbench. No targets: everything.
build_preset() {
  local preset=$1 options=()
  shift
  command -v ccache >/dev/null && options=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  say "building $preset${*:+: $*}"
  quietly "configure-$preset" cmake --preset "$preset" "${options[@]}"
  quietly "build-$preset" cmake --build --preset "$preset" ${*:+--target "$@"}
}

readonly TINE=$ROOT/build/release/bin/tine
readonly FORKBENCH=$ROOT/build/release/bin/forkbench
