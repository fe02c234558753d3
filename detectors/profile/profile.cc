#include "detectors/profile/profile.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "detectors/base/compression.h"

namespace leeway::profile {
namespace {

constexpr std::string_view kMagic = "LWPROFIL";
constexpr std::size_t kMaxBody = std::size_t{256} << 20U;
constexpr std::size_t kLeastColumnBytes = 60;  // an empty column takes a few more

/// The sum, or nothing if it does not fit.
std::optional<std::uint64_t> sum_of(std::initializer_list<std::uint64_t> parts) {
  std::uint64_t sum = 0;
  for (const std::uint64_t part : parts) {
    if (__builtin_add_overflow(sum, part, &sum)) return std::nullopt;
  }
  return sum;
}

void write_moments(ByteWriter& out, const Moments& moments) {
  out.varint(moments.count);
  out.f64(moments.mean);
  out.f64(moments.mean_rest);
  out.f64(moments.m2);
  out.f64(moments.m3);
  out.f64(moments.m4);
}

Moments read_moments(ByteReader& in) {
  Moments moments;
  moments.count = in.varint();
  moments.mean = in.f64();
  moments.mean_rest = in.f64();
  moments.m2 = in.f64();
  moments.m3 = in.f64();
  moments.m4 = in.f64();
  return moments;
}

void write_checks(ByteWriter& out, const Checks& checks) {
  for (const Checked& check : {checks.range, checks.set, checks.pattern, checks.shown}) {
    out.varint(check.checked);
    out.varint(check.violations);
  }
}

Checks read_checks(ByteReader& in) {
  Checks checks;
  for (Checked* check : {&checks.range, &checks.set, &checks.pattern, &checks.shown}) {
    check->checked = in.varint();
    check->violations = in.varint();
  }
  return checks;
}

bool make_sense(const Checks& checks, std::uint64_t rows) {
  const auto fits = [rows](const Checked& check) {
    return check.violations <= check.checked && check.checked <= rows;
  };
  return fits(checks.range) && fits(checks.set) && fits(checks.pattern) && fits(checks.shown);
}

/// What is wrong with the numbers of a column, or nullptr.
const char* contradiction(const ColumnProfile& column) {
  const std::uint64_t cells = column.cells.total();
  const auto rows =
      sum_of({column.missing, column.not_a_number, column.type_errors, cells, column.unseen});
  if (rows != column.rows) return "its parts do not add up to its rows";
  const auto infinite = sum_of({column.positive_infinite, column.negative_infinite});
  if (!infinite || *infinite > cells) return "more infinities than values";
  if (column.moments.count != 0 && column.moments.count != cells - *infinite)
    return "its moments are of other rows";
  if (!std::isfinite(column.moments.mean) || !std::isfinite(column.moments.mean_rest) ||
      !(column.moments.m2 >= 0.0))
    return "its moments make no sense";
  const auto kinds = sum_of({column.empty_texts, column.configured_missing});
  if (!kinds || *kinds > column.missing) return "more kinds of missing values than missing ones";
  if (!make_sense(column.checks, column.rows)) return "its checks are of other rows";
  if (column.keys.rows() > column.rows) return "its keys are of other rows";
  if (std::isnan(column.min) || std::isnan(column.max)) return "its range makes no sense";
  return nullptr;
}

}  // namespace

void ColumnProfile::merge(const ColumnProfile& other) {
  rows += other.rows;
  missing += other.missing;
  empty_texts += other.empty_texts;
  configured_missing += other.configured_missing;
  not_a_number += other.not_a_number;
  positive_infinite += other.positive_infinite;
  negative_infinite += other.negative_infinite;
  type_errors += other.type_errors;
  unseen += other.unseen;
  cells.merge(other.cells);
  moments.merge(other.moments);
  min = std::min(min, other.min);
  max = std::max(max, other.max);
  distinct.merge(other.distinct);
  unseen_values.merge(other.unseen_values);
  checks.merge(other.checks);
  keys.merge(other.keys);
}

void ColumnProfile::write(ByteWriter& out, std::uint32_t version) const {
  for (const std::uint64_t count :
       {rows, missing, not_a_number, positive_infinite, negative_infinite, type_errors, unseen}) {
    out.varint(count);
  }
  cells.write(out);
  write_moments(out, moments);
  out.f64(min);
  out.f64(max);
  distinct.write(out);
  unseen_values.write(out);
  if (version < 2) return;
  out.varint(empty_texts);
  out.varint(configured_missing);
  write_checks(out, checks);
  keys.write(out);
}

Result<ColumnProfile> ColumnProfile::read(ByteReader& in, std::uint32_t version) {
  ColumnProfile column;
  for (std::uint64_t* count :
       {&column.rows, &column.missing, &column.not_a_number, &column.positive_infinite,
        &column.negative_infinite, &column.type_errors, &column.unseen}) {
    *count = in.varint();
  }
  column.cells = SparseCells::read(in);
  column.moments = read_moments(in);
  column.min = in.f64();
  column.max = in.f64();
  column.distinct = Distinct::read(in);
  column.unseen_values = HeavyHitters::read(in);
  if (version >= 2) {
    column.empty_texts = in.varint();
    column.configured_missing = in.varint();
    column.checks = read_checks(in);
    column.keys = KeySample::read(in);
  }
  if (!in.ok()) return fail(ErrorCode::kCorrupt, "is cut off or not well formed");
  if (const char* wrong = contradiction(column)) return fail(ErrorCode::kCorrupt, wrong);
  return column;
}

Profile Profile::empty_for(const Schema& schema) {
  return {.schema_id = schema.id(),
          .rows = 0,
          .columns = std::vector<ColumnProfile>(schema.columns.size())};
}

Result<> Profile::merge(const Profile& other) {
  if (schema_id != other.schema_id || columns.size() != other.columns.size()) {
    return fail(ErrorCode::kInvalidArgument, "profiles of different schemas cannot be merged");
  }
  rows += other.rows;
  for (std::size_t i = 0; i < columns.size(); ++i) columns[i].merge(other.columns[i]);
  row_keys.merge(other.row_keys);
  return {};
}

Result<> Profile::fits(const Schema& schema) const {
  if (schema_id != schema.id() || columns.size() != schema.columns.size()) {
    return fail(ErrorCode::kInvalidArgument, "the profile is of another schema");
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Column& column = schema.columns[i];
    const SparseCells& cells = columns[i].cells;
    const std::size_t known = column.grid         ? column.grid->cells()
                              : column.categories ? column.categories->size()
                                                  : 0;
    const bool numeric = column.grid != nullptr;
    if ((!cells.index.empty() && cells.index.back() >= known) || (!numeric && !cells.sum.empty()) ||
        (numeric && cells.sum.size() != cells.index.size())) {
      return fail(ErrorCode::kInvalidArgument,
                  "column '" + column.name + "' of the profile has cells that the schema lacks");
    }
  }
  return {};
}

void Profile::write(ByteWriter& out, std::uint32_t version) const {
  out.u64(schema_id);
  out.varint(rows);
  out.varint(columns.size());
  for (const ColumnProfile& column : columns) column.write(out, version);
  if (version >= 2) row_keys.write(out);
}

Result<Profile> Profile::read(ByteReader& in, std::uint32_t version) {
  Profile profile;
  profile.schema_id = in.u64();
  profile.rows = in.varint();
  const std::size_t count = in.count(kLeastColumnBytes);
  profile.columns.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto column = ColumnProfile::read(in, version);
    if (!column) return fail(std::move(column.error()).in("column " + std::to_string(i)));
    if (column->rows != profile.rows) {
      return fail(ErrorCode::kCorrupt,
                  "column " + std::to_string(i) + ": has other rows than the profile");
    }
    profile.columns.push_back(std::move(*column));
  }
  if (version >= 2) profile.row_keys = KeySample::read(in);
  if (!in.ok()) return fail(ErrorCode::kCorrupt, "is cut off");
  if (profile.row_keys.rows() > profile.rows) {
    return fail(ErrorCode::kCorrupt, "its keys are of other rows");
  }
  return profile;
}

std::string Profile::serialize() const {
  ByteWriter body;
  write(body);
  return frame(kMagic, kVersion, compress(body.bytes()));
}

Result<Profile> Profile::deserialize(std::string_view bytes) {
  const auto opened = open_frame(kMagic, bytes);
  if (!opened) return fail(Error(opened.error()).in("profile"));
  if (opened->version < 1 || opened->version > kVersion) {
    return fail(ErrorCode::kCorrupt,
                "profile: version " + std::to_string(opened->version) + " is not known");
  }
  const auto body = decompress(opened->body, kMaxBody);
  if (!body) return fail(Error(body.error()).in("profile"));
  ByteReader in(*body);
  auto profile = read(in, opened->version);
  if (!profile) return fail(std::move(profile.error()).in("profile"));
  if (!in.at_end()) return fail(ErrorCode::kCorrupt, "profile: has bytes behind its end");
  return profile;
}

}  // namespace leeway::profile
