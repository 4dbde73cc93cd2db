#!/usr/bin/env bash
# Runs the loader's fuzz target: run.sh FLAG… [-corpus]. FLAGs are libFuzzer's; -corpus keeps what it
# learns in build/loader-fuzz. What it finds is written there too.
#
# Ends with a count for ./run test: one test, which passes without a finding.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

readonly WORK=$PWD/build/loader-fuzz
mkdir -p "$WORK/corpus"
flags=(-max_len=65536 -timeout=60 -rss_limit_mb=2048 -artifact_prefix="$WORK/")
for flag in "$@"; do
  if [ "$flag" = -corpus ]; then flags+=("$WORK/corpus"); else flags+=("$flag"); fi
done
if build/asan/bin/loader_fuzz "${flags[@]}"; then
  echo "1 passed, 0 failed, 0 skipped"
else
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi
