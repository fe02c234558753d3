#include "daemon/cli/explain_data.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <utility>

#include "daemon/cli/learn_files.h"
#include "daemon/monitor/reference_file.h"
#include "daemon/monitor/settings.h"
#include "daemon/store/files.h"
#include "detectors/profile/reference.h"
#include "detectors/threshold/thresholds.h"

namespace leeway::cli {
namespace {

constexpr std::size_t kMaxProfileBytes = std::size_t{256} << 20U;

std::string counted(std::uint64_t n, const std::string& what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

struct Learned {
  profile::Reference reference;
  std::vector<std::string> notes;
};

Result<Learned> learn(const config::Model& model, std::vector<std::filesystem::path> paths) {
  auto answer = learn_files(model, std::move(paths));
  if (!answer) return fail(std::move(answer.error()));
  auto reference = profile::Reference::deserialize(answer->reference);
  if (!reference) return fail(std::move(reference.error()));
  return Learned{std::move(*reference), std::move(answer->notes)};
}

/// "numeric feature, private: numbers with fractions".
std::string column_text(const profile::Column& column) {
  std::string text =
      std::string(to_string(column.type)) + " " + std::string(to_string(column.role));
  if (column.is_private) text += ", private";
  return column.reason.empty() ? text : text + ": " + column.reason;
}

std::string rounded(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2g", value);
  return text.data();
}

/// What the reference's windows say of false alarms: whether they vouch for the budget, and how
/// often they would cross thresholds that the user has fixed.
config::Topics false_alarm_topics(const config::Model& model, const profile::Reference& reference) {
  const auto thresholds = threshold::Thresholds::learn(
      reference, model.drift.numeric, model.drift.categorical, monitor::threshold_policy(model));
  const config::Rate& asked = model.drift.false_alarms;
  const auto rate = [&asked](double count) {
    return config::to_string(config::Rate{.count = 1.0, .per = asked.per})
        .replace(0, 1, rounded(count));
  };
  config::Topics topics;
  if (!thresholds.has_windows()) {
    topics.emplace_back("false alarms",
                        "the reference has too few windows to learn from: columns warn at most "
                        "until 14 windows have been judged");
  } else if (thresholds.achievable_false_alarms() > asked.count) {
    topics.emplace_back("false alarms", "the reference's windows vouch for " +
                                            rate(thresholds.achievable_false_alarms()) +
                                            "; fewer are extrapolated");
  }
  if (thresholds.has_fixed()) {
    topics.emplace_back("false alarms",
                        "fixed thresholds are expected to be crossed without drift " +
                            rate(thresholds.fixed_false_alarms()) + ", beside the budget");
  }
  return topics;
}

/// Rules for values that will do nothing, or other than they seem to.
void add_rule_notes(config::Topics& topics, const config::Model& model,
                    const profile::Schema& schema) {
  for (const auto& [name, rules] : model.quality.columns) {
    const profile::Column* column = schema.find(name);
    const std::string key = "quality.columns." + name;
    if (column == nullptr) {
      topics.emplace_back("note", key + " names no column of these files");
    } else if (column->role == ColumnRole::kIgnored) {
      topics.emplace_back("note", key + " does nothing: the column is ignored");
    } else if (column->type == ColumnType::kDatetime || column->type == ColumnType::kEmbedding) {
      topics.emplace_back("note", key + " does nothing: values of the type " +
                                      std::string(to_string(column->type)) + " are not checked");
    } else if (column->type == ColumnType::kNumeric && !rules.pattern.empty()) {
      topics.emplace_back("note", key +
                                      ".pattern is held against numbers, which have lost leading "
                                      "zeros; set columns.types to categorical or text");
    }
  }
}

config::Topics topics_of(const Learned& learned) {
  config::Topics topics{{"rows", counted(learned.reference.profile.rows, "row") + ", " +
                                     counted(learned.reference.windows.size(), "window")}};
  for (const profile::Column& column : learned.reference.schema.columns)
    topics.emplace_back("column " + column.name, column_text(column));
  for (const std::string& note : learned.notes) topics.emplace_back("note", note);
  return topics;
}

config::Topics explain_profile(const config::Model& model) {
  const std::string& path = model.reference.profile;
  auto bytes = store::read_file(path, kMaxProfileBytes);
  if (!bytes) return {{"columns", "not known yet: " + bytes.error().message}};
  auto file = monitor::ReferenceFile::decode(*bytes);
  if (!file) return {{"columns", "not known: '" + path + "': " + file.error().message}};
  config::Topics topics = topics_of({.reference = file->reference, .notes = {}});
  if (auto fine = monitor::fits(*file, model.columns); !fine) {
    topics.emplace_back("profile", fine.error().message);
  }
  config::Topics more = false_alarm_topics(model, file->reference);
  std::move(more.begin(), more.end(), std::back_inserter(topics));
  return topics;
}

}  // namespace

config::Topics explain_data(const config::Model& model) {
  if (!model.reference.profile.empty()) return explain_profile(model);
  const bool from_batches = model.reference.files.empty();
  if (from_batches && !model.has_batches()) return {};
  auto paths = files_of(from_batches ? model.batches.files : model.reference.files);
  if (!paths) return {{"columns", "not known yet: " + paths.error().message}};
  if (from_batches) paths->resize(1);
  const std::string read = paths->front().string();
  auto learned = learn(model, std::move(*paths));
  if (!learned) return {{"columns", "not known: '" + read + "': " + learned.error().message}};
  config::Topics topics = topics_of(*learned);
  add_rule_notes(topics, model, learned->reference.schema);
  if (from_batches) return topics;
  config::Topics more = false_alarm_topics(model, learned->reference);
  std::move(more.begin(), more.end(), std::back_inserter(topics));
  return topics;
}

}  // namespace leeway::cli
