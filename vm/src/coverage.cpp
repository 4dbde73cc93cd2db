// Coverage numbering: a function of the module alone, so that a counter means the same edge in
// every process of a campaign.
#include "coverage_edges.h"
#include "tine/check.h"
#include "tine/code.h"
#include "tine/instr.h"

namespace tine {

std::string_view name_of(CodeKind kind) {
  switch (kind) {
    case CodeKind::kPlain: return "plain";
    case CodeKind::kCovered: return "covered";
    case CodeKind::kStepping: return "stepping";
  }
  return "plain";
}

uint32_t edge_count(const Module& module) {
  uint32_t count = 0;
  for (const FuncBody& body : module.bodies) count += body.edge_count;
  return count;
}

std::vector<EdgeInfo> coverage_edges(const Module& module) {
  std::vector<EdgeInfo> edges;
  edges.reserve(edge_count(module));
  for (FuncIdx func = module.imported_funcs; func < module.func_count(); ++func) {
    const FuncBody& body = module.body(func);
    edges.insert(edges.end(), kEntryEdges, EdgeInfo{func, body.begin, true});
    InstrReader reader(module.bytes(), body.begin, body.end);
    while (!reader.at_end()) {
      const Result<Instr> instr = reader.next();
      TINE_CHECK(instr.has_value());  // the module is validated
      edges.insert(edges.end(), edges_of(*instr), EdgeInfo{func, instr->offset, false});
    }
  }
  return edges;
}

}  // namespace tine
