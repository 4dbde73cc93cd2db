# Where the Wasm spec suite lies. It is not part of this repository.

readonly SPEC_SUITE_SOURCE=https://github.com/WebAssembly/testsuite.git
readonly SPEC_SUITE_COMMIT=193e551ff22663995b1ac95dc62344133669e14b

# Sets TINE_SPEC_SUITE for everything that runs from here on: what it says already, or the folder
# beside the checkout, or a clone of the pinned commit. Where there is none of these, the tests of
# the suite say so and count as skipped.
find_spec_suite() {
  local clone=$ROOT/build/spec-testsuite
  [ -n "${TINE_SPEC_SUITE:-}" ] || TINE_SPEC_SUITE=$ROOT/../shared/spec-testsuite
  if [ ! -d "$TINE_SPEC_SUITE" ] && clone_spec_suite "$clone"; then TINE_SPEC_SUITE=$clone; fi
  export TINE_SPEC_SUITE
}

clone_spec_suite() {
  [ "$(git -C "$1" rev-parse HEAD 2>/dev/null)" = "$SPEC_SUITE_COMMIT" ] && return
  say "fetching the Wasm spec suite"
  rm -rf "$1"
  git init --quiet "$1" &&
    timeout 300 git -C "$1" fetch --quiet --depth 1 "$SPEC_SUITE_SOURCE" "$SPEC_SUITE_COMMIT" &&
    git -C "$1" checkout --quiet FETCH_HEAD && return
  rm -rf "$1"
  say "SPEC SUITE SKIPPED: it is neither beside the checkout nor can it be fetched"
  return 1
}
