// One map of weak references behind a mutex; entries whose module died go when others come.
#include "module_cache.h"

#include <algorithm>
#include <map>
#include <mutex>

namespace tine {
namespace {

class ModuleCache {
 public:
  /// The live module under `hash`, or null.
  ModuleRef find(const Hash128& hash) {
    const std::lock_guard lock(mutex_);
    const auto it = modules_.find(hash);
    return it == modules_.end() ? nullptr : it->second.lock();
  }

  void add(const ModuleRef& module) {
    const std::lock_guard lock(mutex_);
    const auto [it, is_new] = modules_.try_emplace({module->hash()[0], module->hash()[1]}, module);
    if (!is_new) {
      if (it->second.expired()) it->second = module;
      return;
    }
    // Dead entries go when a new one comes, so that the cache never outgrows what was alive.
    std::erase_if(modules_, [](const auto& entry) { return entry.second.expired(); });
  }

 private:
  std::mutex mutex_;
  std::map<Hash128, std::weak_ptr<const Module>> modules_;
};

ModuleCache& cache() {
  static ModuleCache cache;
  return cache;
}

}  // namespace

Result<ModuleRef> shared_module(std::span<const uint8_t> bytes, const Hash128& hash) {
  if (ModuleRef known = cache().find(hash); known && std::ranges::equal(known->bytes(), bytes))
    return known;
  TINE_TRY_ASSIGN(ModuleRef fresh, Module::create({bytes.begin(), bytes.end()}));
  cache().add(fresh);
  return fresh;
}

void remember_module(const ModuleRef& module) { cache().add(module); }

}  // namespace tine
