#include "coverage_map.h"

#include <cstdlib>
#include <cstring>

#include "libfuzzer.h"
#include "tine/check.h"

namespace tine {

namespace {

constexpr size_t kPageBytes = 4096;

}  // namespace

void CoverageMap::Free::operator()(uint8_t* p) const { std::free(p); }

CoverageMap::CoverageMap(InstanceIdx instance, const Module& module) {
  const std::vector<EdgeInfo> edges = coverage_edges(module);
  size_ = static_cast<uint32_t>(edges.size());
  const size_t bytes = (edges.size() + kPageBytes) / kPageBytes * kPageBytes;
  counters_.reset(static_cast<uint8_t*>(std::aligned_alloc(kPageBytes, bytes)));
  TINE_CHECK(counters_ != nullptr);
  std::memset(counters_.get(), 0, bytes);
  pcs_.reserve(edges.size());
  for (const EdgeInfo& edge : edges)
    pcs_.push_back({encode_pc(instance, edge.offset), edge.is_function_entry ? 1u : 0u});
}

void CoverageMap::register_with_engine() {
  if (size_ == 0) return;
  __sanitizer_cov_8bit_counters_init(counters_.get(), counters_.get() + size_);
  const auto* first = reinterpret_cast<const uintptr_t*>(pcs_.data());
  __sanitizer_cov_pcs_init(first, first + 2 * pcs_.size());
}

}  // namespace tine
