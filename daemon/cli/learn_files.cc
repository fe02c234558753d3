#include "daemon/cli/learn_files.h"

#include <utility>

#include "collectors/files/file_watch.h"
#include "collectors/tables/learn.h"
#include "daemon/cli/scratch_folder.h"
#include "daemon/monitor/settings.h"

namespace leeway::cli {

Result<std::vector<std::filesystem::path>> files_of(const std::vector<std::string>& patterns) {
  std::vector<std::filesystem::path> paths;
  for (const std::string& pattern : patterns) {
    files::Listing listing = files::list_files(pattern);
    if (!listing.troubles.empty()) {
      files::Trouble& trouble = listing.troubles.front();
      return fail(std::move(trouble.error).in("'" + trouble.path + "'"));
    }
    for (const files::SeenFile& file : listing.files) paths.emplace_back(file.path);
  }
  if (paths.empty())
    return fail(ErrorCode::kNotFound, "no file matches '" + patterns.front() + "'");
  return paths;
}

Result<tables::LearnAnswer> learn_files(const config::Model& model,
                                        std::vector<std::filesystem::path> paths) {
  auto scratch = ScratchFolder::make();
  if (!scratch) return fail(std::move(scratch.error()));
  tables::LearnPlan plan;
  plan.source = monitor::source_of(paths);
  plan.files = std::move(paths);
  plan.rules = monitor::column_rules(model);
  plan.panes = monitor::pane_rule(model, true);
  plan.seed = hash64(model.key());
  plan.scratch = {
      .directory = scratch->path(), .stem = "learned", .extract_rows = monitor::kReferenceRows};
  auto answer = tables::learn(plan);
  if (!answer) return answer;
  answer->extract.reset();
  answer->sample.reset();
  return answer;
}

}  // namespace leeway::cli
