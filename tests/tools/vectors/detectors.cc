#include "detectors/sequential/detectors.h"

#include <algorithm>
#include <limits>

#include "detectors/sequential/adwin.h"
#include "detectors/sequential/charts.h"
#include "detectors/sequential/cusum.h"
#include "detectors/sequential/ddm.h"
#include "detectors/sequential/kswin.h"
#include "detectors/sequential/page_hinkley.h"
#include "tests/tools/vectors/json.h"
#include "tests/tools/vectors/statistics.h"

namespace leeway::vectors {
namespace {

using sequential::DetectorState;
using sequential::Direction;

/// What a parameter of the vectors is called in the product, and a value of it.
struct Renamed {
  const char* vectors;
  const char* product;
};

/// Those that a case gives, under the product's names; the others keep the product's defaults,
/// which are those of the vectors.
Parameters::Given given(const Object& params, std::initializer_list<Renamed> names) {
  Parameters::Given given;
  for (const Renamed& name : names) {
    const json::value& value = member(params, name.vectors);
    if (value.is_bool()) {
      given.emplace(name.product, value.get_bool());
    } else if (value.is_string()) {
      given.emplace(name.product, std::string_view(value.get_string()));
    } else if (const auto numeric = number(value)) {
      given.emplace(name.product, *numeric);
    }
  }
  return given;
}

template <class T>
T made(const Parameters::Given& given) {
  const auto parameters = Parameters::check(T::parameters(), given);
  LEEWAY_ASSERT(parameters, "the vectors hold parameters in range");
  return T(*parameters);
}

struct Reports {
  json::array drift;
  json::array side;
  json::array warning_start;
};

/// Runs a detector over the sequence; `after` sees it after each value.
template <class After>
Reports run(sequential::Detector& detector, const Object& inputs, After after) {
  Reports reports;
  bool warned = false;
  const std::vector<double> values = numbers(member(inputs, "sequence")).values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const DetectorState state = detector.update(values[i]);
    if (state == DetectorState::kDrift) {
      reports.drift.emplace_back(i);
      reports.side.emplace_back(detector.direction() == Direction::kUp ? "up" : "down");
    }
    const bool warning = state == DetectorState::kWarning;
    if (warning && !warned) reports.warning_start.emplace_back(i);
    warned = warning;
    after(state);
  }
  return reports;
}

Reports run(sequential::Detector& detector, const Object& inputs) {
  return run(detector, inputs, [](DetectorState) {});
}

}  // namespace

Object page_hinkley_one_sided(const Object& inputs, const Object& params) {
  auto detector =
      made<sequential::PageHinkleyOneSided>(given(params, {{"min_instances", "min_samples"},
                                                           {"delta", "delta"},
                                                           {"threshold", "threshold"},
                                                           {"alpha", "alpha"},
                                                           {"strict", "strict"}}));
  return {{"drift", run(detector, inputs).drift},
          {"final_mean", detector.mean()},
          {"final_sum", detector.sum()}};
}

Object page_hinkley_two_sided(const Object& inputs, const Object& params) {
  auto detector = made<sequential::PageHinkley>(given(params, {{"min_instances", "min_samples"},
                                                               {"delta", "delta"},
                                                               {"threshold", "threshold"},
                                                               {"alpha", "alpha"},
                                                               {"mode", "side"}}));
  const Reports reports = run(detector, inputs);
  return {{"drift", reports.drift}, {"side", reports.side}};
}

Object cusum(const Object& inputs, const Object& params) {
  auto detector = made<sequential::Cusum>(given(
      params, {{"mean", "mean"}, {"sigma", "sigma"}, {"k", "k"}, {"h", "h"}, {"reset", "reset"}}));
  const Reports reports = run(detector, inputs);
  return {{"drift", reports.drift},
          {"side", reports.side},
          {"final_up", detector.up()},
          {"final_down", detector.down()}};
}

Object cusum_warmup(const Object& inputs, const Object& params) {
  auto detector = made<sequential::CusumWarmUp>(given(
      params, {{"warmup", "warm_up"}, {"k", "k"}, {"h", "h"}, {"include_last", "include_last"}}));
  return {{"drift", run(detector, inputs).drift}};
}

Object ewma_chart(const Object& inputs, const Object& params) {
  auto detector = made<sequential::EwmaChart>(given(params, {{"mean", "mean"},
                                                             {"sigma", "sigma"},
                                                             {"lam", "lambda"},
                                                             {"L", "limit"},
                                                             {"reset", "reset"}}));
  json::array first;
  double last = 0.0;
  const Reports reports = run(detector, inputs, [&](DetectorState) {
    last = detector.average();
    if (first.size() < 5) first.emplace_back(last);
  });
  return {{"drift", reports.drift}, {"first_z", first}, {"final_z", last}};
}

Object shewhart(const Object& inputs, const Object& params) {
  auto detector = made<sequential::Shewhart>(
      given(params, {{"mean", "mean"}, {"sigma", "sigma"}, {"L", "limit"}}));
  return {{"drift", run(detector, inputs).drift}};
}

Object adwin(const Object& inputs, const Object& params) {
  auto detector = made<sequential::Adwin>(given(params, {{"delta", "delta"},
                                                         {"clock", "clock"},
                                                         {"max_buckets", "max_buckets"},
                                                         {"min_window", "min_window"},
                                                         {"grace", "grace"},
                                                         {"scan", "scan"},
                                                         {"after_drift", "after_drift"}}));
  json::array widths;
  const Reports reports = run(detector, inputs, [&](DetectorState state) {
    if (state == DetectorState::kDrift)
      widths.emplace_back(static_cast<std::int64_t>(detector.width()));
  });
  return {{"drift", reports.drift},
          {"width_after_drift", widths},
          {"final_width", static_cast<std::int64_t>(detector.width())},
          {"final_mean", detector.mean()}};
}

Object ddm(const Object& inputs, const Object& params) {
  auto detector = made<sequential::Ddm>(
      given(params, {{"warm_start", "warm_up"}, {"warning", "warning"}, {"drift", "drift"}}));
  const Reports reports = run(detector, inputs);
  return {{"drift", reports.drift},
          {"warning_start", reports.warning_start},
          {"final_p", detector.error_rate()}};
}

Object eddm(const Object& inputs, const Object& params) {
  auto detector = made<sequential::Eddm>(given(params, {{"warm_start", "warm_up"},
                                                        {"warm_start", "min_errors"},
                                                        {"alpha", "warning"},
                                                        {"beta", "drift"},
                                                        {"ddof", "ddof"}}));
  const Reports reports = run(detector, inputs);
  return {{"drift", reports.drift}, {"warning_start", reports.warning_start}};
}

Object kswin(const Object& inputs, const Object& params) {
  Parameters::Given options = given(params, {{"alpha", "alpha"},
                                             {"window", "window"},
                                             {"stat", "stat"},
                                             {"seed", "seed"},
                                             {"p_method", "p_value"},
                                             {"min_stat", "min_statistic"}});
  options.emplace("sampling", text_or(params, "sampling", "splitmix") == "all" ? "all" : "drawn");
  auto detector = made<sequential::Kswin>(options);
  double least = 1.0;
  const Reports reports =
      run(detector, inputs, [&](DetectorState) { least = std::min(least, detector.p_value()); });
  return {{"drift", reports.drift}, {"min_p", least}};
}

}  // namespace leeway::vectors
