// Filling an image with the blocks that hold something, then freezing it.
#include "memory_image.h"

#include <algorithm>
#include <numeric>

#include "tine/check.h"

namespace tine {
namespace {

/// Files are copied in pieces of this size, a multiple of kBlockBytes.
constexpr uint64_t kCopyBufferBytes = 256 * 1024;

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
  TINE_DCHECK(offset + bytes.size() <= to.bytes.size());
  if (!heap_) return file_.write_at(to.fd_offset + offset, bytes);
  uint8_t* const begin = heap_.get() + (to.bytes.data() - heap_.get());
  std::copy(bytes.begin(), bytes.end(), begin + offset);
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

Result<void> MemoryImage::copy_region(const os::File& file, const MemoryRegion& region,
                                      size_t memory, std::vector<uint8_t>& buffer) {
  const uint64_t region_end = region.offset + region.size_bytes;
  for (uint64_t from = region.offset; from < region_end;) {
    const os::Extent data = whole_blocks(os::next_data(file.fd(), from, region_end));
    for (from = data.begin; from < data.end;) {
      const auto piece = std::span(buffer).first(std::min(buffer.size(), data.end - from));
      TINE_TRY(file.read_at(from, piece));
      Result<void> done;
      (void)for_each_data_run(std::span<const uint8_t>(piece),
                              [&](uint64_t offset, std::span<const uint8_t> run) {
                                done = put(memory, from - region.offset + offset, run);
                                return done.has_value();
                              });
      TINE_TRY(std::move(done));
      from += piece.size();
    }
  }
  return {};
}

Result<std::shared_ptr<const MemoryImage>> MemoryImage::copy_file(
    const os::File& file, std::span<const MemoryRegion> regions) {
  std::vector<uint64_t> sizes;
  for (const MemoryRegion& region : regions) sizes.push_back(region.size_bytes);
  TINE_TRY_ASSIGN(auto image, create(std::move(sizes)));
  std::vector<uint8_t> buffer(kCopyBufferBytes);
  for (size_t m = 0; m < regions.size(); ++m)
    TINE_TRY(image->copy_region(file, regions[m], m, buffer));
  TINE_TRY(image->freeze());
  return image;
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
