#include "detectors/sequential/adwin.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace leeway::sequential {
namespace {

constexpr std::array<std::string_view, 2> kScans{"all", "skip_last_in_row"};
constexpr std::array<std::string_view, 2> kAfter{"keep_window", "reset"};
constexpr std::size_t kMaxRows = 52;  // 2^53 values: what a double counts
constexpr std::size_t kBucketBytes = 16;

constexpr std::array kParameters{
    Parameter{.name = "delta",
              .otherwise = 0.002,
              .least = 0,
              .most = 1,
              .open = true,
              .sentence =
                  "The probability of a false alarm at a check, by a bound that is far from "
                  "tight; smaller is later and quieter."},
    Parameter{.name = "clock",
              .type = ParameterType::kInteger,
              .otherwise = 32.0,
              .least = 1,
              .most = 1e9,
              .unit = "values",
              .sentence = "How many values pass from one check to the next."},
    Parameter{.name = "max_buckets",
              .type = ParameterType::kInteger,
              .otherwise = 5.0,
              .least = 2,
              .most = 1000,
              .unit = "buckets",
              .sentence = "Buckets of one size; more of them find the place of a change better."},
    Parameter{.name = "min_window",
              .type = ParameterType::kInteger,
              .otherwise = 5.0,
              .least = 1,
              .most = 1e9,
              .unit = "values",
              .sentence = "The shortest part of the window that is compared."},
    Parameter{.name = "grace",
              .type = ParameterType::kInteger,
              .otherwise = 10.0,
              .least = 0,
              .most = 1e9,
              .unit = "values",
              .sentence = "A window of so many values is not checked."},
    Parameter{.name = "scan",
              .type = ParameterType::kChoice,
              .otherwise = "all",
              .sentence = "Which borders between buckets are looked at; skip_last_in_row is what "
                          "older river and scikit-multiflow do.",
              .choices = kScans},
    Parameter{
        .name = "after_drift",
        .type = ParameterType::kChoice,
        .otherwise = "keep_window",
        .sentence = "Whether the shrunk window goes on, as in the paper, or all is forgotten.",
        .choices = kAfter}};

}  // namespace

std::span<const Parameter> Adwin::parameters() { return kParameters; }

Adwin::Adwin(const Parameters& parameters)
    : Detector(Input::kNumbers, parameters.choice("after_drift") == "reset" ? AfterDrift::kRestart
                                                                            : AfterDrift::kGoOn),
      delta_(parameters.number("delta")),
      clock_(parameters.number("clock")),
      max_buckets_(parameters.integer("max_buckets")),
      min_window_(parameters.number("min_window")),
      grace_(parameters.number("grace")),
      skip_last_(parameters.choice("scan") == "skip_last_in_row") {}

std::size_t Adwin::buckets() const {
  std::size_t buckets = 0;
  for (const Row& row : rows_) buckets += row.size();
  return buckets;
}

DetectorState Adwin::next(double value) {
  insert(value);
  ticks_ += 1.0;
  const bool checked = ticks_ >= clock_;
  if (checked) ticks_ = 0.0;
  if (width_ <= grace_) return DetectorState::kWarmingUp;
  return checked && shrink() ? DetectorState::kDrift : DetectorState::kStable;
}

void Adwin::insert(double value) {
  if (width_ > 0.0) {
    const double difference = value - total_ / width_;
    variance_ += width_ * difference * difference / (width_ + 1.0);
  }
  width_ += 1.0;
  total_ += value;
  if (rows_.empty()) rows_.emplace_back();
  rows_[0].push_back({.total = value});
  compress();
}

/// Two buckets of a full row become one of the next.
void Adwin::compress() {
  double n = 1.0;
  for (std::size_t r = 0; r < rows_.size() && rows_[r].size() > max_buckets_; ++r, n *= 2.0) {
    if (r + 1 == rows_.size()) rows_.emplace_back();
    Row& row = rows_[r];
    const double difference = row[0].total / n - row[1].total / n;
    rows_[r + 1].push_back({.total = row[0].total + row[1].total,
                            .variance = row[0].variance + row[1].variance +
                                        n * n * difference * difference / (n + n)});
    row.erase(row.begin(), row.begin() + 2);
  }
}

void Adwin::drop_oldest() {
  Row& row = rows_.back();
  const double n = std::ldexp(1.0, static_cast<int>(rows_.size()) - 1);
  const Bucket oldest = row.front();
  row.erase(row.begin());
  width_ -= n;
  total_ -= oldest.total;
  const double difference = oldest.total / n - total_ / width_;
  variance_ -= oldest.variance + n * width_ * difference * difference / (n + width_);
  if (row.empty()) rows_.pop_back();
}

bool Adwin::shrink() {
  bool changed = false;
  for (; has_cut(); drop_oldest()) changed = true;
  return changed;
}

/// Goes through the borders from the oldest bucket to the newest.
bool Adwin::has_cut() const {
  const double d = std::log(2.0 * std::log(width_) / delta_);
  double n0 = 0.0;
  double total0 = 0.0;
  double n = std::ldexp(1.0, static_cast<int>(rows_.size()) - 1);
  for (std::size_t r = rows_.size(); r > 0; --r, n /= 2.0) {
    const Row& row = rows_[r - 1];
    const std::size_t looked_at = row.size() - (skip_last_ && !row.empty() ? 1 : 0);
    for (std::size_t b = 0; b < looked_at; ++b) {
      n0 += n;
      total0 += row[b].total;
      if (width_ - n0 <= 0.0) return false;
      if (differ(n0, total0, d)) return true;
    }
  }
  return false;
}

bool Adwin::differ(double n0, double total0, double d) const {
  const double n1 = width_ - n0;
  if (n0 < min_window_ || n1 < min_window_) return false;
  const double m = 1.0 / (n0 - min_window_ + 1.0) + 1.0 / (n1 - min_window_ + 1.0);
  // Dropping buckets can leave a variance slightly below 0, of which there is no root.
  const double variance = std::max(variance_ / width_, 0.0);
  const double bound = std::sqrt(2.0 * m * variance * d) + 2.0 / 3.0 * d * m;
  return std::abs(total0 / n0 - (total_ - total0) / n1) > bound;
}

void Adwin::clear() {
  rows_.clear();
  width_ = total_ = variance_ = ticks_ = 0.0;
}

void Adwin::write_sequence(ByteWriter& out) const {
  for (const double value : {width_, total_, variance_, ticks_}) out.f64(value);
  out.varint(rows_.size());
  for (const Row& row : rows_) {
    out.varint(row.size());
    for (const Bucket& bucket : row) {
      out.f64(bucket.total);
      out.f64(bucket.variance);
    }
  }
}

void Adwin::read_sequence(ByteReader& in) {
  for (double* value : {&width_, &total_, &variance_, &ticks_}) *value = number_from(in);
  const std::size_t rows = in.count(1);
  if (rows > kMaxRows) return in.refuse();
  rows_.assign(rows, {});
  double held = 0.0;
  for (std::size_t r = 0; r < rows; ++r) {
    const std::size_t buckets = in.count(kBucketBytes);
    if (buckets > max_buckets_) return in.refuse();
    for (std::size_t b = 0; b < buckets; ++b)
      rows_[r].push_back({.total = number_from(in), .variance = number_from(in)});
    held += std::ldexp(static_cast<double>(buckets), static_cast<int>(r));
  }
  // The last row is where the oldest bucket is dropped from.
  if (held != width_ || (rows > 0 && rows_.back().empty())) in.refuse();
}

}  // namespace leeway::sequential
