#pragma once

#include <boost/json/object.hpp>
#include <span>
#include <string_view>

namespace leeway::vectors {

/// One statistic of the reference vectors: computes the outputs of a case from its inputs and
/// parameters with the code of the product.
struct Statistic {
  std::string_view name;
  boost::json::object (*compute)(const boost::json::object& inputs,
                                 const boost::json::object& params);
};

/// All that exist. The one list.
std::span<const Statistic> statistics();

const Statistic* find_statistic(std::string_view name);

// Of the other files of this folder.
using Object = boost::json::object;
Object psi_from_counts(const Object& inputs, const Object& params);
Object psi_of_numbers(const Object& inputs, const Object& params);
Object psi_of_categories(const Object& inputs, const Object& params);
Object ks_two_sample(const Object& inputs, const Object& params);
Object discrete_distances(const Object& inputs, const Object& params);
Object sample_distances(const Object& inputs, const Object& params);
Object contingency(const Object& inputs, const Object& params);
Object goodness_of_fit(const Object& inputs, const Object& params);
Object fisher_exact(const Object& inputs, const Object& params);
Object two_proportion_z(const Object& inputs, const Object& params);
Object adjust(const Object& inputs, const Object& params);
Object cramer_von_mises(const Object& inputs, const Object& params);
Object anderson_darling(const Object& inputs, const Object& params);
Object epps_singleton(const Object& inputs, const Object& params);
Object mann_whitney(const Object& inputs, const Object& params);
Object t_tests(const Object& inputs, const Object& params);
Object variance_tests(const Object& inputs, const Object& params);
Object mmd_rbf(const Object& inputs, const Object& params);
Object page_hinkley_one_sided(const Object& inputs, const Object& params);
Object page_hinkley_two_sided(const Object& inputs, const Object& params);
Object cusum(const Object& inputs, const Object& params);
Object cusum_warmup(const Object& inputs, const Object& params);
Object ewma_chart(const Object& inputs, const Object& params);
Object shewhart(const Object& inputs, const Object& params);
Object adwin(const Object& inputs, const Object& params);
Object ddm(const Object& inputs, const Object& params);
Object eddm(const Object& inputs, const Object& params);
Object kswin(const Object& inputs, const Object& params);
Object describe(const Object& inputs, const Object& params);
Object merge(const Object& inputs, const Object& params);
Object histogram_equal_width(const Object& inputs, const Object& params);
Object histogram_given_edges(const Object& inputs, const Object& params);
Object bin_rule_edges(const Object& inputs, const Object& params);
Object quantile_edges_of(const Object& inputs, const Object& params);
Object categorical_profile(const Object& inputs, const Object& params);

}  // namespace leeway::vectors
