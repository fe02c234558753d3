#include "daemon/cli/scratch_folder.h"

#include <stdlib.h>

#include <string>

namespace leeway::cli {

Result<ScratchFolder> ScratchFolder::make() {
  std::error_code error;
  std::string pattern = (std::filesystem::temp_directory_path(error) / "leeway-XXXXXX").string();
  if (error || ::mkdtemp(pattern.data()) == nullptr) {
    return fail(ErrorCode::kUnavailable, "no folder for temporary files can be made; set TMPDIR");
  }
  return ScratchFolder(pattern);
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace leeway::cli
