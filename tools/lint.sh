# ./run lint [--fix]: format, layers, shell scripts and clang-tidy. --fix formats in place.

run_lint() {
  need build lint
  local failures=0
  if [ "${1:-}" = --fix ]; then cpp_files '*.h' '*.cpp' '*.c' | xargs clang-format-19 -i; fi
  lint_step "format" lint_format
  lint_step "layers" python3 tools/check_layers.py
  lint_step "shell" lint_shell
  lint_step "clang-tidy" lint_tidy
  [ "$failures" = 0 ] || die "$failures of 4 lint steps failed"
  say "lint: clean"
}

lint_step() {
  local name=$1
  shift
  say "lint: $name"
  "$@" || failures=$((failures + 1))
}

# Tracked files and new ones, never what lies in build/.
cpp_files() { git ls-files --cached --others --exclude-standard -- "$@"; }

lint_format() { cpp_files '*.h' '*.cpp' '*.c' | xargs clang-format-19 --dry-run -Werror; }

lint_shell() {
  local script failed=0
  for script in run $(cpp_files '*.sh'); do bash -n "$script" || failed=1; done
  return $failed
}

lint_tidy() {
  build_preset release
  cpp_files '*.cpp' | xargs -P "$(nproc)" -n 4 clang-tidy-19 -p build/release --quiet
}
