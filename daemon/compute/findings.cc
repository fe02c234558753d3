#include "daemon/compute/findings.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <utility>

namespace leeway::compute {
namespace {

using monitor::LiveFinding;

constexpr double kWhole = 1.0;

std::uint32_t days_in_month(TimePoint now) {
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date{day};
  return static_cast<unsigned>(
      std::chrono::year_month_day_last{date.year() / date.month() / std::chrono::last}.day());
}

Verdict judged(double value, const std::optional<double>& warning,
               const std::optional<double>& critical) {
  if (critical && value >= *critical) return Verdict::kCritical;
  if (warning && value >= *warning) return Verdict::kWarning;
  return Verdict::kOk;
}

class Findings {
 public:
  Findings(const Known& known, const Account& account, const Week& week,
           const config::Compute& settings)
      : known_(known), account_(account), week_(week), settings_(settings) {}

  std::vector<LiveFinding> all() && {
    sources();
    use();
    stalls();
    if (settings_.drift) drift();
    if (settings_.price) cost();
    return std::move(findings_);
  }

 private:
  LiveFinding& add(std::string_view path, std::optional<double> value, std::string part = {}) {
    LiveFinding live{.finding = {}, .part = std::move(part), .observed_at = known_.now};
    live.good_until = known_.good_until;
    live.finding.measure = path;
    live.finding.value = value;
    if (!value) live.finding.verdict = Verdict::kNoData;
    findings_.push_back(std::move(live));
    return findings_.back();
  }

  void sources() {
    for (const SourceState& source : known_.sources) {
      LiveFinding& live = add("compute.source", source.error.empty() ? 1.0 : 0.0, source.kind);
      live.finding.verdict = source.error.empty() ? Verdict::kOk : Verdict::kWarning;
      live.finding.note = source.error;
    }
  }

  /// Why a metric is not known, from the first source that says so; empty if none would give it.
  std::string why_absent(Metric metric) const {
    for (const SourceState& source : known_.sources) {
      const auto found = std::ranges::find(source.absent, metric, &Absent::metric);
      if (found != source.absent.end()) return source.kind + ": " + found->why;
    }
    return {};
  }

  void ratio(std::string_view path, const std::optional<double>& value, Metric metric,
             const config::ComputeLimit& limit, std::string part = {}) {
    const std::string why = value ? std::string() : why_absent(metric);
    if (!value && why.empty()) return;
    Finding& finding = add(path, value, std::move(part)).finding;
    finding.warning = limit.warning;
    finding.critical = limit.critical;
    finding.note = why;
    if (value) finding.verdict = judged(*value, limit.warning, limit.critical);
  }

  void use() {
    const Usage& usage = known_.step.usage;
    ratio("compute.cpu", usage.cpu_ratio(), Metric::kCpuLimitCores, settings_.cpu);
    ratio("compute.memory", usage.memory_ratio(), Metric::kMemoryLimitBytes, settings_.memory);
    ratio("compute.throttling", usage.throttled_ratio(), Metric::kCpuThrottledPeriods,
          settings_.throttling);
    ratio("compute.gpu", usage.gpu_ratio(), Metric::kGpuRatio, {});
    ratio("compute.gpu_memory", usage.gpu_memory_ratio(), Metric::kGpuMemoryBytes,
          settings_.gpu_memory);
    oom_kills();
  }

  void oom_kills() {
    const bool counted = std::ranges::any_of(known_.sources, [](const SourceState& source) {
      return std::ranges::find(source.present, Metric::kOomKills) != source.present.end();
    });
    if (!counted) return;
    const double kills = account_.recent_oom_kills(known_.now);
    Finding& finding = add("compute.oom_kills", kills).finding;
    if (kills > 0.0) {
      finding.verdict = Verdict::kWarning;
      finding.note = short_number(kills) + " processes were ended for lack of memory in an hour";
    }
  }

  void stalls() {
    constexpr std::array<std::pair<Metric, std::string_view>, 3> kKinds = {
        {{Metric::kCpuStalledSeconds, "cpu"},
         {Metric::kMemoryStalledSeconds, "memory"},
         {Metric::kIoStalledSeconds, "io"}}};
    for (const auto& [metric, name] : kKinds) {
      ratio("compute.stalled", known_.step.usage.stalled_ratio(metric), metric, settings_.stalled,
            std::string(name));
    }
  }

  void drift() {
    for (std::size_t i = 0; i < kWatchedSeries.size(); ++i) {
      if (!week_.is_seen(i)) continue;
      const auto& watch = week_.watch(i);
      const auto state = watch.state();
      const bool warming_up = state == sequential::DetectorState::kWarmingUp;
      const bool moved = state == sequential::DetectorState::kDrift;
      Finding& finding =
          add("compute.drift", warming_up ? std::nullopt : std::optional(moved ? 1.0 : 0.0),
              std::string(kWatchedSeries[i].name))
              .finding;
      if (warming_up) {
        finding.verdict = Verdict::kLearning;
        finding.note = std::to_string(watch.hours_to_warm_up()) + " hours to learn from are left";
      } else if (moved) {
        finding.verdict = Verdict::kWarning;
        finding.note = sentence_of(i, *watch.last_change(), *week_.changed_at(i));
      }
    }
  }

  static std::string sentence_of(std::size_t series, const sequential::SeasonalChange& change,
                                 TimePoint since) {
    const WatchedSeries& watched = kWatchedSeries[series];
    const auto amount = [&watched](double value) {
      return watched.bytes ? short_bytes(value) : short_number(value);
    };
    return std::string(watched.noun) + ": " + amount(change.median) + " where " +
           amount(change.expected) + " is usual at that hour of the week, since " +
           to_rfc3339(since);
  }

  void cost() {
    budget();
    forecast();
    idle();
    saving("over_provisioned", week_.need.over_provisioned());
    saving("idle", week_.need.idle(known_.now));
  }

  void budget() {
    const auto used = budget_ratio(account_, known_.now, settings_);
    if (!used) return;
    Finding& finding = add("cost.budget", used).finding;
    finding.critical = kWhole;
    finding.verdict = judged(*used, std::nullopt, finding.critical);
    finding.note = money(account_.days().today(known_.now)) + " of " +
                   money(*settings_.budget_per_day) + " a day";
  }

  void forecast() {
    if (!settings_.budget_per_day) return;
    const auto forecast = account_.days().month_end(known_.now);
    if (!forecast) return;
    const double budget = *settings_.budget_per_day * days_in_month(known_.now);
    Finding& finding = add("cost.forecast", forecast->expected / budget).finding;
    finding.warning = kWhole;
    finding.verdict = judged(*finding.value, finding.warning, std::nullopt);
    finding.note =
        money(forecast->expected) + " by the month's end, the days may cost " + money(budget);
    if (forecast->lower) {
      finding.note += "; between " + money(*forecast->lower) + " and " + money(*forecast->upper) +
                      " in nine of ten cases";
    }
  }

  void idle() {
    if (account_.cost() <= 0.0 || !known_.step.cost.idle) return;
    add("cost.idle", account_.idle_cost() / account_.cost()).finding.note =
        money(account_.idle_cost()) + " of " + money(account_.cost()) +
        " were for time in which nothing was done";
  }

  void saving(std::string part, const std::optional<Saving>& saving) {
    Finding& finding = add("cost.saving", saving ? saving->per_day : 0.0, std::move(part)).finding;
    if (!saving) return;
    if (settings_.savings) finding.verdict = Verdict::kWarning;
    finding.note = saving->sentence + "; that saves " + money(saving->per_day) + " a day";
  }

  std::string money(double amount) const {
    return short_number(amount) + " " + settings_.price->currency;
  }

  const Known& known_;
  const Account& account_;
  const Week& week_;
  const config::Compute& settings_;
  std::vector<LiveFinding> findings_;
};

}  // namespace

std::vector<LiveFinding> findings(const Known& known, const Account& account, const Week& week,
                                  const config::Compute& settings) {
  return Findings(known, account, week, settings).all();
}

std::optional<double> budget_ratio(const Account& account, TimePoint now,
                                   const config::Compute& settings) {
  if (!settings.budget_per_day) return std::nullopt;
  return account.days().today(now) / *settings.budget_per_day;
}

std::string short_number(double value) {
  const double size = std::abs(value);
  const bool whole = size >= 1e3 && size < 1e15;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), whole ? "%.0f" : "%.3g", value);
  return text.data();
}

std::string short_bytes(double value) {
  constexpr std::array<std::string_view, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  constexpr double kStep = 1024.0;
  std::size_t unit = 0;
  while (value >= kStep && unit + 1 < kUnits.size()) {
    value /= kStep;
    ++unit;
  }
  return short_number(value) + " " + std::string(kUnits[unit]);
}

}  // namespace leeway::compute
