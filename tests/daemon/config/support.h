#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "daemon/config/load.h"

namespace leeway::config::testing {

/// Stand-ins for the other rooms: "=>" is no operator, a cron line has five fields, and there are
/// three time zones.
Checkers checkers();

/// A folder that is gone at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path(std::string_view name) const { return (folder_ / name).string(); }
  std::string write(std::string_view name, std::string_view text) const;

 private:
  std::filesystem::path folder_;
};

/// Reads `text` as leeway.yaml of a folder of its own, without environment variables.
Result<Document> read(std::string_view text);
Result<Document> read_file(const std::string& path);

/// The same for a text that is known to be good.
std::shared_ptr<const Config> config_of(std::string_view text);

std::string read_whole(const std::string& path);

}  // namespace leeway::config::testing
