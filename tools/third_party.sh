# fetch_third_party: the modules of tests/third_party/package.json, into build/third_party/wasm.
#
# npm installs exactly what the lock file says, checked against its sums; no script of a package is
# run. Without a registry there are no modules, and the tests are skipped.

readonly THIRD_PARTY=$ROOT/build/third_party

fetch_third_party() {
  local manifest=tests/third_party lock=$THIRD_PARTY/wasm/package-lock.json
  cmp -s "$manifest/package-lock.json" "$lock" && return
  command -v node >/dev/null && command -v npm >/dev/null || need third-party  # any recent one will do
  note "fetching other projects' modules"
  mkdir -p "$THIRD_PARTY/wasm"
  cp "$manifest"/package*.json "$THIRD_PARTY"
  if ! (cd "$THIRD_PARTY" && timeout 300 npm ci --silent --ignore-scripts --omit=optional \
    --no-audit --no-fund >/dev/null 2>&1); then
    note "SKIPPED: npm cannot fetch them; the tests of third-party modules are skipped"
    return
  fi
  node "$manifest/extract.mjs" "$THIRD_PARTY/node_modules" "$THIRD_PARTY/wasm"
  rm -rf "$THIRD_PARTY/node_modules"
  cp "$manifest/package-lock.json" "$lock"
}
