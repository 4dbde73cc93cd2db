// ExitCall: a call that left threaded code, unpacked from the cells of its op. The layouts are
// those of handlers_control.cpp.
#pragma once

#include <cstdint>

#include "cell.h"
#include "context.h"

namespace tine {

struct ExitCall {
  uint32_t store_func = 0;
  bool is_tail = false;
  const Cell* return_to = nullptr;  // not is_tail: behind the op
  uint32_t base_slot = 0;           // of the first argument, from the caller's fp
  // is_tail:
  uint32_t arg_slots = 0;
  uint32_t return_slot = 0;
  uint32_t own_depth_slots = 0;

  [[nodiscard]] static ExitCall unpack(const Context& ctx) {
    const Cell* op = ctx.exit_ip;
    const CallForm form = static_cast<CallForm>(ctx.exit_arg >> 32);
    ExitCall call;
    call.store_func = static_cast<uint32_t>(ctx.exit_arg);
    call.is_tail = form == CallForm::kTailImport || form == CallForm::kTailIndirect;
    if (!call.is_tail) {
      call.return_to = op + (form == CallForm::kImport ? 3 : 4);
      call.base_slot = call.return_to[-1].u16[2];
      return call;
    }
    const Cell* tail = op + (form == CallForm::kTailImport ? 2 : 3);
    call.base_slot = tail[0].u16[0];
    call.arg_slots = tail[0].u16[1];
    call.return_slot = tail[0].u16[2];
    call.own_depth_slots = tail[1].u32[0];
    return call;
  }
};

}  // namespace tine
