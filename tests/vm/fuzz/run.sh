#!/usr/bin/env bash
# Runs a fuzz target over modules: run.sh module|text|run [-every=N] FLAG… [-corpus]. FLAGs are
# libFuzzer's. Its seeds are every Nth module of the spec suite, all of them to begin with; without a
# suite it begins with random modules. -corpus keeps what it learns in build/NAME-fuzz. What it finds
# is written there too.
#
# Ends with a count for ./run test: one test, which passes without a finding.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

readonly NAME=$1
shift
readonly WORK=$PWD/build/$NAME-fuzz
readonly SUITE=${TINE_SPEC_SUITE:-$PWD/../shared/spec-testsuite}
mkdir -p "$WORK/corpus"

every=1
keeps_corpus=no
flags=(-max_len=20000 -timeout=60 -rss_limit_mb=2048 -artifact_prefix="$WORK/")
for flag in "$@"; do
  case $flag in
    -every=*) every=${flag#-every=} ;;
    -corpus) keeps_corpus=yes ;;
    *) flags+=("$flag") ;;
  esac
done

# libFuzzer adds what it learns to the first folder that it is given; the seeds are made anew.
seeds=$(mktemp -d "$WORK/seeds.XXXXXX")
trap 'rm -rf "$seeds"' EXIT
folders=("$seeds")
[ "$keeps_corpus" = yes ] && folders=("$WORK/corpus" "$seeds")
if [ -d "$SUITE" ]; then
  build/asan/bin/suite_seeds "${NAME}s" "$SUITE" "$seeds" "$every" || exit 1
fi

if "build/asan/bin/${NAME}_fuzz" "${flags[@]}" "${folders[@]}"; then
  echo "1 passed, 0 failed, 0 skipped"
else
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi
