#include "collectors/tables/survey_parts.h"

#include "collectors/tables/fold_parts.h"
#include "collectors/tables/parallel.h"

namespace leeway::tables {

SurveyParts::SurveyParts(const LearnPlan& plan, const PaneClock& clock, KeptColumns* kept)
    : plan_(plan), clock_(clock), kept_(kept) {}

Result<> SurveyParts::run() {
  Survey::Options options;
  if (kept_ != nullptr) options.keep_bytes = kept_->most_bytes;
  while (true) {
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
