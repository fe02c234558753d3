#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "collectors/tables/descriptor.h"
#include "collectors/tables/duckdb.h"

namespace leeway::tables {

/// A file with rows, opened once: what DuckDB reads is this file, whatever the name means later.
class SourceFile {
 public:
  /// kNotFound, kUnavailable (may not be read), or kCorrupt: empty, no regular file, or a name that
  /// tells no format.
  static Result<SourceFile> open(const std::filesystem::path& path);

  /// The table function that reads it, with the types that DuckDB finds in it.
  /// @param missing  texts that stand for no value
  /// @param as_text  columns whose type is not to be found but text, where takes_types()
  std::string table(std::span<const std::string> missing,
                    std::span<const std::string> as_text = {}) const;

  /// The same with all columns as texts: for files that do not keep to the types found.
  std::string table_of_texts(std::span<const std::string> missing,
                             std::span<const ColumnInfo> columns) const;

  /// The table function that describes a Parquet file, column by column and row group by row group.
  std::string metadata() const { return "parquet_metadata(" + place() + ")"; }
  std::uint64_t bytes() const { return bytes_; }

  /// True where types are found by looking at values, not written in the file.
  bool is_text() const { return format_ != Format::kParquet; }
  /// True where it can be told the type of some columns.
  bool takes_types() const { return format_ == Format::kCsv; }

  /// "reading 'a.csv'", to begin an error with.
  std::string context() const { return "reading '" + path_.string() + "'"; }

 private:
  enum class Format { kParquet, kCsv, kJsonLines, kJson };

  SourceFile(std::filesystem::path path, Descriptor file, std::uint64_t bytes, Format format,
             bool gzip)
      : path_(std::move(path)),
        file_(std::move(file)),
        bytes_(bytes),
        format_(format),
        gzip_(gzip) {}
  static bool format_of(std::string name, Format& format, bool& gzip);
  std::string place() const;  // quoted, for SQL
  std::string call(std::span<const std::string> missing, const std::string& types) const;

  std::filesystem::path path_;
  Descriptor file_;
  std::uint64_t bytes_;
  Format format_;
  bool gzip_;
};

}  // namespace leeway::tables
