#include "daemon/cli/compare.h"

#include <unistd.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <thread>
#include <utility>

#include "collectors/tables/extract.h"
#include "collectors/tables/fold.h"
#include "collectors/tables/learn.h"
#include "collectors/tables/parallel.h"
#include "daemon/cli/compare_together.h"
#include "daemon/cli/describe.h"
#include "daemon/cli/scratch_folder.h"
#include "daemon/monitor/settings.h"
#include "detectors/drift/compare.h"
#include "detectors/drift/quality_measures.h"
#include "detectors/multivariate/measures.h"

namespace leeway::cli {
namespace {

namespace json = boost::json;

constexpr Duration kReferenceWindow = std::chrono::hours(24);

/// Sorted columns of one side: in memory or, if they were too many for that, in a file.
struct Side {
  tables::KeptColumns kept;
  tables::MappedExtract extract;
  drift::SortedColumns sorted;

  Result<> open(const ScratchFolder& scratch, const std::optional<std::string>& file,
                std::size_t columns) {
    if (file) {
      auto mapped = tables::MappedExtract::open(scratch.path() / *file);
      if (!mapped) return fail(std::move(mapped.error()));
      extract = std::move(*mapped);
    }
    for (std::size_t i = 0; i < columns; ++i) {
      sorted.columns.push_back(kept.kept ? kept.column(i)
                                         : extract.column(static_cast<std::uint32_t>(i)));
    }
    return {};
  }
};

/// A quarter of the machine's memory for the numbers of each side.
std::uint64_t memory_of_a_side() {
  const auto pages = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES)));
  const auto page = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PAGESIZE)));
  return std::max(tables::Limits{}.memory_bytes, pages * page / 4);
}

unsigned threads_of(const CompareArguments& arguments) {
  if (arguments.threads > 0) return arguments.threads;
  return std::max(1U, std::thread::hardware_concurrency());
}

std::span<const double> sorted_of(const Side& side, std::size_t column) {
  return side.sorted.columns[column];
}

/// Everything that the report is written from.
struct Compared {
  profile::Reference reference;
  profile::Profile current;
  std::vector<Finding> findings;
  drift::DriftSummary summary;
  std::vector<std::string> notes;
  Side reference_side;
  Side current_side;
};

/// Of "COLUMN=TYPE"; a column may have '=' in its name, a type has none.
Result<std::map<std::string, ColumnType>> types_of(const std::vector<std::string>& given) {
  std::map<std::string, ColumnType> types;
  for (const std::string& text : given) {
    const std::size_t at = text.rfind('=');
    const auto type =
        at == std::string::npos ? std::nullopt : column_type(std::string_view(text).substr(at + 1));
    if (!type || at == 0) {
      return fail(ErrorCode::kInvalidArgument, "--types: '" + text +
                                                   "' is not COLUMN=TYPE with a type like numeric, "
                                                   "categorical, boolean, datetime or text");
    }
    types[text.substr(0, at)] = *type;
  }
  return types;
}

Result<Compared> compare_sides(const CompareArguments& arguments) {
  auto scratch = ScratchFolder::make();
  if (!scratch) return fail(std::move(scratch.error()));
  tables::LearnPlan learning;
  learning.files = {arguments.reference};
  learning.source = arguments.reference;
  learning.rules.except = arguments.ignore;
  if (Result<> known = check_multivariate(arguments); !known) return fail(std::move(known.error()));
  auto types = types_of(arguments.types);
  if (!types) return fail(std::move(types.error()));
  learning.rules.types = std::move(*types);
  learning.panes.size = kReferenceWindow;
  learning.scratch = {
      .directory = scratch->path(), .stem = "reference", .extract_rows = arguments.exact_rows};
  learning.scratch.sample_rows = sample_rows(arguments);
  Side before;
  before.kept.threads = threads_of(arguments);
  before.kept.most_bytes = memory_of_a_side();
  auto learned = tables::learn_keeping(learning, before.kept);
  if (!learned)
    return fail(std::move(learned.error()).in("reference '" + arguments.reference + "'"));
  auto reference = profile::Reference::deserialize(learned->reference);
  if (!reference) return fail(std::move(reference.error()));
  const std::size_t columns = reference->schema.columns.size();

  tables::FoldPlan folding;
  folding.files = {arguments.current};
  folding.schema = reference->schema;
  folding.value_rules = monitor::value_rules(config::Model{}, *reference);
  folding.scratch = {
      .directory = scratch->path(), .stem = "current", .extract_rows = arguments.exact_rows};
  folding.scratch.sample_rows = sample_rows(arguments);
  Side now;
  now.kept.threads = before.kept.threads;
  now.kept.most_bytes = before.kept.most_bytes;
  auto folded = tables::fold_keeping(folding, now.kept);
  if (!folded) return fail(std::move(folded.error()).in("'" + arguments.current + "'"));
  if (folded->panes.empty())
    return fail(ErrorCode::kInsufficientData, "'" + arguments.current + "' has no rows");
  auto current = profile::Profile::deserialize(folded->panes.front().profile);
  if (!current) return fail(std::move(current.error()));

  if (auto opened = before.open(*scratch, learned->extract, columns); !opened)
    return fail(std::move(opened.error()));
  if (auto opened = now.open(*scratch, folded->panes.front().extract, columns); !opened)
    return fail(std::move(opened.error()));

  drift::CompareOptions options;
  options.dialect = arguments.dialect;
  options.numeric_measures = arguments.numeric;
  options.categorical_measures = arguments.categorical;
  options.for_each_column = [threads = before.kept.threads](std::size_t count, const auto& work) {
    tables::for_each_index(count, threads, work);
  };
  const auto thresholds = threshold::Thresholds::learn(*reference, arguments.numeric,
                                                       arguments.categorical, policy_of(arguments));
  Compared compared;
  compared.findings =
      drift::compare(*reference, before.sorted, *current, now.sorted, thresholds, options);
  auto together = compare_together(arguments, scratch->path(), reference->schema, *learned,
                                   folded->panes.front());
  if (!together) return fail(std::move(together.error()));
  std::ranges::move(*together, std::back_inserter(compared.findings));
  compared.summary = drift::summarize(reference->schema, compared.findings);
  for (const std::string& name : folded->new_columns)
    compared.notes.push_back(name + ": new column, not compared");
  for (const std::string& name : folded->vanished_columns)
    compared.notes.push_back(name + ": column has vanished");
  for (const auto& column : folded->retyped_columns) {
    compared.notes.push_back(column.name + ": type changed, the file has " + column.file_type);
  }
  compared.reference_side = std::move(before);
  compared.current_side = std::move(now);
  compared.reference = std::move(*reference);
  compared.current = std::move(*current);
  return compared;
}

bool is_quality(const Finding& finding) { return drift::is_quality_measure(finding.measure); }

Verdict verdict_of(const Compared& compared, const std::string& column) {
  for (const Finding& finding : compared.findings) {
    if (finding.column == column && finding.deciding) return finding.verdict;
  }
  Verdict worst = Verdict::kOk;
  for (const Finding& finding : compared.findings) {
    if (finding.column == column && !is_unknown(finding.verdict))
      worst = std::max(worst, finding.verdict);
  }
  return worst;
}

bool is_of_all_columns(const Finding& finding) {
  return finding.column.empty() && multivariate::find_measure(finding.measure) != nullptr;
}

/// Any column, or all of them together.
bool has_drifted(const Compared& compared) {
  return compared.summary.drifted > 0 ||
         std::ranges::any_of(compared.findings, [](const Finding& finding) {
           return is_of_all_columns(finding) && finding.verdict == Verdict::kCritical;
         });
}

json::value number(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return nullptr;
  return *value;
}

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

json::object measure_json(const Finding& finding) {
  json::value drifted = nullptr;
  if (!is_unknown(finding.verdict)) drifted = finding.verdict == Verdict::kCritical;
  json::array shifts;
  for (const Shift& shift : finding.shifts) {
    shifts.push_back(json::object{{"what", shift.what},
                                  {"reference_share", shift.reference},
                                  {"current_share", shift.current}});
  }
  return {{"measure", finding.measure},
          {"value", number(finding.value)},
          {"threshold", number(finding.critical)},
          {"warning", number(finding.warning)},
          {"basis", to_string(finding.basis)},
          {"verdict", to_string(finding.verdict)},
          {"drifted", std::move(drifted)},
          {"p_value", number(finding.p_value)},
          {"alpha", number(finding.alpha)},
          {"error_bound", finding.error_bound},
          {"noise_floor", number(finding.noise_floor)},
          {"note", finding.note},
          {"shifts", std::move(shifts)}};
}

/// Both sides of each column.
std::vector<json::object> describe_columns(const Compared& compared) {
  std::vector<json::object> described(compared.reference.schema.columns.size());
  tables::for_each_index(described.size(), compared.reference_side.kept.threads, [&](auto i) {
    const profile::Column& column = compared.reference.schema.columns[i];
    if (column.role == ColumnRole::kIgnored) return;
    described[i] = {{"reference", describe(column, compared.reference.profile.columns[i],
                                           sorted_of(compared.reference_side, i))},
                    {"current", describe(column, compared.current.columns[i],
                                         sorted_of(compared.current_side, i))}};
  });
  return described;
}

std::string as_json(const CompareArguments& arguments, const Compared& compared) {
  std::vector<json::object> described = describe_columns(compared);
  json::array columns;
  for (std::size_t i = 0; i < compared.reference.schema.columns.size(); ++i) {
    const profile::Column& column = compared.reference.schema.columns[i];
    if (column.role == ColumnRole::kIgnored) continue;
    const profile::ColumnProfile& before = compared.reference.profile.columns[i];
    const profile::ColumnProfile& now = compared.current.columns[i];
    json::array measures;
    for (const Finding& finding : compared.findings) {
      if (finding.column == column.name && !is_quality(finding))
        measures.push_back(measure_json(finding));
    }
    json::object out = {{"column", column.name},
                        {"type", to_string(column.type)},
                        {"role", to_string(column.role)},
                        {"verdict", to_string(verdict_of(compared, column.name))},
                        {"measures", std::move(measures)},
                        {"missing", json::object{{"reference", share(before.missing, before.rows)},
                                                 {"current", share(now.missing, now.rows)}}}};
    out["describe"] = std::move(described[i]);
    if (column.categories) out["categories"] = compare_categories(column, before, now);
    json::array quality;
    for (const Finding& finding : compared.findings) {
      if (finding.column == column.name && is_quality(finding))
        quality.push_back(measure_json(finding));
    }
    out["quality"] = std::move(quality);
    out["unseen_share"] = nullptr;
    if (column.categories) out["unseen_share"] = share(now.unseen, now.rows);
    columns.push_back(std::move(out));
  }
  json::array together;
  for (const Finding& finding : compared.findings) {
    if (is_of_all_columns(finding)) together.push_back(measure_json(finding));
  }
  json::array notes;
  for (const std::string& note : compared.notes) notes.push_back(json::value(note));
  return json::serialize(
             json::object{{"reference", json::object{{"rows", compared.reference.profile.rows}}},
                          {"current", json::object{{"rows", compared.current.rows}}},
                          {"dialect", arguments.dialect},
                          {"columns", std::move(columns)},
                          {"multivariate", std::move(together)},
                          {"drift_share", number(compared.summary.share)},
                          {"drifted", has_drifted(compared)},
                          {"notes", std::move(notes)}}) +
         "\n";
}

std::string figure(const std::optional<double>& value) {
  if (!value) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.4f", *value);
  return text;
}

std::string as_text(const Compared& compared) {
  std::string out;
  char line[512];
  std::snprintf(line, sizeof line, "%-20s %-12s %-12s %10s %10s %10s  %s\n", "COLUMN", "MEASURE",
                "VERDICT", "VALUE", "THRESHOLD", "NOISE", "NOTE");
  out += line;
  for (const Finding& finding : compared.findings) {
    if (is_quality(finding) && finding.verdict == Verdict::kOk) continue;
    std::snprintf(line, sizeof line, "%-20s %-12s %-12s %10s %10s %10s  ",
                  is_of_all_columns(finding) ? "(all columns)" : finding.column.c_str(),
                  finding.measure.c_str(), std::string(to_string(finding.verdict)).c_str(),
                  figure(finding.value).c_str(),
                  figure(finding.critical ? finding.critical : finding.warning).c_str(),
                  figure(finding.noise_floor).c_str());
    out += line + finding.note + "\n";
  }
  for (const std::string& note : compared.notes) out += note + "\n";
  out += std::to_string(compared.reference.profile.rows) + " rows against " +
         std::to_string(compared.current.rows) + ": " + std::to_string(compared.summary.drifted) +
         " of " + std::to_string(compared.summary.judged) + " judged columns drifted\n";
  return out;
}

}  // namespace

Result<Comparison> compare_files(const CompareArguments& arguments) {
  auto compared = compare_sides(arguments);
  if (!compared) return fail(std::move(compared.error()));
  Comparison comparison;
  comparison.text = arguments.format == "json" ? as_json(arguments, *compared) : as_text(*compared);
  comparison.failed = !arguments.fail_on.empty() && has_drifted(*compared);
  if (arguments.fail_on == "uncertain") {
    comparison.failed =
        comparison.failed || std::ranges::any_of(compared->findings, [](const Finding& finding) {
          return finding.deciding && finding.verdict == Verdict::kUncertain;
        });
  }
  return comparison;
}

}  // namespace leeway::cli
