# Lua 5.4 with our main. Errors are its longjmp, which tine supplies (harnesses/include/setjmp.h).

debian_source lua5.4

wasm_compile -Iharnesses/include -include harnesses/lua/wasi.h -D_WASI_EMULATED_PROCESS_CLOCKS \
  -D_WASI_EMULATED_SIGNAL -- \
  $(find "$WORK/src/src" -name '*.c' ! -name lua.c ! -name luac.c | sort)
wasm_compile -Wall -Wextra -Iharnesses/include -I"$WORK/src/src" -- harnesses/lua/main.c
wasm_link -lwasi-emulated-process-clocks
