#include "collectors/tables/survey_parts.h"

#include "collectors/tables/fold_parts.h"
#include "collectors/tables/parallel.h"

namespace leeway::tables {
namespace {

/// To read smaller files in vain costs little.
constexpr std::uint64_t kWorthCounting = std::uint64_t{32} << 20U;

}  // namespace

SurveyParts::SurveyParts(const LearnPlan& plan, const PaneClock& clock, KeptColumns* kept)
    : plan_(plan), clock_(clock), kept_(kept) {}

Result<> SurveyParts::run() {
  Survey::Options options;
  if (may_keep()) options.keep_bytes = kept_->most_bytes;
  while (true) {
    // Another reader is another DuckDB: that much memory only beside numbers that take more.
    const bool keeps = options.keep_bytes > 0;
    const unsigned count = keeps ? parts_for(plan_.files, kept_->threads, kept_->threads) : 1;
    if (auto done = run_parts(options, count); !done) {
      const auto better = better_options(options);
      if (!better) return done;
      options = *better;
    } else if (first().guessed_wrong()) {
      options.guess_timestamp = false;
    } else {
      return {};
    }
  }
}

/// False where it is known beforehand that the rows are more than the plan extracts: Parquet files
/// say how many they have.
bool SurveyParts::may_keep() const {
  if (kept_ == nullptr || plan_.scratch.extract_rows == 0) return false;
  std::uint64_t rows = 0;
  for (const auto& path : plan_.files) {
    const auto file = SourceFile::open(path);
    if (!file || file->is_text() || file->bytes() < kWorthCounting) continue;
    auto database = Database::create(plan_.limits.memory_bytes / 100 * 40);
    if (!database) return false;
    rows += count_rows(*database, *file).value_or(0);
  }
  return rows <= plan_.scratch.extract_rows;
}

/// The first error in the order of the parts.
Result<> SurveyParts::run_parts(Survey::Options options, unsigned count) {
  parts_.clear();
  options.keep_bytes /= count;
  for (unsigned i = 0; i < count; ++i) {
    options.part = {.index = i, .count = count};
    parts_.push_back(std::make_unique<Survey>(plan_, clock_, options));
  }
  std::vector<Result<>> done(count);
  for_each_index(count, count, [&](std::size_t i) { done[i] = parts_[i]->run(); });
  for (auto& each : done) {
    if (!each) return std::move(each);
  }
  return {};
}

/// What helps one of them does not hurt the others.
std::optional<Survey::Options> SurveyParts::better_options(Survey::Options options) const {
  bool any = false;
  for (const auto& part : parts_) {
    const auto better = part->better_options();
    if (!better) continue;
    any = true;
    options.as_texts = options.as_texts || better->as_texts;
    options.by_codes = options.by_codes && better->by_codes;
    if (better->keep_bytes == 0) options.keep_bytes = 0;
  }
  return any ? std::optional(options) : std::nullopt;
}

std::vector<ColumnSurvey> SurveyParts::finish() {
  std::vector<ColumnSurvey> finished = parts_.front()->finish();
  for (unsigned i = 1; i < parts_.size(); ++i) {
    const Part part{.index = i, .count = static_cast<unsigned>(parts_.size())};
    std::vector<ColumnSurvey> others = parts_[i]->finish();
    for (std::size_t column = 0; column < finished.size(); ++column) {
      if (part.has(column)) finished[column] = std::move(others[column]);
    }
  }
  return finished;
}

}  // namespace leeway::tables
