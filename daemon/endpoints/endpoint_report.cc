#include "daemon/endpoints/endpoint_report.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <cmath>
#include <utility>

namespace leeway::endpoint {
namespace {

namespace json = boost::json;

using monitor::LiveFinding;

/// Of one endpoint; every finding lives until three of its observations are missing.
class Findings {
 public:
  Findings(TimePoint observed_at, Duration every, Duration timeout)
      : observed_at_(observed_at), good_until_(observed_at + 3 * every + timeout) {}

  void add(Finding finding) {
    list_.push_back({.finding = std::move(finding),
                     .part = {},
                     .observed_at = observed_at_,
                     .good_until = good_until_});
  }

  void add(Finding finding, TimePoint observed_at, Duration every) {
    list_.push_back({.finding = std::move(finding),
                     .part = {},
                     .observed_at = observed_at,
                     .good_until = observed_at + 3 * every});
  }

  std::vector<LiveFinding> take() && { return std::move(list_); }

 private:
  TimePoint observed_at_;
  TimePoint good_until_;
  std::vector<LiveFinding> list_;
};

Finding flag(std::string measure, bool value, Verdict verdict, std::string note) {
  Finding finding;
  finding.measure = std::move(measure);
  finding.value = value ? 1.0 : 0.0;
  finding.verdict = verdict;
  finding.note = std::move(note);
  return finding;
}

/// "240 of 300 probes"; with what would help, if the window can never have enough.
std::string too_few(std::uint64_t have, std::uint64_t need, Duration every, Duration over) {
  std::string note = std::to_string(have) + " of " + std::to_string(need) + " probes";
  if (every * static_cast<std::int64_t>(need) > over) {
    note += "; " + to_string(over) + " at one every " + to_string(every) +
            " never has more: probe more often or look over a longer time";
  }
  return note;
}

Finding latency_finding(const ProbeWindow& window, const config::ModelEndpoint& endpoint,
                        TimePoint now) {
  const config::EndpointLatency& wanted = *endpoint.latency;
  Finding finding;
  finding.measure = "endpoint.latency";
  finding.warning = to_seconds(wanted.limit);
  finding.basis = ThresholdBasis::kFixed;
  const ProbeWindow::Sum sum = window.sum(now);
  const std::uint64_t needed = probes_needed(wanted.quantile);
  const auto quantile = sum.times.quantile(wanted.quantile, sum.endless);
  if (quantile) finding.value = to_seconds(*quantile);
  if (sum.timed < needed) {
    finding.verdict = Verdict::kTooFew;
    finding.note = too_few(sum.timed, needed, endpoint.every, wanted.over);
    return finding;
  }
  // Counted beside the cells, so the verdict is exact although the value is read to within one.
  const double beyond = static_cast<double>(sum.slow) / static_cast<double>(sum.timed);
  const bool is_slow = beyond > 1.0 - wanted.quantile;
  if (!quantile) {
    finding.value = to_seconds(endpoint.timeout);
    finding.note = std::to_string(sum.endless) + " of " + std::to_string(sum.timed) +
                   " probes had no answer within " + to_string(endpoint.timeout);
  }
  // The cell's edge may lie beyond the limit that the probes in it kept, and the other way round.
  const double limit = *finding.warning;
  if (is_slow) {
    finding.value = std::max(*finding.value, std::nextafter(limit, 2 * limit));
  } else {
    finding.value = std::min(*finding.value, limit);
  }
  finding.verdict = is_slow ? Verdict::kWarning : Verdict::kOk;
  return finding;
}

Finding availability_finding(const ProbeWindow& window, const config::ModelEndpoint& endpoint,
                             TimePoint now) {
  const config::EndpointAvailability& wanted = *endpoint.availability;
  Finding finding;
  finding.measure = "endpoint.availability";
  finding.warning = wanted.objective;
  finding.basis = ThresholdBasis::kFixed;
  const ProbeWindow::Sum sum = window.sum(now);
  if (sum.probes == 0) {
    finding.verdict = Verdict::kNoData;
    return finding;
  }
  finding.value = static_cast<double>(sum.good) / static_cast<double>(sum.probes);
  // One failure among fewer probes would miss the objective by itself.
  const auto needed = static_cast<std::uint64_t>(std::ceil(1.0 / (1.0 - wanted.objective) - 1e-9));
  if (sum.probes < needed && sum.good != sum.probes) {
    finding.verdict = Verdict::kTooFew;
    finding.note = too_few(sum.probes, needed, endpoint.every, wanted.over);
  } else if (*finding.value < wanted.objective) {
    finding.verdict = Verdict::kWarning;
    finding.note = std::to_string(sum.probes - sum.good) + " of " + std::to_string(sum.probes) +
                   " probes failed";
  }
  return finding;
}

Finding golden_finding(const std::vector<endpoints::GoldenResult>& golden) {
  Finding finding;
  finding.measure = "endpoint.golden";
  const auto differ = std::ranges::count(golden, false, &endpoints::GoldenResult::matched);
  finding.value = static_cast<double>(differ) / static_cast<double>(golden.size());
  finding.critical = 0.0;
  finding.basis = ThresholdBasis::kFixed;
  if (differ == 0) return finding;
  finding.verdict = Verdict::kCritical;
  finding.note = std::ranges::find(golden, false, &endpoints::GoldenResult::matched)->sentence;
  return finding;
}

/// A quarter of a certificate's life is when those who renew it by machine have long tried; of long
/// ones two weeks are enough for people.
Finding certificate_finding(const net::Validity& certificate, TimePoint now) {
  Finding finding;
  finding.measure = "endpoint.certificate";
  const Duration left = certificate.until - now;
  const Duration life = certificate.until - certificate.from;
  const Duration wanted = std::min<Duration>(std::chrono::days(14), life / 4);
  finding.value = to_seconds(left);
  finding.warning = to_seconds(wanted);
  finding.basis = ThresholdBasis::kFixed;
  if (left >= wanted) return finding;
  finding.verdict = Verdict::kWarning;
  finding.note = "a certificate of its chain expires at " + to_rfc3339(certificate.until) +
                 "; clients refuse it from then on";
  return finding;
}

/// Another version is what a deployment means to do; another schema breaks who asks.
Finding change_finding(std::string measure, const std::optional<TimePoint>& changed,
                       const std::string& change, Verdict verdict, TimePoint now) {
  const bool is_new = changed && now >= *changed && now - *changed < kChangeLasts;
  return flag(std::move(measure), is_new, is_new ? verdict : Verdict::kOk, is_new ? change : "");
}

// --- series --------------------------------------------------------------------------------------

using exporter::Detail;
using exporter::Family;
using exporter::Series;

Series series(Family family, double value, std::string_view label = {}, std::string text = {}) {
  Series out{.family = family, .labels = {}, .value = value};
  if (!label.empty()) out.labels.emplace_back(label, std::move(text));
  return out;
}

constexpr std::array<std::string_view, 6> kFailurePhases{"dns",        "connect", "tls",
                                                         "first_byte", "body",    "answer"};

Series histogram(const PhaseTimes& times, std::string_view phase) {
  auto shown = std::make_shared<exporter::Distribution>();
  shown->bounds.assign(kBounds.begin(), kBounds.end());
  std::uint64_t below = 0;
  for (const std::uint64_t cell : times.cells) shown->counts.push_back(below += cell);
  shown->count = times.count;
  shown->sum = times.sum;
  Series out{.family = Family::kEndpointRequestDuration,
             .labels = {{"phase", std::string(phase)}},
             .detail = phase == kPhases.back() ? Detail::kModel : Detail::kInforming};
  out.distribution = std::move(shown);
  return out;
}

void add_served(std::vector<Series>& out, const EndpointState& state) {
  if (!state.metrics) return;
  const endpoints::ServingMetrics& now = *state.metrics;
  const ServedTotals& totals = state.totals;
  if (now.requests) out.push_back(series(Family::kPredictions, totals.requests));
  if (now.failures) out.push_back(series(Family::kEndpointServedFailures, totals.failures));
  if (now.latency_seconds) {
    out.push_back(series(Family::kEndpointServedSeconds, totals.latency_seconds));
  }
  if (now.waiting) out.push_back(series(Family::kEndpointWaitingRequests, *now.waiting));
  if (now.running) out.push_back(series(Family::kEndpointRunningRequests, *now.running));
  if (now.prompt_tokens) {
    out.push_back(series(Family::kTokens, totals.prompt_tokens, "kind", "prompt"));
  }
  if (now.completion_tokens) {
    out.push_back(series(Family::kTokens, totals.completion_tokens, "kind", "completion"));
  }
}

std::vector<Series> series_of(const EndpointState& state) {
  std::vector<Series> out;
  if (state.last) {
    out.push_back(series(Family::kEndpointUp, state.last->up ? 1.0 : 0.0));
    if (state.last->ready) {
      out.push_back(series(Family::kEndpointReady, *state.last->ready ? 1.0 : 0.0));
    }
  }
  if (state.last && state.last->certificate) {
    const double until = static_cast<double>(to_micros(state.last->certificate->until)) / 1e6;
    out.push_back(series(Family::kEndpointCertificateExpiry, until));
  }
  out.push_back(series(Family::kEndpointRequests, static_cast<double>(state.requests)));
  // Also those that there were none of, so that a rate sees the first.
  auto failures = state.failures;
  for (const std::string_view phase : kFailurePhases) failures.try_emplace(std::string(phase), 0);
  for (const auto& [phase, count] : failures) {
    out.push_back(
        series(Family::kEndpointRequestFailures, static_cast<double>(count), "phase", phase));
  }
  for (std::size_t i = 0; i < kPhases.size(); ++i) {
    if (state.times[i].count > 0) out.push_back(histogram(state.times[i], kPhases[i]));
  }
  if (state.served) {
    Series info = series(Family::kEndpointInfo, 1.0);
    for (const auto& [label, text] : {std::pair{"served_model", state.served->model},
                                      {"version", state.served->version},
                                      {"platform", state.served->platform}}) {
      if (!text.empty()) info.labels.emplace_back(label, text);
    }
    out.push_back(std::move(info));
  }
  add_served(out, state);
  return out;
}

// --- details -------------------------------------------------------------------------------------

json::value number(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return nullptr;
  return *value;
}

json::object timings_json(const net::Timings& timings) {
  json::object out;
  const auto add = [&out](std::string_view phase, const std::optional<Duration>& time) {
    if (time) out[phase] = to_seconds(*time);
  };
  add("dns", timings.dns);
  add("connect", timings.connect);
  add("tls", timings.tls);
  add("first_byte", timings.first_byte);
  add("body", timings.body);
  add("total", timings.total);
  return out;
}

json::array tensors_json(const std::vector<endpoints::Tensor>& tensors) {
  json::array out;
  for (const endpoints::Tensor& tensor : tensors) {
    json::array shape;
    for (const std::int64_t size : tensor.shape) shape.push_back(size);
    out.push_back(json::object{
        {"name", tensor.name}, {"datatype", tensor.datatype}, {"shape", std::move(shape)}});
  }
  return out;
}

json::object rates_json(const endpoints::ServingRates& rates) {
  return {{"requests_per_second", number(rates.requests_per_second)},
          {"failure_share", number(rates.failure_share)},
          {"mean_latency_seconds", number(rates.mean_latency_seconds)},
          {"p50_seconds", number(rates.p50_seconds)},
          {"p99_seconds", number(rates.p99_seconds)},
          {"mean_queue_seconds", number(rates.mean_queue_seconds)},
          {"prompt_tokens_per_second", number(rates.prompt_tokens_per_second)},
          {"completion_tokens_per_second", number(rates.completion_tokens_per_second)}};
}

json::object details_of(const EndpointState& state, const config::ModelEndpoint& endpoint,
                        const std::string& url) {
  json::object details{{"url", url}, {"protocol", endpoint.server.protocol}};
  if (state.last) {
    const endpoints::ProbeResult& last = *state.last;
    details["at"] = to_rfc3339(last.at);
    details["status"] = last.status;
    details["sentence"] = last.sentence;
    details["seconds"] = timings_json(last.timings);
    details["body_bytes"] = last.body_bytes;
    if (last.certificate) details["certificate_expires"] = to_rfc3339(last.certificate->until);
    if (last.failed_in) details["failed_in"] = net::to_string(*last.failed_in);
    if (last.deadline) details["deadline"] = to_string(*last.deadline);
  }
  if (state.served) {
    details["served"] = json::object{{"model", state.served->model},
                                     {"version", state.served->version},
                                     {"platform", state.served->platform},
                                     {"inputs", tensors_json(state.served->inputs)},
                                     {"outputs", tensors_json(state.served->outputs)}};
  }
  json::array golden;
  for (const endpoints::GoldenResult& result : state.golden) {
    golden.push_back(json::object{
        {"name", result.name}, {"matched", result.matched}, {"sentence", result.sentence}});
  }
  if (!golden.empty()) details["golden"] = std::move(golden);
  if (state.rates) details["traffic"] = rates_json(*state.rates);
  if (!state.metrics_trouble.empty()) details["metrics_trouble"] = state.metrics_trouble;
  return details;
}

}  // namespace

std::uint64_t probes_needed(double quantile) {
  const double needed = std::ceil(3.0 / (1.0 - quantile) - 1e-9);
  return std::max<std::uint64_t>(30, static_cast<std::uint64_t>(needed));
}

monitor::LiveReport report_of(const EndpointState& state, const config::ModelEndpoint& endpoint,
                              const std::string& url, TimePoint now) {
  monitor::LiveReport report;
  report.details = details_of(state, endpoint, url);
  report.series = series_of(state);
  if (state.served) report.version = state.served->version;
  report.version_changed = state.version_changed;
  if (!state.last) return report;
  const endpoints::ProbeResult& last = *state.last;
  Findings findings(last.at, endpoint.every, endpoint.timeout);
  findings.add(
      flag("endpoint.up", last.up, last.up ? Verdict::kOk : Verdict::kCritical, last.sentence));
  if (last.ready) {
    findings.add(
        flag("endpoint.ready", *last.ready, *last.ready ? Verdict::kOk : Verdict::kWarning, ""));
  }
  if (last.certificate) findings.add(certificate_finding(*last.certificate, now));
  if (state.latency) findings.add(latency_finding(*state.latency, endpoint, now));
  if (state.availability) findings.add(availability_finding(*state.availability, endpoint, now));
  if (state.served) {
    findings.add(
        change_finding("endpoint.version", state.version_changed, state.change, Verdict::kOk, now));
    findings.add(change_finding("endpoint.schema", state.schema_changed, state.change,
                                Verdict::kWarning, now));
  }
  if (state.golden_at && !state.golden.empty()) {
    const Duration every = std::max(endpoint.golden->every, endpoint.every);
    findings.add(golden_finding(state.golden), *state.golden_at, every);
  }
  report.findings = std::move(findings).take();
  return report;
}

monitor::LiveReport report_of_trouble(const config::ModelEndpoint& endpoint, const std::string& url,
                                      const std::string& trouble, TimePoint now) {
  Finding finding;
  finding.measure = "endpoint.up";
  finding.verdict = Verdict::kError;
  finding.note = trouble;
  Findings findings(now, endpoint.every, endpoint.timeout);
  findings.add(std::move(finding));
  monitor::LiveReport report;
  report.findings = std::move(findings).take();
  report.details = {{"url", url}, {"protocol", endpoint.server.protocol}, {"sentence", trouble}};
  return report;
}

}  // namespace leeway::endpoint
