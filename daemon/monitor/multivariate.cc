#include "daemon/monitor/multivariate.h"

#include <algorithm>
#include <functional>

#include "collectors/async/on_pool.h"
#include "collectors/tables/sampled_rows.h"
#include "daemon/log/log.h"
#include "daemon/monitor/settings.h"
#include "daemon/store/files.h"
#include "detectors/base/bytes.h"

namespace leeway::monitor {
namespace {

constexpr std::size_t kMaxBaselineBytes = std::size_t{16} << 20U;

bool is_embedding(const tables::ComparedColumn& column) {
  return column.type == ColumnType::kEmbedding;
}

tables::MeasurePlan plan_of(const ActiveReference& reference, const config::Model& model) {
  return multivariate_plan(reference.reference.schema, reference.origin.sample,
                           model.drift.multivariate, hash64(model.key()));
}

/// One finding for each measure that is asked for, of which nothing else is known.
std::vector<Finding> all_unknown(const tables::MeasurePlan& plan, Verdict verdict,
                                 const std::string& note) {
  std::vector<Finding> findings;
  const auto add = [&](const std::string& column, const std::string& measure, bool deciding) {
    findings.push_back({.column = column,
                        .measure = measure,
                        .verdict = verdict,
                        .deciding = deciding,
                        .note = note});
  };
  for (const std::string& measure : plan.measures) add("", measure, false);
  for (const tables::ComparedColumn& column : plan.columns) {
    if (!is_embedding(column)) continue;
    for (const std::string& measure : plan.embedding)
      add(column.name, measure, measure == plan.embedding.front());
  }
  return findings;
}

/// An answer that was kept, if it is one to this plan.
std::optional<tables::MeasureAnswer> kept_answer(const std::filesystem::path& file,
                                                 const tables::MeasurePlan& plan) {
  const auto bytes = store::read_file(file, kMaxBaselineBytes);
  if (!bytes) return std::nullopt;
  ByteReader in(*bytes);
  const std::string of = std::string(in.text());
  const std::string body = std::string(in.text());
  if (!in.at_end() || of != plan.encode()) return std::nullopt;
  auto answer = tables::MeasureAnswer::decode(body);
  if (!answer || !tables::check(*answer, plan)) return std::nullopt;
  return std::move(*answer);
}

Async<std::shared_ptr<const MultivariateBaseline>> measure_baseline(
    Services services, config::Model model, std::shared_ptr<const ActiveReference> reference) {
  tables::MeasurePlan plan = plan_of(*reference, model);
  if (!reference->live_sample.empty()) plan.reference = reference->live_sample;
  std::filesystem::path file = plan.reference;
  file += ".measured";
  auto read = [file, plan]() -> Result<std::optional<tables::MeasureAnswer>> {
    return kept_answer(file, plan);
  };
  auto kept = co_await on_pool(services.pool, std::move(read));
  if (!kept) co_return fail(std::move(kept.error()));
  if (*kept) co_return std::make_shared<const MultivariateBaseline>(baseline_of(plan, **kept));

  auto answer = co_await services.workers.measure(plan);
  if (!answer) co_return fail(std::move(answer.error()));
  for (const std::string& column : answer->clocks) {
    log::info("column left out of measures of several columns",
              {{"model", model.key()},
               {"column", column},
               {"reason", "by itself it tells any two windows of the reference apart"}});
  }
  auto write = [file, plan, answer = *answer]() -> Result<> {
    ByteWriter out;
    out.text(plan.encode());
    out.text(answer.encode());
    return store::write_durably(file, out.bytes());
  };
  auto written = co_await on_pool(services.pool, std::move(write));
  if (!written) co_return fail(std::move(written.error()));
  co_return std::make_shared<const MultivariateBaseline>(baseline_of(plan, *answer));
}

Finding judged(const MultivariateBaseline& baseline, const threshold::Policy& policy,
               const multivariate::MeasureInfo& info, const tables::MeasuredDrift& drift) {
  threshold::Limit limit;
  const auto fixed = policy.fixed.find(drift.measure);
  if (fixed != policy.fixed.end()) {
    limit = {.warning = fixed->second.warning,
             .critical = fixed->second.critical,
             .basis = ThresholdBasis::kFixed};
  } else if (drift.measured) {
    const auto shown = baseline.shown.find({drift.column, drift.measure});
    const std::vector<multivariate::Shown> none;
    limit = multivariate::limit(info, shown == baseline.shown.end() ? none : shown->second,
                                drift.measured->null, policy.level(), 0);
  }
  Finding finding = multivariate::judge(info, drift.result(), limit);
  finding.column = drift.column;
  return finding;
}

/// Why there is nothing to measure; an `ok` if there is.
std::pair<Verdict, std::string> obstacle(const tables::MeasurePlan& plan,
                                         const config::Model& model, const Closing& window) {
  if (window.rows == 0) return {Verdict::kNoData, "no rows"};
  if (window.rows < model.window.min_rows) {
    return {Verdict::kTooFew, std::to_string(window.rows) + " rows, fewer than window.min_rows"};
  }
  if (plan.reference.empty()) return {Verdict::kError, "no rows were drawn of the reference"};
  if (plan.current.empty()) return {Verdict::kNoData, "no rows were drawn of this window"};
  return {Verdict::kOk, ""};
}

}  // namespace

bool has_multivariate(const ActiveReference& reference, const config::Model& model) {
  if (reference.provisional || sample_rows(model) == 0) return false;
  const std::vector<tables::ComparedColumn> columns =
      tables::compared_columns(reference.reference.schema);
  return !model.drift.multivariate.empty() || std::ranges::any_of(columns, is_embedding);
}

Result<bool> gather_samples(const std::vector<store::Contribution>& contributions,
                            std::uint64_t schema_id, const std::filesystem::path& scratch,
                            const std::filesystem::path& to) {
  std::map<TimePoint, tables::SampledRows> panes;
  for (const store::Contribution& contribution : contributions) {
    if (contribution.schema_id != schema_id || !contribution.segment.empty()) continue;
    if (contribution.sample.empty()) return false;
    auto read = tables::read_sample(scratch / contribution.sample);
    if (!read) return fail(std::move(read.error()));
    tables::SampledRows& pane = panes[contribution.pane_start];
    pane.start = contribution.pane_start;
    for (const tables::SampledRows& drawn : *read) pane.merge(drawn);
  }
  if (panes.empty()) return false;
  std::vector<tables::SampledRows> gathered;
  for (auto& [start, pane] : panes) gathered.push_back(std::move(pane));
  if (Result<> written = tables::write_sample(to, gathered); !written)
    return fail(std::move(written.error()));
  return true;
}

tables::MeasurePlan multivariate_plan(const profile::Schema& schema,
                                      std::filesystem::path reference_sample,
                                      std::vector<std::string> measures, std::uint64_t seed) {
  tables::MeasurePlan plan;
  plan.columns = tables::compared_columns(schema);
  plan.reference = std::move(reference_sample);
  plan.measures = std::move(measures);
  plan.seed = seed;
  if (std::ranges::any_of(plan.columns, is_embedding)) {
    for (const auto& measure : multivariate::embedding_measures())
      plan.embedding.emplace_back(measure.name);
  }
  return plan;
}

MultivariateBaseline baseline_of(const tables::MeasurePlan& plan,
                                 const tables::MeasureAnswer& answer) {
  MultivariateBaseline baseline;
  for (const tables::ComparedColumn& column : plan.columns) {
    if (std::ranges::find(answer.clocks, column.name) == answer.clocks.end())
      baseline.columns.push_back(column);
  }
  for (const auto& window : answer.windows) {
    for (const tables::MeasuredDrift& drift : window) {
      if (!drift.measured) continue;
      baseline.shown[{drift.column, drift.measure}].push_back(
          {.value = drift.measured->value, .null = drift.measured->null});
    }
  }
  return baseline;
}

std::vector<Finding> multivariate_findings(const MultivariateBaseline& baseline,
                                           const threshold::Policy& policy,
                                           const std::vector<tables::MeasuredDrift>& measured) {
  const std::string_view deciding = multivariate::embedding_measures().front().name;
  std::vector<Finding> findings;
  for (const tables::MeasuredDrift& drift : measured) {
    const multivariate::MeasureInfo* info = nullptr;
    if (drift.column.empty()) {
      info = multivariate::find_measure(drift.measure);
    } else {
      info = multivariate::find_embedding_measure(drift.measure);
    }
    LEEWAY_ASSERT(info != nullptr, "an answer has only measures that were asked for");
    findings.push_back(judged(baseline, policy, *info, drift));
    findings.back().deciding = !drift.column.empty() && drift.measure == deciding;
  }
  return findings;
}

Async<MultivariateJudgement> judge_multivariate(Services services, config::Model model,
                                                std::shared_ptr<const ActiveReference> reference,
                                                Closing window,
                                                std::vector<std::filesystem::path> samples) {
  MultivariateJudgement judgement{.reference = reference, .findings = {}};
  if (!has_multivariate(*reference, model)) co_return judgement;
  tables::MeasurePlan plan = plan_of(*reference, model);
  plan.current = std::move(samples);
  const auto [verdict, note] = obstacle(plan, model, window);
  if (verdict != Verdict::kOk) {
    judgement.findings = all_unknown(plan, verdict, note);
    co_return judgement;
  }
  if (!reference->multivariate) {
    auto baseline = co_await measure_baseline(services, model, reference);
    if (!baseline && baseline.error().code == ErrorCode::kCancelled)
      co_return fail(std::move(baseline.error()));
    if (!baseline) {
      judgement.findings = all_unknown(plan, Verdict::kError, baseline.error().message);
      co_return judgement;
    }
    auto changed = std::make_shared<ActiveReference>(*reference);
    changed->multivariate = std::move(*baseline);
    judgement.reference = std::move(changed);
  }
  const MultivariateBaseline& baseline = *judgement.reference->multivariate;
  plan.columns = baseline.columns;
  plan.seed = hash64(model.key() + "|" + std::to_string(to_micros(window.start)));
  auto answer = co_await services.workers.measure(plan);
  if (!answer && answer.error().code == ErrorCode::kCancelled)
    co_return fail(std::move(answer.error()));
  judgement.findings =
      answer ? multivariate_findings(baseline, threshold_policy(model), answer->windows.front())
             : all_unknown(plan, Verdict::kError, answer.error().message);
  co_return judgement;
}

}  // namespace leeway::monitor
