#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/temp_folder.h"

namespace leeway::compute {

/// A folder with the files of tests/fixtures/compute/NAME.tree.
class Tree {
 public:
  explicit Tree(const std::string& name) {
    std::ifstream file(std::string(LEEWAY_SOURCE_DIR) + "/tests/fixtures/compute/" + name +
                       ".tree");
    std::string line;
    std::ofstream out;
    while (std::getline(file, line)) {
      if (line.starts_with("== ")) {
        out.close();
        const auto path = folder_ / line.substr(3);
        std::filesystem::create_directories(path.parent_path());
        out.open(path);
      } else {
        out << line << "\n";
      }
    }
  }

  std::string root() const { return folder_.path().string(); }

  void write(const std::string& name, const std::string& content) const {
    const auto path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << content;
  }
  void remove(const std::string& name) const { std::filesystem::remove_all(folder_ / name); }

 private:
  tests::TempFolder folder_;
};

}  // namespace leeway::compute
