// tine diff, of call stacks. Two runs of one program share their outer frames, so frames are paired
// from the outermost inwards for as long as they are in the same function; what stands further in
// belongs to one side alone.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "diff.h"

namespace tine::cli {

namespace {

using Frames = std::vector<FrameState>;

/// Number in a backtrace, whose innermost frame is #0.
size_t number_of(const Frames& frames, size_t i) { return frames.size() - 1 - i; }

Json side(const SnapshotView& view, const Frames& frames, size_t i) {
  return {{"number", number_of(frames, i)}, {"at", describe_frame(view, frames[i])}};
}

void diff_values(Json& out, const char* kind, const std::vector<Value>& a,
                 const std::vector<Value>& b) {
  for (size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    if (i < a.size() && i < b.size() && a[i] == b[i]) continue;
    out.push_back({{"kind", kind},
                   {"index", i},
                   {"a", i < a.size() ? Json(to_string(a[i])) : Json(nullptr)},
                   {"b", i < b.size() ? Json(to_string(b[i])) : Json(nullptr)}});
  }
}

bool is_same_function(const SnapshotView& a, const FrameState& fa, const SnapshotView& b,
                      const FrameState& fb) {
  return fa.instance == fb.instance && fa.func == fb.func &&
         a.machine->module_of(fa.instance).func_name(fa.func) ==
             b.machine->module_of(fb.instance).func_name(fb.func);
}

}  // namespace

Json diff_frames(const SnapshotView& a, const SnapshotView& b) {
  const Frames& frames_a = a.state().threads[0].frames;
  const Frames& frames_b = b.state().threads[0].frames;
  Json list = Json::array();
  size_t i = 0;
  for (; i < std::min(frames_a.size(), frames_b.size()); ++i) {
    const FrameState& fa = frames_a[i];
    const FrameState& fb = frames_b[i];
    if (!is_same_function(a, fa, b, fb)) break;
    Json values = Json::array();
    diff_values(values, "local", fa.locals, fb.locals);
    diff_values(values, "operand", fa.operands, fb.operands);
    if (fa.offset == fb.offset && values.empty()) continue;
    list.push_back({{"a", side(a, frames_a, i)}, {"b", side(b, frames_b, i)}, {"values", values}});
  }
  for (size_t k = i; k < frames_a.size(); ++k)
    list.push_back({{"a", side(a, frames_a, k)}, {"b", nullptr}, {"values", Json::array()}});
  for (size_t k = i; k < frames_b.size(); ++k)
    list.push_back({{"a", nullptr}, {"b", side(b, frames_b, k)}, {"values", Json::array()}});
  return list;
}

}  // namespace tine::cli
