// The type codes that both instructions and sections contain. spec: binary/types
#pragma once

#include "byte_reader.h"
#include "tine/types.h"

namespace tine {

/// Errors: kMalformed at the code.
[[nodiscard]] inline Result<ValType> read_val_type(ByteReader& in) {
  const WasmOffset offset = in.offset();
  TINE_TRY_ASSIGN(const uint8_t code, in.byte());
  if (!is_val_type_code(code)) return malformed(offset, "malformed value type");
  return static_cast<ValType>(code);
}

/// Errors: kMalformed at the code.
[[nodiscard]] inline Result<ValType> read_ref_type(ByteReader& in) {
  const WasmOffset offset = in.offset();
  TINE_TRY_ASSIGN(const uint8_t code, in.byte());
  const auto type = static_cast<ValType>(code);
  if (!is_ref(type)) return malformed(offset, "malformed reference type");
  return type;
}

}  // namespace tine
