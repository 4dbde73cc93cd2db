// The code section: local declarations, then the body through FuncValidator.
// spec: binary/modules#code-section
#include "decoder.h"
#include "type_stack.h"
#include "validator.h"
#include "value_codes.h"

namespace tine {

Result<void> ModuleDecoder::code_section(ByteReader& in) {
  const WasmOffset start = in.offset();
  ByteReader ahead = in;
  TINE_TRY_ASSIGN(const uint32_t count, ahead.u32());
  if (count > m_.func_types.size() - m_.imported_funcs)  // too few: ModuleDecoder::finish
    return malformed(start, "function and code section have inconsistent lengths");

  FuncValidator validator({m_, declared_funcs_, data_count_});
  return append_each(in, limit::functions, m_.bodies, [&] { return function_body(in, validator); });
}

Result<FuncBody> ModuleDecoder::function_body(ByteReader& in, FuncValidator& validator) {
  const WasmOffset start = in.offset();
  TINE_TRY_ASSIGN(const uint32_t size, in.length());
  TINE_TRY(check_limit(limit::function_size_bytes, size, start));
  ByteReader contents = in.take(size);

  const auto func = static_cast<FuncIdx>(m_.imported_funcs + m_.bodies.size());
  const FuncType& type = m_.func_type(func);
  FuncBody body;
  TINE_TRY(locals(contents, type, body));
  body.begin = contents.offset();
  body.end = contents.end();
  TINE_TRY(validator.validate(type, body, in.end()));
  return body;
}

/// Reads `body.locals`, and what follows from them.
Result<void> ModuleDecoder::locals(ByteReader& in, const FuncType& type, FuncBody& body) {
  const WasmOffset start = in.offset();
  uint64_t count = type.params.size();
  uint64_t slots = slots_of_all(type.params);
  TINE_TRY(append_each(in, limit::locals, body.locals, [&]() -> Result<LocalRun> {
    const WasmOffset offset = in.offset();
    LocalRun run;
    TINE_TRY_ASSIGN(run.count, in.u32());
    count += run.count;
    if (count > UINT32_MAX) return malformed(offset, "too many locals");
    TINE_TRY_ASSIGN(run.type, read_val_type(in));
    slots += uint64_t{run.count} * slots_of(run.type);
    return run;
  }));
  TINE_TRY(check_limit(limit::locals, count, start));
  TINE_TRY(check_limit(limit::frame_slots, slots + 1, start));
  body.local_count = static_cast<uint32_t>(count);
  body.local_slots = static_cast<uint32_t>(slots);
  return {};
}

}  // namespace tine
