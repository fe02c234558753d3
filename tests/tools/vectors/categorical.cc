#include "detectors/drift/chi_squared.h"
#include "detectors/drift/fisher_exact.h"
#include "detectors/drift/two_proportions.h"
#include "tests/tools/vectors/json.h"
#include "tests/tools/vectors/statistics.h"

namespace leeway::vectors {
namespace {

std::size_t categories(const std::vector<std::uint64_t>& reference,
                       const std::vector<std::uint64_t>& current) {
  std::size_t seen = 0;
  for (std::size_t k = 0; k < reference.size(); ++k)
    seen += reference[k] + current[k] > 0 ? 1U : 0U;
  return seen;
}

std::uint64_t whole(const Object& inputs, const char* name) {
  return static_cast<std::uint64_t>(number_or(inputs, name, 0.0));
}

void put(Object& out, const char* statistic, const char* p_value, const drift::ChiSquared& test) {
  out[statistic] = to_json(test.statistic);
  out[p_value] = test.p_value;
}

}  // namespace

Object contingency(const Object& inputs, const Object& /*params*/) {
  const auto table =
      drift::contingency(counts(member(inputs, "reference")), counts(member(inputs, "current")));
  Object out;
  if (!table) {
    for (const char* name :
         {"chi2", "dof", "p_value", "g", "g_p_value", "cramers_v", "cramers_v_bias_corrected"})
      out[name] = nullptr;
    return out;
  }
  const double chi2 = table->pearson.statistic;
  put(out, "chi2", "p_value", table->pearson);
  put(out, "chi2_yates", "p_value_yates", table->yates);
  put(out, "g", "g_p_value", table->g);
  out["dof"] = table->degrees_of_freedom();
  out["cramers_v"] = drift::cramers_v(chi2, *table);
  out["cramers_v_bias_corrected"] = drift::cramers_v_bias_corrected(chi2, *table);
  out["min_expected"] = table->min_expected;
  return out;
}

Object goodness_of_fit(const Object& inputs, const Object& /*params*/) {
  const auto reference = counts(member(inputs, "reference"));
  const auto current = counts(member(inputs, "current"));
  const auto fit = drift::goodness_of_fit(reference, current);
  Object out;
  out["dof"] = categories(reference, current) - 1;
  if (fit) {
    put(out, "chi2", "p_value", fit->pearson);
    put(out, "g", "g_p_value", fit->g);
  } else {
    for (const char* name : {"chi2", "p_value", "g", "g_p_value"}) out[name] = nullptr;
  }
  return out;
}

Object fisher_exact(const Object& inputs, const Object& /*params*/) {
  const json::array rows = member(inputs, "table").as_array();
  const auto reference = counts(rows.at(0));
  const auto current = counts(rows.at(1));
  const auto test = drift::fisher_exact(
      {.a = reference.at(0), .b = reference.at(1), .c = current.at(0), .d = current.at(1)});
  Object out;
  if (!test) return out;
  out["odds_ratio"] = to_json(test->odds_ratio);
  out["p_two_sided"] = test->p_two_sided;
  out["p_less"] = test->p_less;
  out["p_greater"] = test->p_greater;
  return out;
}

Object two_proportion_z(const Object& inputs, const Object& /*params*/) {
  const auto test = drift::two_proportions_z(whole(inputs, "x1"), whole(inputs, "n1"),
                                             whole(inputs, "x2"), whole(inputs, "n2"));
  Object out;
  out["z"] = test ? to_json(test->z) : json::value(nullptr);
  out["p_two_sided"] = test ? to_json(test->p_two_sided) : json::value(nullptr);
  out["p_less"] = test ? to_json(test->p_less) : json::value(nullptr);
  out["p_greater"] = test ? to_json(test->p_greater) : json::value(nullptr);
  return out;
}

}  // namespace leeway::vectors
