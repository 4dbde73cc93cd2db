# ./run harness NAME: a guest program from harnesses/NAME, into build/harnesses/NAME.wasm.
#
# harnesses/NAME/recipe.sh is a list of calls: it fetches a third-party source with `debian_source`,
# compiles with `wasm_compile` and links with `wasm_link`. The source is Debian's original tarball,
# so its checksum comes with the signed index; it lands in build/, never in the checkout.

readonly WASM_CC="clang-19 --target=wasm32-wasi"
readonly HARNESS_OUT=$ROOT/build/harnesses
# A stack of 1 MiB below everything else, so that overflowing it traps instead of writing into data.
readonly WASM_STACK_FLAGS="-Wl,-z,stack-size=1048576 -Wl,--stack-first"

run_harness() {
  local name=${1:-}
  if [ ! -f "harnesses/$name/recipe.sh" ]; then
    die "no such harness; there are: $(cd harnesses && echo */recipe.sh | sed 's,/recipe.sh,,g')"
  fi
  need harness
  if harness_is_fresh "$name"; then
    note "build/harnesses/$name.wasm is up to date"
    return
  fi
  say "building harness $name"
  # A subshell with -e of its own, so that a recipe may set variables and any step that fails ends it.
  (
    readonly HARNESS=$name WORK=$ROOT/build/harnesses/work/$name
    mkdir -p "$WORK" && rm -f "$WORK"/*.o
    source "harnesses/$name/recipe.sh"
  )
  note "build/harnesses/$name.wasm: $(stat -c %s "$HARNESS_OUT/$name.wasm") bytes"
}

harness_is_fresh() {
  local output=$HARNESS_OUT/$1.wasm
  [ -f "$output" ] && [ -z "$(find "harnesses/$1" harnesses/*/library.sh tools/harness.sh -newer "$output")" ]
}

# --- the words of a recipe -----------------------------------------------------------------------

# Fetches the original tarball of a Debian source package and unpacks it into $WORK/src, or into the
# folder of $WORK that the second argument names.
debian_source() {
  local package=$1 into=$WORK/${2:-src} downloads=$ROOT/build/harnesses/downloads
  mkdir -p "$downloads"
  if ! compgen -G "$downloads/${package}_*.orig.tar.*" >/dev/null; then
    note "fetching the source of $package"
    (cd "$downloads" && with_source_index quietly "source-$package" \
      apt-get source --download-only --tar-only "$package")
  fi
  rm -rf "$into"
  mkdir -p "$into"
  tar -xf "$(compgen -G "$downloads/${package}_*.orig.tar.*" | head -n 1)" \
    -C "$into" --strip-components=1
}

# Runs a command under an apt configuration of our own in build/: this machine's package sources
# turned into sources of source packages. Nothing under /etc is touched.
with_source_index() {
  local apt=$ROOT/build/harnesses/apt file
  export APT_CONFIG=$apt/apt.conf
  if [ ! -f "$apt/ready" ]; then
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/sources"
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
      [ -f "$file" ] || continue
      case $file in
        *.list) sed -nE 's/^deb[[:space:]]/deb-src /p' "$file" >"$apt/sources/$(basename "$file")" ;;
        *.sources) sed -E 's/^Types:.*/Types: deb-src/' "$file" >"$apt/sources/$(basename "$file")" ;;
      esac
    done
    cat >"$APT_CONFIG" <<END
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$apt/sources";
Dir::State::lists "$apt/lists";
Dir::Cache "$apt/cache";
APT::Sandbox::User "";
END
    quietly apt-source-index apt-get update
    touch "$apt/ready"
  fi
  "$@"
}

# Compiles C files into $WORK, one object each: wasm_compile [FLAG…] -- FILE.c…
# -g0 because the name section, which the linker writes anyway, is all that backtraces need.
wasm_compile() {
  local flags=() file
  while [ "$1" != -- ]; do
    flags+=("$1")
    shift
  done
  shift
  for file in "$@"; do
    quietly "harness-$HARNESS-$(basename "$file")" \
      $WASM_CC -O2 -g0 "${flags[@]}" -c "$file" -o "$WORK/$(basename "$file").o"
  done
}

# Links the objects of $WORK into build/harnesses/NAME.wasm: wasm_link [FLAG…]
# Linking says no -O: with it clang would run binaryen's wasm-opt where that is installed, and the
# same recipe would give other bytes on another machine.
wasm_link() {
  quietly "harness-$HARNESS-link" $WASM_CC $WASM_STACK_FLAGS -Wl,--strip-debug "$@" \
    "$WORK"/*.o -o "$WORK/$HARNESS.wasm"
  mv "$WORK/$HARNESS.wasm" "$HARNESS_OUT/$HARNESS.wasm"
}
