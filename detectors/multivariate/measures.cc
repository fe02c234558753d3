#include "detectors/multivariate/measures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

#include "detectors/multivariate/correlation_drift.h"
#include "detectors/multivariate/domain_classifier.h"
#include "detectors/multivariate/embedding_drift.h"
#include "detectors/multivariate/encoding.h"
#include "detectors/multivariate/mmd.h"
#include "detectors/multivariate/pca_reconstruction.h"

namespace leeway::multivariate {
namespace {

constexpr std::size_t kMostRows = 4000;
constexpr std::size_t kMostKernelRows = 1000;
constexpr std::size_t kPermutations = 199;
constexpr std::size_t kLeastKernelRows = 20;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string text(const char* format, double value) {
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), format, value);
  return out.data();
}

/// " in a (60 %), b (20 %)", or nothing.
std::string in_columns(std::string_view before, const std::vector<Carrier>& carriers) {
  return carriers.empty() ? std::string() : std::string(before) + named(carriers);
}

Table at_most(const Table& table, std::size_t most, std::uint64_t seed) {
  return table.rows_at(sample_rows(table.rows(), most, seed));
}

Result<Measured> of_pca(const Table& reference, const Table& current, std::uint64_t seed) {
  auto found = pca_reconstruction(at_most(reference, kMostRows, seed),
                                  at_most(current, kMostRows, seed), {.seed = seed});
  if (!found) return fail(std::move(found.error()));
  const bool rose = found->current_error > found->reference_error;
  return Measured{.value = found->change,
                  .null = found->null,
                  .p_value = found->p_value,
                  .carriers = found->carriers,
                  .moved = std::string("the reconstruction error ") + (rose ? "rose" : "fell") +
                           " from " + text("%.3f", found->reference_error) + " to " +
                           text("%.3f", found->current_error) +
                           in_columns(", most in ", found->carriers)};
}

Result<Measured> of_classifier(const Table& reference, const Table& current, std::uint64_t seed) {
  auto found = domain_classifier(at_most(reference, kMostRows, seed),
                                 at_most(current, kMostRows, seed), {.seed = seed});
  if (!found) return fail(std::move(found.error()));
  return Measured{.value = found->auc,
                  .null = found->null,
                  .p_value = found->p_value,
                  .carriers = found->carriers,
                  .moved = "a classifier tells the rows from the reference's with AUC " +
                           text("%.3f", found->auc) + in_columns(", by ", found->carriers)};
}

/// How much the mean and the deviation of each dimension moved, squared, beyond what rows drawn
/// independently do on average.
std::vector<Carrier> moved_dimensions(const Encoding& encoding, const Eigen::MatrixXd& before,
                                      const Eigen::MatrixXd& now) {
  const double noise =
      1.0 / static_cast<double>(before.cols()) + 1.0 / static_cast<double>(now.cols());
  constexpr double kSure = 9.0;  // three standard errors
  std::vector<std::string> names;
  std::vector<double> parts;
  for (Eigen::Index d = 0; d < before.rows(); ++d) {
    const auto deviation = [](const Eigen::ArrayXd& x) {
      return std::sqrt((x - x.mean()).square().mean());
    };
    const Eigen::ArrayXd a = before.row(d).transpose();
    const Eigen::ArrayXd b = now.row(d).transpose();
    const double part = std::pow(b.mean() - a.mean(), 2) + std::pow(deviation(b) - deviation(a), 2);
    names.push_back(encoding.name(d));
    parts.push_back(part > kSure * noise ? part : 0.0);
  }
  return carriers_of(names, parts);
}

Result<Measured> of_mmd(const Table& reference, const Table& current, std::uint64_t seed) {
  if (auto alike = check_alike(reference, current, kLeastKernelRows); !alike)
    return fail(std::move(alike.error()).in("mmd"));
  const Table before = at_most(reference, kMostKernelRows, seed);
  const Table now = at_most(current, kMostKernelRows, seed);
  const auto encoding = Encoding::learn(before, Scale::kNormalScores);
  if (!encoding) return fail(Error(encoding.error()).in("mmd"));
  const Eigen::MatrixXd old_points = encoding->apply(before);
  const Eigen::MatrixXd new_points = encoding->apply(now);
  auto found = maximum_mean_discrepancy(old_points, new_points,
                                        {.permutations = kPermutations, .seed = seed});
  if (!found) return fail(std::move(found.error()));
  if (!found->unbiased || !found->null)
    return fail(ErrorCode::kInsufficientData, "mmd: all rows are the same");
  Measured measured{.value = *found->unbiased,
                    .null = *found->null,
                    .p_value = *found->p_value,
                    .carriers = moved_dimensions(*encoding, old_points, new_points)};
  measured.moved = "the joint distribution moved" + in_columns(", most in ", measured.carriers);
  if (measured.carriers.empty()) measured.moved += " in how columns go together, none by itself";
  return measured;
}

Result<Measured> of_correlation(const Table& reference, const Table& current, std::uint64_t seed) {
  auto found = correlation_drift(at_most(reference, kMostRows, seed),
                                 at_most(current, kMostRows, seed), Correlation::kSpearman);
  if (!found) return fail(std::move(found.error()));
  const CorrelationPair& pair = found->changed.front();
  Measured measured{.value = pair.q,
                    .null = found->null,
                    .p_value = found->null.tail(pair.q),
                    .carriers = {{pair.first, 0.5}, {pair.second, 0.5}}};
  measured.moved = "the rank correlation of " + pair.first + " and " + pair.second +
                   (pair.current > pair.reference ? " rose" : " fell") + " from " +
                   text("%.2f", pair.reference) + " to " + text("%.2f", pair.current);
  std::size_t sure = 0;
  constexpr double kAlpha = 0.05;
  for (const CorrelationPair& each : found->changed) sure += each.adjusted <= kAlpha ? 1U : 0U;
  if (sure > 1) {
    measured.moved += ", and " + std::to_string(sure - 1) + " more pair" + (sure > 2 ? "s" : "") +
                      " changed (Holm, 5 %)";
  }
  return measured;
}

Measured mmd_of(const EmbeddingDrift& drift) {
  return {.value = drift.mmd.unbiased.value_or(0.0),
          .null = drift.mmd.null.value_or(Null::normal(0.0, 0.0)),
          .p_value = drift.mmd.p_value.value_or(1.0),
          .moved = "the distribution of the vectors moved"};
}

Measured cosine_of(const EmbeddingDrift& drift) {
  return {.value = drift.cosine.value,
          .null = drift.cosine.null,
          .p_value = drift.cosine.p_value,
          .moved =
              "the mean vector turned by a cosine distance of " + text("%.4f", drift.cosine.value)};
}

Measured norm_of(const EmbeddingDrift& drift) {
  return {.value = drift.norm.value,
          .null = drift.norm.null,
          .p_value = drift.norm.p_value,
          .moved = "the mean length of the vectors moved by " + text("%.2f", drift.norm.value) +
                   " standard deviations"};
}

constexpr auto kMeasures = std::to_array<Measure>({
    {{"domain_classifier",
      "cross-validated AUC of boosted trees that tell current rows from reference rows", 0.0, 1.0,
      0.55},
     &of_classifier},
    {{"correlation",
      "largest change of a rank correlation between two numeric columns, as Cohen's q", 0.0,
      kInfinity, 0.1},
     &of_correlation},
    {{"pca_reconstruction",
      "relative change of the mean distance of rows from the reference's principal components", 0.0,
      kInfinity, 0.05},
     &of_pca},
    {{"mmd",
      "squared maximum mean discrepancy of all columns (normal scores, RBF kernel of the median "
      "distance), unbiased",
      -1.0, 2.0, 0.001},
     &of_mmd},
});

static_assert(std::ranges::equal(kMeasures, kMeasureNames, {}, &Measure::name));

constexpr auto kEmbeddingMeasures = std::to_array<EmbeddingMeasure>({
    {{"mmd",
      "squared maximum mean discrepancy of the vectors (RBF kernel of the median distance), "
      "unbiased",
      -1.0, 2.0, 0.001},
     &mmd_of},
    {{"cosine", "cosine distance between the mean vectors", 0.0, 2.0, 0.01}, &cosine_of},
    {{"norm", "change of the mean length of the vectors, in standard deviations of the lengths",
      0.0, kInfinity, 0.1},
     &norm_of},
});

template <class Kind>
const Kind* find(std::span<const Kind> all, std::string_view name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [name](const Kind& each) { return each.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

std::span<const Measure> measures() { return kMeasures; }
std::span<const EmbeddingMeasure> embedding_measures() { return kEmbeddingMeasures; }

const Measure* find_measure(std::string_view name) { return find(measures(), name); }
const EmbeddingMeasure* find_embedding_measure(std::string_view name) {
  return find(embedding_measures(), name);
}

}  // namespace leeway::multivariate
