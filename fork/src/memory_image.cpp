// Filling an image with the blocks that hold something, then freezing it.
#include "memory_image.h"

#include <algorithm>
#include <numeric>

#include "tine/check.h"

namespace tine {
namespace {

/// The same bytes as extents that do not overlap, in order.
[[nodiscard]] std::vector<os::Extent> joined(std::vector<os::Extent> extents) {
  std::ranges::sort(extents, {}, &os::Extent::begin);
  std::vector<os::Extent> out;
  for (const os::Extent& extent : extents) {
    if (!out.empty() && extent.begin <= out.back().end)
      out.back().end = std::max(out.back().end, extent.end);
    else
      out.push_back(extent);
  }
  return out;
}

}  // namespace

Result<std::shared_ptr<MemoryImage>> MemoryImage::create(std::vector<uint64_t> sizes) {
  std::shared_ptr<MemoryImage> image(new MemoryImage());
  const uint64_t total = std::accumulate(sizes.begin(), sizes.end(), uint64_t{0});
  if (total <= kHeapImageBytes) {
    image->heap_ = std::make_unique<uint8_t[]>(total);
  } else {
    TINE_TRY_ASSIGN(image->file_, os::create_memfd(total));
  }
  uint64_t offset = 0;
  for (const uint64_t size : sizes) {
    MemoryContents& memory = image->memories_.emplace_back();
    memory.fd = image->file_.fd();
    memory.fd_offset = memory.fd < 0 ? 0 : offset;
    memory.bytes = {image->heap_ ? image->heap_.get() + offset : nullptr, size};
    offset += size;
  }
  return image;
}

Result<void> MemoryImage::put(size_t memory, uint64_t offset, std::span<const uint8_t> bytes) {
  const MemoryContents& to = memories_[memory];
  if (offset >= to.bytes.size()) return {};
  bytes = bytes.first(std::min<uint64_t>(bytes.size(), to.bytes.size() - offset));
  if (!heap_) return file_.write_at(to.fd_offset + offset, bytes);
  std::copy(bytes.begin(), bytes.end(), heap_.get() + (to.bytes.data() - heap_.get()) + offset);
  return {};
}

Result<void> MemoryImage::clear(size_t memory, uint64_t begin, uint64_t end) {
  const MemoryContents& to = memories_[memory];
  end = std::min<uint64_t>(end, to.bytes.size());
  if (begin >= end) return {};
  if (!heap_) return os::make_hole(file_, to.fd_offset + begin, end - begin);
  uint8_t* const first = heap_.get() + (to.bytes.data() - heap_.get());
  std::fill(first + begin, first + end, 0);
  return {};
}

Result<void> MemoryImage::freeze() {
  if (heap_) return {};
  TINE_TRY(os::seal(file_));
  const MemoryContents& last = memories_.back();
  TINE_TRY_ASSIGN(view_, os::Mapping::create(file_, 0, last.fd_offset + last.bytes.size()));
  for (MemoryContents& memory : memories_)
    memory.bytes = view_.bytes().subspan(memory.fd_offset, memory.bytes.size());
  return {};
}

Result<std::shared_ptr<const MemoryImage>> MemoryImage::copy(
    std::span<const MemoryContents> memories) {
  std::vector<uint64_t> sizes;
  for (const MemoryContents& memory : memories) sizes.push_back(memory.bytes.size());
  TINE_TRY_ASSIGN(auto image, create(std::move(sizes)));
  for (const MemoryContents& memory : memories)
    if (memory.fd < 0) os::map_for_reading(memory.bytes);
  for (size_t m = 0; m < memories.size(); ++m) {
    Result<void> done;
    (void)for_each_data_run(memories[m], [&](uint64_t offset, std::span<const uint8_t> run) {
      done = image->put(m, offset, run);
      return done.has_value();
    });
    TINE_TRY(std::move(done));
  }
  TINE_TRY(image->freeze());
  return image;
}

std::vector<os::Extent> data_extents(const MemoryContents& memory) {
  if (memory.fd < 0) return {{0, memory.bytes.size()}};
  std::vector<os::Extent> all;
  const uint64_t in_file =
      memory.patches != nullptr ? memory.patches->file_bytes : memory.bytes.size();
  const uint64_t file_end = memory.fd_offset + in_file;
  for (uint64_t from = memory.fd_offset; from < file_end;) {
    const os::Extent data = whole_blocks(os::next_data(memory.fd, from, file_end));
    all.push_back({data.begin - memory.fd_offset, data.end - memory.fd_offset});
    from = data.end;
  }
  if (memory.patches == nullptr) return all;
  for (const ByteRange& range : memory.patches->ranges) all.push_back({range.begin, range.end});
  return joined(std::move(all));
}

Result<std::shared_ptr<const MemoryImage>> MemoryImage::map_file(
    os::File file, std::span<const MemoryRegion> regions) {
  std::shared_ptr<MemoryImage> image(new MemoryImage());
  if (regions.empty()) return image;
  const uint64_t begin = regions.front().offset;
  const uint64_t end = regions.back().offset + regions.back().size_bytes;
  image->file_ = std::move(file);
  if (end > begin) {
    TINE_TRY_ASSIGN(image->view_, os::Mapping::create(image->file_, begin, end - begin));
  }
  for (const MemoryRegion& region : regions) {
    MemoryContents& memory = image->memories_.emplace_back();
    memory.fd = image->file_.fd();
    memory.fd_offset = region.offset;
    memory.bytes = image->view_.bytes().subspan(region.offset - begin, region.size_bytes);
  }
  return image;
}

}  // namespace tine
