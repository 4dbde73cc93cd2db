// extract.mjs PACKAGES OUT: the WebAssembly in npm packages, most of it base64 within JavaScript, as files.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

const [packages, out] = process.argv.slice(2);
const read = (file) => readFileSync(`${packages}/${file}`, "utf8");
const kBase64Module = /AGFzbQ[A-Za-z0-9+/]+=*/; // "\0asm" and what follows

function write(name, text) {
  const found = kBase64Module.exec(text);
  if (!found) throw new Error(`${name}: no module found`);
  writeFileSync(`${out}/${name}.wasm`, Buffer.from(found[0], "base64"));
}

mkdirSync(out, { recursive: true });
write("es-module-lexer", read("es-module-lexer/dist/lexer.js"));
write("llhttp", read("undici/lib/llhttp/llhttp-wasm.js"));
write("llhttp_simd", read("undici/lib/llhttp/llhttp_simd-wasm.js"));
const hashes = read("hash-wasm/dist/index.esm.js");
for (const [, name, code] of hashes.matchAll(/var name\$?\w* = "(\w+)";\s*var data\$?\w* = "([^"]+)"/g))
  write(`hash-${name}`, code);
copyFileSync(`${packages}/@bytecodealliance/jco/obj/wasm-tools.core.wasm`, `${out}/wasm-tools.wasm`);
