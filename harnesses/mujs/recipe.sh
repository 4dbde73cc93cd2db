# mujs 1.3.2: JavaScript's exceptions are its longjmp, which tine supplies
# (harnesses/include/setjmp.h).

debian_source mujs
quietly mujs-names make -C "$WORK/src" astnames.h opnames.h

wasm_compile -Iharnesses/include -- \
  $(find "$WORK/src" -maxdepth 1 -name 'js*.c' | sort) \
  "$WORK/src/regexp.c" "$WORK/src/utf.c"
wasm_compile -Wall -Wextra -Iharnesses/include -I"$WORK/src" -- harnesses/mujs/target.c
wasm_link -mexec-model=reactor \
  -Wl,--export=LLVMFuzzerInitialize -Wl,--export=LLVMFuzzerTestOneInput \
  -Wl,--export=malloc -Wl,--export=free
