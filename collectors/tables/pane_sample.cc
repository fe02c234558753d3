#include "collectors/tables/pane_sample.h"

#include <algorithm>
#include <limits>

namespace leeway::tables {
namespace {

using Form = ColumnChunk::Form;
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// Of a coder's code: the code of the sample, see multivariate::TableColumn.
double category(std::uint32_t code, std::size_t known) {
  if (code < CategoryCoder::kOther) return kMissing;
  const bool is_known = code >= CategoryCoder::kFirst && code - CategoryCoder::kFirst < known;
  return is_known ? multivariate::TableColumn::kFirst + (code - CategoryCoder::kFirst)
                  : multivariate::TableColumn::kOther;
}

}  // namespace

PaneSample::PaneSample(const profile::Schema& schema, const std::vector<FoldedColumn>& columns,
                       std::size_t most, std::uint64_t seed)
    : schema_(&schema), columns_(&columns), rows_(most, seed) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool is_embedding = schema.columns[i].type == ColumnType::kEmbedding;
    if (is_sampled(schema.columns[i]) && !is_embedding && !columns[i].ignored)
      sampled_.push_back(static_cast<std::uint32_t>(i));
  }
  values_.resize(sampled_.size());
}

double PaneSample::value(std::size_t column, std::span<const ColumnChunk* const> chunks,
                         std::size_t row) const {
  const ColumnChunk& chunk = *chunks[(*columns_)[column].position];
  switch (chunk.form) {
    case Form::kNumbers:
    case Form::kNumberCodes:
      return chunk.present(row) ? chunk.number(row) + 0.0 : kMissing;
    case Form::kCodes: {
      const auto& categories = schema_->columns[column].categories;
      const double code = category(chunk.codes[row], categories ? categories->size() : 0);
      if (schema_->columns[column].type != ColumnType::kBoolean) return code;
      constexpr double kFalse = multivariate::TableColumn::kFirst;
      return code >= kFalse ? code - kFalse : kMissing;
    }
    default:
      return kMissing;
  }
}

void PaneSample::add(std::span<const ColumnChunk* const> chunks, RowSelection rows) {
  of_ += rows.count;
  rows_.pass(rows.count, [&](std::size_t position, std::size_t slot) {
    for (std::size_t i = 0; i < sampled_.size(); ++i) {
      const double drawn = value(sampled_[i], chunks, rows[position]);
      if (slot == values_[i].size()) {
        values_[i].push_back(drawn);
      } else {
        values_[i][slot] = drawn;
      }
    }
  });
}

void PaneSample::reorder(const std::vector<std::size_t>& order) {
  for (std::vector<double>& values : values_) {
    std::vector<double> kept;
    kept.reserve(order.size());
    for (const std::size_t slot : order) kept.push_back(values[slot]);
    values = std::move(kept);
  }
}

void PaneSample::halve() { reorder(rows_.shrink(std::max<std::size_t>(rows_.most() / 2, 1))); }

SampledRows PaneSample::take(TimePoint start) {
  reorder(rows_.shrink(rows_.most()));
  SampledRows taken{.start = start, .of = of_, .keys = rows_.keys()};
  for (std::size_t i = 0; i < sampled_.size(); ++i)
    taken.columns.push_back({.index = sampled_[i], .values = std::move(values_[i])});
  values_.assign(sampled_.size(), {});
  return taken;
}

}  // namespace leeway::tables
