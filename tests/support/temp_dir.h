// A folder of its own for one test, gone with it.
#pragma once

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "tine/check.h"

namespace tine::test {

/// The whole file; empty where there is none.
[[nodiscard]] inline std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class TempDir {
 public:
  TempDir() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tine-test-XXXXXX").string();
    TINE_CHECK(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string path(const std::string& name) const { return path_ + "/" + name; }

  /// Makes a file, and folders on the way. Returns its path.
  std::string write(const std::string& name, std::string_view text) const {
    const std::filesystem::path file = path(name);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary)
        .write(text.data(), static_cast<std::streamsize>(text.size()));
    return file.string();
  }
  /// Makes an empty folder. Returns its path.
  std::string make_dir(const std::string& name) const {
    std::filesystem::create_directories(path(name));
    return path(name);
  }
  /// Names of the entries that begin with `prefix`, sorted.
  [[nodiscard]] std::vector<std::string> names(std::string_view prefix = "") const {
    std::vector<std::string> list;
    for (const auto& entry : std::filesystem::directory_iterator(path_))
      if (const std::string name = entry.path().filename().string(); name.starts_with(prefix))
        list.push_back(name);
    std::sort(list.begin(), list.end());
    return list;
  }

 private:
  std::string path_;
};

}  // namespace tine::test
