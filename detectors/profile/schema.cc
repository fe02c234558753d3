#include "detectors/profile/schema.h"

namespace leeway::profile {
namespace {

constexpr std::size_t kMaxColumns = 100'000;

enum class Cells : std::uint8_t { kNone = 0, kGrid = 1, kCategories = 2 };

void write_column(ByteWriter& out, const Column& column) {
  out.text(column.name);
  out.u8(static_cast<std::uint8_t>(column.type));
  out.u8(static_cast<std::uint8_t>(column.role));
  out.text(column.reason);
  out.u8(column.is_private ? 1 : 0);
  if (column.grid) {
    out.u8(static_cast<std::uint8_t>(Cells::kGrid));
    column.grid->write(out);
  } else if (column.categories) {
    out.u8(static_cast<std::uint8_t>(Cells::kCategories));
    column.categories->write(out);
  } else {
    out.u8(static_cast<std::uint8_t>(Cells::kNone));
  }
}

Result<> read_cells(ByteReader& in, Column& column) {
  switch (static_cast<Cells>(in.u8())) {
    case Cells::kNone:
      return {};
    case Cells::kGrid: {
      auto grid = Grid::read(in);
      if (!grid) return fail(std::move(grid.error()));
      column.grid = std::make_shared<const Grid>(std::move(*grid));
      return {};
    }
    case Cells::kCategories: {
      auto categories = Categories::read(in);
      if (!categories) return fail(std::move(categories.error()));
      column.categories = std::make_shared<const Categories>(std::move(*categories));
      return {};
    }
  }
  return fail(ErrorCode::kCorrupt, "has cells of an unknown kind");
}

Result<Column> read_column(ByteReader& in) {
  Column column;
  column.name = in.text();
  const std::uint8_t type = in.u8();
  const std::uint8_t role = in.u8();
  column.reason = in.text();
  column.is_private = in.u8() != 0;
  if (!in.ok() || type > static_cast<std::uint8_t>(ColumnType::kEmbedding) ||
      role > static_cast<std::uint8_t>(ColumnRole::kIgnored)) {
    return fail(ErrorCode::kCorrupt, "has an unknown type or role");
  }
  column.type = static_cast<ColumnType>(type);
  column.role = static_cast<ColumnRole>(role);
  if (auto cells = read_cells(in, column); !cells) return fail(std::move(cells.error()));
  return column;
}

}  // namespace

std::uint64_t Column::cells_id() const {
  if (grid) return grid->id();
  return categories ? categories->id() : 0;
}

const Column* Schema::find(std::string_view name) const {
  const auto index = index_of(name);
  return index ? &columns[*index] : nullptr;
}

std::optional<std::size_t> Schema::index_of(std::string_view name) const {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == name) return i;
  }
  return std::nullopt;
}

std::uint64_t Schema::id() const {
  ByteWriter bytes;
  for (const Column& column : columns) {
    bytes.text(column.name);
    bytes.u8(static_cast<std::uint8_t>(column.type));
    bytes.u64(column.cells_id());
  }
  return hash64(bytes.bytes());
}

void Schema::write(ByteWriter& out) const {
  out.varint(columns.size());
  for (const Column& column : columns) write_column(out, column);
}

Result<Schema> Schema::read(ByteReader& in) {
  Schema schema;
  const std::size_t count = in.count(1);
  if (!in.ok() || count > kMaxColumns)
    return fail(ErrorCode::kCorrupt, "the number of columns makes no sense");
  schema.columns.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto column = read_column(in);
    if (!column) return fail(std::move(column.error()).in("column " + std::to_string(i)));
    schema.columns.push_back(std::move(*column));
  }
  if (!in.ok()) return fail(ErrorCode::kCorrupt, "the columns are cut off");
  return schema;
}

}  // namespace leeway::profile
