#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "collectors/tables/cells.h"
#include "collectors/tables/plan.h"
#include "detectors/profile/reference.h"

namespace leeway::tables {
namespace {

/// A file that the plan allows: its stem and a tail that leads nowhere else.
bool is_named_by(const Scratch& scratch, const std::string& name) {
  return name.size() > scratch.stem.size() && name.starts_with(scratch.stem) &&
         name.find('/') == std::string::npos && name.find('\0') == std::string::npos &&
         name != "." && name != "..";
}

Result<> check_file(const Scratch& scratch, std::uint64_t asked_rows,
                    const std::optional<std::string>& name) {
  if (name && (asked_rows == 0 || !is_named_by(scratch, *name))) {
    return fail(ErrorCode::kCorrupt, "names a file that the plan did not ask for");
  }
  return {};
}

Result<> check_files(const Scratch& scratch, const std::optional<std::string>& extract,
                     const std::optional<std::string>& sample) {
  if (auto fine = check_file(scratch, scratch.extract_rows, extract); !fine) return fine;
  return check_file(scratch, scratch.sample_rows, sample);
}

std::set<std::string> names_of(const std::vector<Segments>& all) {
  std::set<std::string> names{""};
  for (const Segments& segments : all) {
    names.insert(segment_name(segments.column, std::nullopt));
    for (const std::string& value : segments.values) {
      names.insert(segment_name(segments.column, value));
    }
  }
  return names;
}

Result<> check_pane(const FoldedPane& pane, const FoldPlan& plan,
                    const std::set<std::string>& segments) {
  if (!segments.contains(pane.segment)) {
    return fail(ErrorCode::kCorrupt, "has a segment that the plan did not ask for");
  }
  auto profile = profile::Profile::deserialize(pane.profile);
  if (!profile) return fail(std::move(profile.error()));
  if (auto fits = profile->fits(plan.schema); !fits) {
    return fail(ErrorCode::kCorrupt, std::move(fits.error().message));
  }
  if (profile->rows != pane.rows) {
    return fail(ErrorCode::kCorrupt, "has a profile of other rows than its pane");
  }
  return check_files(plan.scratch, pane.extract, pane.sample);
}

}  // namespace

Result<> check(const FoldAnswer& answer, const FoldPlan& plan) {
  const std::set<std::string> segments = names_of(plan.segments);
  std::uint64_t rows = 0;
  const FoldedPane* before = nullptr;
  for (const FoldedPane& pane : answer.panes) {
    if (auto fine = check_pane(pane, plan, segments); !fine) return fine;
    if (before != nullptr &&
        std::tie(before->start, before->segment) >= std::tie(pane.start, pane.segment)) {
      return fail(ErrorCode::kCorrupt, "has panes out of order");
    }
    before = &pane;
    if (pane.segment.empty() && __builtin_add_overflow(rows, pane.rows, &rows)) {
      return fail(ErrorCode::kCorrupt, "has more rows than can be");
    }
  }
  std::uint64_t others = 0;
  if (__builtin_add_overflow(answer.future_rows, answer.timeless_rows, &others) ||
      __builtin_add_overflow(rows, others, &rows) || rows != answer.rows) {
    return fail(ErrorCode::kCorrupt, "has rows that do not add up");
  }
  if (answer.first_time.has_value() != answer.last_time.has_value() ||
      answer.first_time > answer.last_time) {
    return fail(ErrorCode::kCorrupt, "has event times that make no sense");
  }
  return {};
}

Result<> check(const LearnAnswer& answer, const LearnPlan& plan) {
  auto reference = profile::Reference::deserialize(answer.reference);
  if (!reference) return fail(std::move(reference.error()));
  for (const Segments& segments : answer.segments) {
    if (segments.values.size() > Segments::kMaxValues ||
        std::find(plan.rules.segments.begin(), plan.rules.segments.end(), segments.column) ==
            plan.rules.segments.end()) {
      return fail(ErrorCode::kCorrupt, "has segments that the plan did not ask for");
    }
  }
  const std::set<std::string> names = names_of(answer.segments);
  for (const profile::Reference::Part& part : reference->parts) {
    if (!names.contains(part.segment)) {
      return fail(ErrorCode::kCorrupt, "has a segment that it does not describe");
    }
  }
  return check_files(plan.scratch, answer.extract, answer.sample);
}

Result<> check(const MeasureAnswer& answer, const MeasurePlan& plan) {
  if (!plan.current.empty() && answer.windows.size() != 1) {
    return fail(ErrorCode::kCorrupt, "has windows that the plan did not ask for");
  }
  const auto is_compared = [&plan](const std::string& name) {
    return std::any_of(plan.columns.begin(), plan.columns.end(),
                       [&name](const ComparedColumn& each) { return each.name == name; });
  };
  if (!std::all_of(answer.clocks.begin(), answer.clocks.end(), is_compared)) {
    return fail(ErrorCode::kCorrupt, "names a column that the plan does not have");
  }
  for (const std::vector<MeasuredDrift>& window : answer.windows) {
    for (const MeasuredDrift& drift : window) {
      const bool of_model = drift.column.empty();
      const std::vector<std::string>& asked = of_model ? plan.measures : plan.embedding;
      const bool column = of_model || is_compared(drift.column);
      if (!column || std::find(asked.begin(), asked.end(), drift.measure) == asked.end()) {
        return fail(ErrorCode::kCorrupt, "has measures that the plan did not ask for");
      }
      if (!drift.measured) continue;
      const multivariate::Null& null = drift.measured->null;
      if (!std::isfinite(drift.measured->value) || !std::isfinite(null.center) ||
          !std::isfinite(null.scale) || null.scale < 0.0 || !(null.parameter >= 0.0)) {
        return fail(ErrorCode::kCorrupt, "has values that make no sense");
      }
    }
  }
  return {};
}

Result<> check(const RowsAnswer& answer, const RowsPlan& plan) {
  if (answer.rows.size() > plan.rows) {
    return fail(ErrorCode::kCorrupt, "has more rows than the plan asked for");
  }
  std::uint64_t bytes = 0;
  for (const CellRow& row : answer.rows) {
    if (row.cells.size() != plan.columns.size()) {
      return fail(ErrorCode::kCorrupt, "has rows of other columns than the plan's");
    }
    for (const Cell& cell : row.cells) bytes += size_of(cell);
  }
  if (bytes > plan.bytes) return fail(ErrorCode::kCorrupt, "has more than the plan asked for");
  return {};
}

}  // namespace leeway::tables
