// The walk: a list of names still to go, and the names found so far.
#include "world_paths.h"

#include <deque>
#include <vector>

namespace tine {
namespace {

constexpr size_t kMaxNameBytes = 255;

struct SplitPath {
  std::vector<std::string> names;  // without empty ones and "."
  bool must_be_directory = false;
  bool is_dots = false;
};

WasiResult<SplitPath> split(std::string_view path) {
  if (path.empty()) return wasi::fail(Errno::kNoEnt);
  if (path.size() > kMaxPathBytes) return wasi::fail(Errno::kNameTooLong);
  if (path.find('\0') != std::string_view::npos) return wasi::fail(Errno::kInval);
  if (path.front() == '/') return wasi::fail(Errno::kPerm);
  SplitPath out;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view name = path.substr(begin, end - begin);
    if (name.size() > kMaxNameBytes) return wasi::fail(Errno::kNameTooLong);
    out.must_be_directory = name.empty() || name == "." || name == "..";
    if (!name.empty()) out.is_dots = name == "." || name == "..";
    if (!name.empty() && name != ".") out.names.emplace_back(name);
    begin = end + 1;
  }
  return out;
}

class Walk {
 public:
  Walk(const Files& files, const Place& start, SplitPath path, LastLink last)
      : files_(files), start_(start), at_(start), last_(last) {
    left_.assign(path.names.begin(), path.names.end());
    must_be_directory_ = path.must_be_directory;
    is_dots_ = path.is_dots;
  }

  WasiResult<Resolved> run() {
    while (!left_.empty()) {
      const std::string name = std::move(left_.front());
      left_.pop_front();
      if (const Errno e = name == ".." ? step_up() : step_down(name); e != Errno::kSuccess)
        return wasi::fail(e);
    }
    return Resolved{at_, must_be_directory_, is_dots_};
  }

 private:
  Errno step_up() {
    if (at_ == start_) return Errno::kPerm;
    at_ = at_.parent();
    return Errno::kSuccess;
  }

  Errno step_down(const std::string& name) {
    const Place next = at_.child(name);
    const bool is_last = left_.empty();
    if (is_last && keeps_last()) return arrive(next);
    const auto stat = files_.stat(next);
    if (!stat) return is_last && stat.error() == Errno::kNoEnt ? arrive(next) : stat.error();
    if (stat->type == FileType::kSymbolicLink) return follow(next);
    if (!is_last && stat->type != FileType::kDirectory) return Errno::kNotDir;
    return arrive(next);
  }

  [[nodiscard]] bool keeps_last() const {
    return last_ == LastLink::kEntry || (last_ == LastLink::kKeep && !must_be_directory_);
  }

  Errno arrive(const Place& place) {
    at_ = place;
    return Errno::kSuccess;
  }

  Errno follow(const Place& link) {
    if (++links_followed_ > kMaxLinksFollowed) return Errno::kLoop;
    const auto target = files_.read_link(link);
    if (!target) return target.error();
    const auto path = split(*target);
    if (!path) return path.error();
    if (left_.empty()) must_be_directory_ |= path->must_be_directory;
    left_.insert(left_.begin(), path->names.begin(), path->names.end());
    return Errno::kSuccess;
  }

  const Files& files_;
  const Place& start_;
  Place at_;
  std::deque<std::string> left_;
  LastLink last_;
  bool must_be_directory_ = false;
  bool is_dots_ = false;
  int links_followed_ = 0;
};

}  // namespace

WasiResult<Resolved> resolve(const Files& files, const Place& start, std::string_view path,
                             LastLink last) {
  auto split_path = split(path);
  if (!split_path) return wasi::fail(split_path.error());
  return Walk(files, start, std::move(*split_path), last).run();
}

bool is_canonical_path(std::string_view path) {
  if (path.empty()) return true;
  const auto names = split(path);
  if (!names) return false;
  std::string joined;
  for (const std::string& name : names->names) {
    if (name == "..") return false;
    joined += (joined.empty() ? "" : "/") + name;
  }
  return joined == path;
}

}  // namespace tine
