#include "daemon/monitor/reference_file.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "detectors/base/bytes.h"

namespace leeway::monitor {
namespace {

constexpr std::string_view kMagic = "LWREFFIL";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kMaxSegments = 64;

tl::unexpected<Error> corrupt(const std::string& what) {
  return fail(ErrorCode::kCorrupt, what + "; make it with `leeway profile`");
}

Result<> expect(const profile::Schema& schema, const std::optional<std::string>& name,
                ColumnRole role) {
  if (!name) return {};
  const auto at = schema.index_of(*name);
  if (at && schema.columns[*at].role == role) return {};
  return fail(ErrorCode::kInvalidConfig,
              "the profile was made without '" + *name + "' as the " +
                  std::string(to_string(role)) +
                  "; make it anew with this configuration: leeway profile");
}

}  // namespace

std::string ReferenceFile::encode() const {
  ByteWriter body;
  body.text(reference.serialize());
  body.varint(segments.size());
  for (const tables::Segments& each : segments) {
    body.text(each.column);
    body.varint(each.values.size());
    for (const std::string& value : each.values) body.text(value);
  }
  body.varint(columns.size());
  for (const tables::ObservedColumn& each : columns) {
    body.text(each.name);
    body.text(each.file_type);
  }
  return frame(kMagic, kVersion, body.bytes());
}

Result<ReferenceFile> ReferenceFile::decode(std::string_view bytes) {
  const auto opened = open_frame(kMagic, bytes);
  if (!opened) return corrupt("it is no profile: " + opened.error().message);
  if (opened->version != kVersion) {
    return corrupt("its version " + std::to_string(opened->version) + " is not known");
  }
  ByteReader body(opened->body);
  const std::string_view learned = body.text();
  ReferenceFile file;
  const std::size_t segments = body.count(2);
  if (segments > kMaxSegments) return corrupt("it has more segments than there can be");
  for (std::size_t i = 0; i < segments && body.ok(); ++i) {
    tables::Segments& each = file.segments.emplace_back();
    each.column = body.text();
    const std::size_t values = body.count(1);
    if (values > tables::Segments::kMaxValues) return corrupt("a column has too many segments");
    for (std::size_t k = 0; k < values; ++k) each.values.emplace_back(body.text());
  }
  const std::size_t columns = body.count(2);
  for (std::size_t i = 0; i < columns && body.ok(); ++i) {
    tables::ObservedColumn& each = file.columns.emplace_back();
    each.name = body.text();
    each.file_type = body.text();
  }
  if (!body.at_end()) return corrupt("it is cut off or damaged");
  auto reference = profile::Reference::deserialize(learned);
  if (!reference) return fail(std::move(reference.error()));
  file.reference = std::move(*reference);
  return file;
}

Result<> fits(const ReferenceFile& file, const config::Columns& columns) {
  const profile::Schema& schema = file.reference.schema;
  const std::optional<std::string> label =
      columns.label ? std::optional(columns.label->name) : std::nullopt;
  for (const auto& [name, role] : {std::pair{columns.id, ColumnRole::kId},
                                   {columns.timestamp, ColumnRole::kTimestamp},
                                   {label, ColumnRole::kLabel},
                                   {columns.score, ColumnRole::kScore},
                                   {columns.prediction, ColumnRole::kPrediction}}) {
    if (auto fine = expect(schema, name, role); !fine) return fine;
  }
  for (const std::string& name : columns.segments) {
    if (std::ranges::find(file.segments, name, &tables::Segments::column) != file.segments.end())
      continue;
    return fail(ErrorCode::kInvalidConfig,
                "the profile was made without segments of '" + name +
                    "'; make it anew with this configuration: leeway profile");
  }
  return {};
}

}  // namespace leeway::monitor
