#include "daemon/cli/profile_files.h"

#include <utility>

#include "daemon/cli/learn_files.h"
#include "daemon/monitor/reference_file.h"
#include "daemon/store/files.h"
#include "detectors/profile/reference.h"

namespace leeway::cli {
namespace {

std::string counted(std::uint64_t n, const std::string& what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

}  // namespace

Result<std::string> profile_files(const config::Model& model, std::vector<std::string> files,
                                  const std::filesystem::path& output) {
  if (files.empty()) files = model.reference.files;
  if (files.empty()) {
    return fail(ErrorCode::kInvalidConfig,
                "model '" + model.name + "' has no reference.files; name the files to read");
  }
  auto paths = files_of(files);
  if (!paths) return fail(std::move(paths.error()));
  auto answer = learn_files(model, std::move(*paths));
  if (!answer) return fail(std::move(answer.error()));
  auto reference = profile::Reference::deserialize(answer->reference);
  if (!reference) return fail(std::move(reference.error()));
  const monitor::ReferenceFile file{.reference = *reference,
                                    .segments = std::move(answer->segments),
                                    .columns = std::move(answer->columns)};
  if (auto written = store::write_durably(std::filesystem::absolute(output), file.encode());
      !written) {
    return fail(std::move(written.error()));
  }
  return output.string() + ": " + counted(reference->profile.rows, "row") + " in " +
         counted(reference->windows.size(), "window") + ", " +
         counted(reference->schema.columns.size(), "column") + ", reference " + reference->id();
}

}  // namespace leeway::cli
