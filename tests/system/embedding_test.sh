#!/usr/bin/env bash
# What `cmake --install` gives is enough for a project of somebody else's: the example of
# docs/embedding.md builds against it with either compiler, and prints what the page says it prints.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"

readonly PAGE=docs/embedding.md EXAMPLE=$ROOT/docs/examples/embedding

install_tine() { cmake --install build/release --prefix "$WORK/tine"; }
build_example() { # with compiler $1
  CXX=$1 cmake -G Ninja -S "$EXAMPLE" -B "$WORK/$1" -DCMAKE_PREFIX_PATH="$WORK/tine" &&
    cmake --build "$WORK/$1"
}
# Program $1, with its output in file $2.
run_example() { (cd "$WORK" && "$1" invoice.wasm >"$2"); }
# The fenced blocks of the page in one language.
blocks() { sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "$PAGE" | grep -v '^```'; }
# Every line of $1 stands in file $2, however far indented.
lines_stand_in() {
  diff <(sed 's/^ *//' <<<"$1" | sort -u) \
    <(sed 's/^ *//' <<<"$1" | sort -u | grep -Fxf <(sed 's/^ *//' "$2"))
}
inspect() { (cd "$WORK" && tine/bin/tine inspect asked.snap); }
links_every_library() {
  mkdir -p "$WORK/probe" && cat >"$WORK/probe/CMakeLists.txt" <<'END' &&
cmake_minimum_required(VERSION 3.25)
project(probe LANGUAGES CXX)
find_package(tine REQUIRED)
file(WRITE ${CMAKE_BINARY_DIR}/probe.cpp
  "#include \"tine/fuzz.h\"\n#include \"tine/runner.h\"\n"
  "int main() { return static_cast<int>(tine::wasi_functions().empty()); }\n")
foreach(room vm fork corpus fuzz)
  add_executable(probe_${room} ${CMAKE_BINARY_DIR}/probe.cpp)
  target_link_libraries(probe_${room} PRIVATE tine::${room})
endforeach()
END
    CXX=clang++-19 cmake -G Ninja -S "$WORK/probe" -B "$WORK/probe/build" \
      -DCMAKE_PREFIX_PATH="$WORK/tine" &&
    cmake --build "$WORK/probe/build" && "$WORK/probe/build/probe_fuzz"
}

expect "installs" install_tine
expect "the installed tine runs" "$WORK/tine/bin/tine" --version
expect "the installed forkbench runs" "$WORK/tine/bin/forkbench" --help
expect "every library links" links_every_library
expect "the guest assembles" wat2wasm --debug-names "$EXAMPLE/invoice.wat" -o "$WORK/invoice.wasm"
for compiler in clang++-19 g++; do
  expect "the example builds with $compiler" build_example "$compiler"
  expect "and runs" run_example "$WORK/$compiler/embedding" "$compiler.txt"
  expect "and prints what the page says" lines_stand_in "$(cat "$WORK/$compiler.txt")" "$PAGE"
done
for preset in release loop asan; do
  expect "the example runs in $preset" \
    run_example "$ROOT/build/$preset/bin/embedding_example" "$preset.txt"
  expect "and prints the same" cmp "$WORK/$preset.txt" "$WORK/g++.txt"
done
inspect >"$WORK/inspect.txt"
cat "$WORK/g++.txt" "$WORK/inspect.txt" >"$WORK/output.txt"
expect "the page shows nothing else" lines_stand_in "$(blocks text)" "$WORK/output.txt"
expect "its C++ is the example's" lines_stand_in "$(blocks cpp)" "$EXAMPLE/main.cpp"
expect "its CMake is the example's" lines_stand_in "$(blocks cmake)" "$EXAMPLE/CMakeLists.txt"
expect "its guest is the example's" lines_stand_in "$(blocks wat)" "$EXAMPLE/invoice.wat"
finish
