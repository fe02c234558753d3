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
    if (!is_sampled(schema.columns[i]) || columns[i].ignored) continue;
    const auto index = static_cast<std::uint32_t>(i);
    if (schema.columns[i].type == ColumnType::kEmbedding) {
      lists_.push_back({.index = index, .picker = RowPicker(most, seed + index + 1)});
    } else {
      sampled_.push_back(index);
    }
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
  for (Lists& lists : lists_) add_lists(lists, *chunks[(*columns_)[lists.index].position], rows);
}

void PaneSample::add_lists(Lists& lists, const ColumnChunk& chunk, RowSelection rows) const {
  if (chunk.form != Form::kLists) return;
  for (std::size_t i = 0; i < rows.count; ++i) {
    if (!chunk.present(rows[i])) continue;
    const std::span<const float> vector = chunk.list(rows[i]);
    if (lists.dimension == 0) lists.dimension = vector.size();
    if (vector.size() != lists.dimension) continue;
    ++lists.of;
    lists.picker.pass(1, [&](std::size_t, std::size_t slot) {
      const std::size_t at = slot * lists.dimension;
      if (at == lists.values.size()) lists.values.resize(at + lists.dimension);
      std::copy(vector.begin(), vector.end(),
                lists.values.begin() + static_cast<std::ptrdiff_t>(at));
    });
  }
}

std::uint64_t PaneSample::bytes() const {
  std::uint64_t bytes = rows_.size() * values_.size() * sizeof(double);
  for (const Lists& lists : lists_) bytes += lists.values.size() * sizeof(float);
  return bytes;
}

void PaneSample::reorder(const std::vector<std::size_t>& order) {
  for (std::vector<double>& values : values_) {
    std::vector<double> kept;
    kept.reserve(order.size());
    for (const std::size_t slot : order) kept.push_back(values[slot]);
    values = std::move(kept);
  }
}

void PaneSample::reorder(Lists& lists, const std::vector<std::size_t>& order) {
  std::vector<float> kept;
  kept.reserve(order.size() * lists.dimension);
  for (const std::size_t slot : order) {
    const auto from = lists.values.begin() + static_cast<std::ptrdiff_t>(slot * lists.dimension);
    kept.insert(kept.end(), from, from + static_cast<std::ptrdiff_t>(lists.dimension));
  }
  lists.values = std::move(kept);
}

void PaneSample::halve() {
  const std::size_t most = std::max<std::size_t>(rows_.most() / 2, 1);
  reorder(rows_.shrink(most));
  for (Lists& lists : lists_) reorder(lists, lists.picker.shrink(most));
}

SampledRows PaneSample::take(TimePoint start) {
  reorder(rows_.shrink(rows_.most()));
  SampledRows taken{.start = start, .of = of_, .keys = rows_.keys()};
  for (std::size_t i = 0; i < sampled_.size(); ++i)
    taken.columns.push_back({.index = sampled_[i], .values = std::move(values_[i])});
  values_.assign(sampled_.size(), {});
  for (Lists& lists : lists_) {
    reorder(lists, lists.picker.shrink(lists.picker.most()));
    SampledVectors& vectors = taken.embeddings.emplace_back();
    vectors.index = lists.index;
    vectors.of = lists.of;
    vectors.keys = lists.picker.keys();
    vectors.vectors = {.dimension = lists.dimension, .values = std::move(lists.values)};
  }
  return taken;
}

}  // namespace leeway::tables
