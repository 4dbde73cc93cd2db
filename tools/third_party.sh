# fetch_third_party: the modules of tests/third_party/packages.txt, into build/third_party/wasm.
#
# The packages' tarballs come through npm, are checked against their sums, and are kept; nothing of
# them is installed or run. Without a registry there are no modules, and the tests are skipped.

readonly THIRD_PARTY=$ROOT/build/third_party

fetch_third_party() {
  [ "$THIRD_PARTY/wasm/ready" -nt tests/third_party/packages.txt ] && return
  command -v node >/dev/null && command -v npm >/dev/null || need third-party  # any recent one will do
  local name version sum
  mkdir -p "$THIRD_PARTY/downloads" "$THIRD_PARTY/packages"
  while read -r name version sum; do
    case $name in '' | '#'*) continue ;; esac
    if ! fetch_package "$name" "$version" "$sum"; then
      note "SKIPPED: npm cannot fetch $name $version; the tests of third-party modules are skipped"
      return
    fi
  done <tests/third_party/packages.txt
  node tests/third_party/extract.mjs "$THIRD_PARTY/packages" "$THIRD_PARTY/wasm"
  touch "$THIRD_PARTY/wasm/ready"
}

# fetch_package NAME VERSION SHA512: into $THIRD_PARTY/packages, under the name without its scope.
fetch_package() {
  local name=$1 version=$2 sum=$3
  local file=${name#@}
  local tarball=$THIRD_PARTY/downloads/${file//\//-}-$version.tgz into=$THIRD_PARTY/packages/${name##*/}
  if [ ! -f "$tarball" ]; then
    note "fetching $name $version"
    (cd "$THIRD_PARTY/downloads" && timeout 120 npm pack --silent "$name@$version" >/dev/null 2>&1) ||
      return 1
  fi
  echo "$sum  $tarball" | sha512sum --check --quiet - || die "$tarball: not the file that it should be"
  rm -rf "$into" && mkdir -p "$into"
  tar -xzf "$tarball" -C "$into" --strip-components=1
}
