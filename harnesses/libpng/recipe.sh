# libpng 1.6.39 over zlib 1.2.13, both Debian's. Errors are libpng's longjmp, which tine supplies
# (harnesses/include/setjmp.h).

debian_source libpng1.6
debian_source zlib zlib

mkdir -p "$WORK/generated"
cp "$WORK/src/scripts/pnglibconf.h.prebuilt" "$WORK/generated/pnglibconf.h"

wasm_compile -DNO_GZIP -- \
  "$WORK"/zlib/{adler32,crc32,inffast,inflate,inftrees,zutil,deflate,trees}.c
wasm_compile -Iharnesses/include -I"$WORK/generated" -I"$WORK/zlib" -- \
  "$WORK"/src/{png,pngerror,pngget,pngmem,pngpread,pngread,pngrio,pngrtran,pngrutil,pngset,pngtrans}.c \
  "$WORK"/src/{pngwio,pngwrite,pngwtran,pngwutil}.c
wasm_compile -Wall -Wextra -Iharnesses/include -I"$WORK/generated" -I"$WORK/zlib" -I"$WORK/src" -- \
  harnesses/libpng/target.c
wasm_link -mexec-model=reactor \
  -Wl,--export=LLVMFuzzerInitialize -Wl,--export=LLVMFuzzerTestOneInput \
  -Wl,--export=malloc -Wl,--export=free
