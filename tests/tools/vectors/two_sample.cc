#include "detectors/drift/anderson_darling.h"
#include "detectors/drift/cramer_von_mises.h"
#include "detectors/drift/epps_singleton.h"
#include "detectors/drift/mann_whitney.h"
#include "detectors/drift/t_tests.h"
#include "detectors/drift/variance_tests.h"
#include "tests/tools/vectors/json.h"
#include "tests/tools/vectors/statistics.h"

namespace leeway::vectors {
namespace {

struct Pair {
  std::vector<double> reference;
  std::vector<double> current;

  explicit Pair(const Object& inputs)
      : reference(numbers(member(inputs, "reference")).sorted()),
        current(numbers(member(inputs, "current")).sorted()) {}
};

drift::PMethod method(const Object& params) {
  return text_or(params, "method", "asymptotic") == "exact" ? drift::PMethod::kExact
                                                            : drift::PMethod::kAsymptotic;
}

bool flag(const Object& params, std::string_view name) {
  const json::value& value = member(params, name);
  return value.is_null() || value.as_bool();
}

Object nulls(std::initializer_list<const char*> names) {
  Object out;
  for (const char* name : names) out[name] = nullptr;
  return out;
}

template <class Test>
Object statistic_and_p(const Test& test) {
  if (!test) return nulls({"statistic", "p_value"});
  return {{"statistic", to_json(test->statistic)}, {"p_value", to_json(test->p_value)}};
}

}  // namespace

Object cramer_von_mises(const Object& inputs, const Object& params) {
  const Pair pair(inputs);
  return statistic_and_p(drift::cramer_von_mises(pair.reference, pair.current, method(params)));
}

Object epps_singleton(const Object& inputs, const Object& /*params*/) {
  const Pair pair(inputs);
  return statistic_and_p(drift::epps_singleton(pair.reference, pair.current));
}

Object anderson_darling(const Object& inputs, const Object& params) {
  std::vector<std::vector<double>> samples;
  for (const json::value& sample : member(inputs, "samples").as_array())
    samples.push_back(numbers(sample).sorted());
  const std::vector<std::span<const double>> spans(samples.begin(), samples.end());
  const auto test = drift::anderson_darling(
      spans, flag(params, "midrank") ? drift::AndersonDarlingTies::kMidrank
                                     : drift::AndersonDarlingTies::kRightContinuous);
  if (!test) return nulls({"statistic", "critical_values", "p_value"});
  json::array critical;
  for (const double value : test->critical_values) critical.push_back(value);
  return {{"statistic", to_json(test->statistic)},
          {"critical_values", std::move(critical)},
          {"p_value", to_json(test->p_interpolated)}};
}

Object mann_whitney(const Object& inputs, const Object& params) {
  const Pair pair(inputs);
  const auto test =
      drift::mann_whitney(pair.reference, pair.current, method(params), flag(params, "continuity"));
  if (!test) return nulls({"u_reference", "u_current", "p_two_sided", "p_less", "p_greater"});
  return {{"u_reference", to_json(test->u_reference)},
          {"u_current", to_json(test->u_current)},
          {"p_two_sided", to_json(test->p_two_sided)},
          {"p_less", to_json(test->p_less)},
          {"p_greater", to_json(test->p_greater)}};
}

Object t_tests(const Object& inputs, const Object& /*params*/) {
  const Pair pair(inputs);
  const auto reference = profile::Moments::of(pair.reference);
  const auto current = profile::Moments::of(pair.current);
  Object out = nulls({"welch_t", "welch_dof", "welch_p", "student_t", "student_dof", "student_p"});
  if (const auto welch = drift::welch_t_test(reference, current)) {
    out["welch_t"] = to_json(welch->t);
    out["welch_dof"] = to_json(welch->degrees_of_freedom);
    out["welch_p"] = to_json(welch->p_two_sided);
  }
  if (const auto student = drift::student_t_test(reference, current)) {
    out["student_t"] = to_json(student->t);
    out["student_dof"] = to_json(student->degrees_of_freedom);
    out["student_p"] = to_json(student->p_two_sided);
  }
  return out;
}

Object variance_tests(const Object& inputs, const Object& /*params*/) {
  const Pair pair(inputs);
  Object out;
  const auto add = [&](const std::string& name, const Result<drift::VarianceTest>& test) {
    out[name] = test ? to_json(test->statistic) : nullptr;
    out[name + "_p"] = test ? to_json(test->p_value) : nullptr;
  };
  add("levene_median", drift::levene(pair.reference, pair.current, drift::LeveneCenter::kMedian));
  add("levene_mean", drift::levene(pair.reference, pair.current, drift::LeveneCenter::kMean));
  add("bartlett",
      drift::bartlett(profile::Moments::of(pair.reference), profile::Moments::of(pair.current)));
  return out;
}

}  // namespace leeway::vectors
