# ./run fuzz NAME [FLAG…]: fuzz a guest of harnesses/ with its seeds and dictionary.
#
# New inputs go to build/fuzz/NAME/corpus and what crashes to build/fuzz/NAME/found; the checked-in
# seeds are only read. FLAGs are libFuzzer's, for example -max_total_time=60 or -jobs=2.

run_fuzz() {
  [ $# -gt 0 ] || die "usage: ./run fuzz NAME [libFuzzer flags]"
  local name=$1
  shift
  source tools/build.sh
  source tools/harness.sh
  run_harness "$name"
  run_build
  fuzz_guest "$name" "build/harnesses/$name.wasm" "build/fuzz/$name" "$@"
}

# Also for the demo: fuzz_guest NAME TARGET FOLDER [FLAG…]. Prints the command first.
fuzz_guest() {
  local name=$1 target=$2 folder=$3
  shift 3
  local command=("$TINE" fuzz "$target" "-dict=corpus/dictionaries/$name.dict"
    "-artifact_prefix=$folder/found/" "$@" "$folder/corpus" "corpus/seeds/$name")
  mkdir -p "$folder/corpus" "$folder/found"
  printf '$ %s\n' "${command[*]//$ROOT\//}"
  "${command[@]}"
}
