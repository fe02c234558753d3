#include "tests/daemon/config/support.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace leeway::config::testing {

Checkers checkers() {
  return {
      .rule = [](std::string_view text) -> std::optional<Problem> {
        const auto at = text.find("=>");
        if (at == std::string_view::npos) return std::nullopt;
        return Problem{.sentence = "unexpected '=>'; did you mean '>='?", .column = at + 1};
      },
      .cron = [](std::string_view text) -> std::optional<Problem> {
        if (std::count(text.begin(), text.end(), ' ') == 4) return std::nullopt;
        return Problem{.sentence = "expected five fields", .column = 0};
      },
      .time_zone = [](std::string_view text) -> std::optional<Problem> {
        if (text == "UTC" || text == "Europe/Berlin" || text == "America/New_York")
          return std::nullopt;
        return Problem{.sentence = "unknown time zone '" + std::string(text) + "'", .column = 0};
      },
      .pattern = [](std::string_view text) -> std::optional<Problem> {
        if (text.find('(') == std::string_view::npos) return std::nullopt;
        return Problem{.sentence = "is no regular expression: missing )", .column = 0};
      },
      .default_rules = {"column_drifted", "dataset_drifted"},
  };
}

Folder::Folder() {
  std::string name = ::testing::TempDir() + "leeway_config_XXXXXX";
  folder_ = ::mkdtemp(name.data());
}

Folder::~Folder() { std::filesystem::remove_all(folder_); }

std::string Folder::write(std::string_view name, std::string_view text) const {
  const auto path = folder_ / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
  return path.string();
}

Result<Document> read_file(const std::string& path) {
  return Document::read(path, checkers(), [](std::string_view) { return std::nullopt; });
}

Result<Document> read(std::string_view text) {
  const Folder folder;
  return read_file(folder.write("leeway.yaml", text));
}

std::shared_ptr<const Config> config_of(std::string_view text) {
  const auto document = read(text);
  if (document) return document->config();
  ADD_FAILURE() << document.error().message;
  return std::make_shared<const Config>();
}

std::string read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace leeway::config::testing
