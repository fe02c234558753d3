#include "detectors/sequential/kswin.h"

#include <algorithm>
#include <array>
#include <utility>

#include "detectors/drift/kolmogorov_smirnov.h"

namespace leeway::sequential {
namespace {

constexpr std::array<std::string_view, 2> kSampling{"drawn", "all"};
constexpr std::array<std::string_view, 2> kPMethods{"exact", "limit"};

constexpr std::array kParameters{
    Parameter{.name = "alpha",
              .otherwise = 0.005,
              .least = 0,
              .most = 1,
              .open = true,
              .unit = "probability",
              .sentence = "The level of each single test."},
    Parameter{.name = "window",
              .type = ParameterType::kInteger,
              .otherwise = 100.0,
              .least = 2,
              .most = 5000,
              .unit = "values",
              .sentence = "How many values are kept."},
    Parameter{.name = "stat",
              .type = ParameterType::kInteger,
              .otherwise = 30.0,
              .least = 1,
              .most = 2500,
              .unit = "values",
              .sentence = "How many of them, the newest, are compared with the older ones."},
    Parameter{.name = "min_statistic",
              .otherwise = 0.1,
              .least = 0,
              .most = 1,
              .sentence = "D has to exceed this too."},
    Parameter{.name = "sampling",
              .type = ParameterType::kChoice,
              .otherwise = "drawn",
              .sentence = "Whether as many of the older values are drawn, or all are compared.",
              .choices = kSampling},
    Parameter{.name = "p_value",
              .type = ParameterType::kChoice,
              .otherwise = "exact",
              .sentence = "How the p-value of D is computed.",
              .choices = kPMethods},
    Parameter{.name = "seed",
              .type = ParameterType::kInteger,
              .otherwise = 0.0,
              .least = 0,
              .most = 9007199254740992.0,
              .sentence = "Where the generator of the draws starts."}};

}  // namespace

std::span<const Parameter> Kswin::parameters() { return kParameters; }

Result<> Kswin::consistent(const Parameters& parameters) {
  const std::uint64_t window = parameters.integer("window");
  const std::uint64_t stat = parameters.integer("stat");
  if (2 * stat <= window) return {};
  return fail(ErrorCode::kInvalidConfig, "'stat' is " + std::to_string(stat) +
                                             ", must be at most half of 'window', " +
                                             std::to_string(window));
}

Kswin::Kswin(const Parameters& parameters)
    : Detector(Input::kNumbers, AfterDrift::kRestart),
      window_(parameters.integer("window")),
      stat_(parameters.integer("stat")),
      alpha_(parameters.number("alpha")),
      min_statistic_(parameters.number("min_statistic")),
      all_(parameters.choice("sampling") == "all"),
      exact_(parameters.choice("p_value") == "exact"),
      initial_(parameters.integer("seed")),
      critical_(least_reported()),
      random_(initial_) {
  values_.reserve(window_);
}

std::size_t Kswin::older_size() const { return all_ ? window_ - stat_ : stat_; }

double Kswin::p_of(double statistic) const {
  return exact_ ? drift::ks_p_exact(statistic, older_size(), stat_)
                : drift::ks_p_limit(statistic, older_size(), stat_);
}

double Kswin::p_value() const { return p_of(statistic_); }

/// D is a multiple of 1/(mn): bisection over the multiples, here, saves the p-value at each update.
/// Half a step less, so that rounding cannot matter.
double Kswin::least_reported() const {
  const std::size_t steps = older_size() * stat_;
  const double step = 1.0 / static_cast<double>(steps);
  std::size_t above = 0;
  std::size_t found = steps + 1;
  while (found - above > 1) {
    const std::size_t middle = above + (found - above) / 2;
    (p_of(static_cast<double>(middle) * step) <= alpha_ ? found : above) = middle;
  }
  return (static_cast<double>(found) - 0.5) * step;
}

DetectorState Kswin::next(double value) {
  if (values_.size() < window_) {
    values_.push_back(value);
  } else {
    values_[oldest_] = value;
    oldest_ = (oldest_ + 1) % window_;
  }
  if (values_.size() < window_) return DetectorState::kWarmingUp;
  draw_older();
  std::sort(older_.begin(), older_.end());
  std::sort(newest_.begin(), newest_.end());
  const auto distances = drift::kolmogorov_smirnov(older_, newest_);
  LEEWAY_ASSERT(distances, "both parts of a full window have values");
  statistic_ = distances->statistic();
  if (statistic_ < critical_ || statistic_ <= min_statistic_) return DetectorState::kStable;
  moved(Direction::kUnknown);
  return DetectorState::kDrift;
}

/// Splits the window; of the older part, the first `stat` of a partial Fisher-Yates shuffle.
void Kswin::draw_older() {
  const auto at = [this](std::size_t i) { return values_[(oldest_ + i) % window_]; };
  const std::size_t size = window_ - stat_;
  older_.resize(size);
  newest_.resize(stat_);
  for (std::size_t i = 0; i < size; ++i) older_[i] = at(i);
  for (std::size_t i = 0; i < stat_; ++i) newest_[i] = at(size + i);
  if (all_) return;
  for (std::size_t t = 0; t < stat_; ++t)
    std::swap(older_[t], older_[t + random_.next() % (size - t)]);
  older_.resize(stat_);
}

void Kswin::clear() {
  values_.clear();
  oldest_ = 0;
  statistic_ = 0.0;
  random_ = initial_;
}

void Kswin::write_sequence(ByteWriter& out) const {
  out.u64(random_.state());
  out.f64(statistic_);
  out.varint(values_.size());
  for (std::size_t i = 0; i < values_.size(); ++i) out.f64(values_[(oldest_ + i) % values_.size()]);
}

void Kswin::read_sequence(ByteReader& in) {
  random_ = Random(in.u64());
  statistic_ = number_from(in);
  const std::size_t count = in.count(sizeof(double));
  if (count > window_) return in.refuse();
  values_.clear();
  oldest_ = 0;
  for (std::size_t i = 0; i < count; ++i) values_.push_back(number_from(in));
}

}  // namespace leeway::sequential
