#include <algorithm>
#include <set>
#include <tuple>

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

Result<> check_extract(const Scratch& scratch, const std::optional<std::string>& name) {
  if (name && (scratch.extract_rows == 0 || !is_named_by(scratch, *name))) {
    return fail(ErrorCode::kCorrupt, "names a file that the plan did not ask for");
  }
  return {};
}

std::set<std::string> allowed_segments(const FoldPlan& plan) {
  std::set<std::string> names{""};
  for (const Segments& segments : plan.segments) {
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
  return check_extract(plan.scratch, pane.extract);
}

}  // namespace

Result<> check(const FoldAnswer& answer, const FoldPlan& plan) {
  const std::set<std::string> segments = allowed_segments(plan);
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
  return check_extract(plan.scratch, answer.extract);
}

}  // namespace leeway::tables
