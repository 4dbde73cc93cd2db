# stb_image 2.27 as Debian 12 ships it, under UBSan in its trapping form: an access past an array's
# bounds becomes an `unreachable` at the very line, without any runtime in the guest.

debian_source libstb

wasm_compile -fsanitize=undefined -fsanitize-trap=undefined -I"$WORK/src" -- \
  harnesses/stb_image/target.c
wasm_link -mexec-model=reactor \
  -Wl,--export=LLVMFuzzerInitialize -Wl,--export=LLVMFuzzerTestOneInput \
  -Wl,--export=malloc -Wl,--export=free
