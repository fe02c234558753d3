#include "collectors/tables/source_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <system_error>

namespace leeway::tables {
namespace {

bool cut_suffix(std::string& name, std::string_view suffix) {
  if (!name.ends_with(suffix)) return false;
  name.resize(name.size() - suffix.size());
  return true;
}

/// {'a': 'VARCHAR', 'b': 'VARCHAR'}
template <class Names>
std::string all_varchar(const Names& names) {
  std::string types = "{";
  for (const std::string& name : names) {
    types += (types.size() == 1 ? "" : ", ") + quoted_text(name) + ": 'VARCHAR'";
  }
  return types + "}";
}

}  // namespace

bool SourceFile::format_of(std::string name, Format& format, bool& gzip) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  if (name.ends_with(".parquet")) {
    format = Format::kParquet;
    gzip = false;
    return true;
  }
  gzip = cut_suffix(name, ".gz");
  if (name.ends_with(".csv")) {
    format = Format::kCsv;
  } else if (name.ends_with(".ndjson") || name.ends_with(".jsonl")) {
    format = Format::kJsonLines;
  } else if (name.ends_with(".json")) {
    format = Format::kJson;
  } else {
    return false;
  }
  return true;
}

Result<SourceFile> SourceFile::open(const std::filesystem::path& path) {
  const auto trouble = [&path](ErrorCode code, const std::string& what) {
    return fail(code, "reading '" + path.string() + "': " + what);
  };
  Format format{};
  bool gzip = false;
  if (!format_of(path.filename().string(), format, gzip)) {
    return trouble(ErrorCode::kCorrupt,
                   "its name ends in none of .parquet, .csv, .ndjson, .jsonl, .json");
  }
  // Without blocking: a pipe would wait for its writer.
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) {
    return trouble(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
                   std::generic_category().message(errno));
  }
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) {
    return trouble(ErrorCode::kUnavailable, std::generic_category().message(errno));
  }
  if (!S_ISREG(status.st_mode)) return trouble(ErrorCode::kCorrupt, "is not a regular file");
  if (status.st_size == 0) return trouble(ErrorCode::kCorrupt, "is empty");
  return SourceFile(path, std::move(file), static_cast<std::uint64_t>(status.st_size), format,
                    gzip);
}

std::string SourceFile::place() const {
  return quoted_text("/proc/self/fd/" + std::to_string(file_.get()));
}

std::string SourceFile::call(std::span<const std::string> missing, const std::string& types) const {
  const std::string file = place();
  if (format_ == Format::kParquet) return "read_parquet(" + file + ")";
  const std::string compression = gzip_ ? ", compression='gzip'" : "";
  if (format_ == Format::kCsv) {
    std::string texts = "''";
    for (const std::string& text : missing) {
      if (!text.empty()) texts += ", " + quoted_text(text);
    }
    return "read_csv(" + file + ", header=true, nullstr=[" + texts + "]" + compression + types +
           ")";
  }
  const std::string form = format_ == Format::kJson ? "auto" : "newline_delimited";
  return "read_json(" + file + ", format='" + form + "'" + compression + types + ")";
}

std::string SourceFile::table(std::span<const std::string> missing,
                              std::span<const std::string> as_text) const {
  const bool possible = takes_types() && !as_text.empty();
  return call(missing, possible ? ", types=" + all_varchar(as_text) : "");
}

std::string SourceFile::table_of_texts(std::span<const std::string> missing,
                                       std::span<const ColumnInfo> columns) const {
  if (format_ == Format::kCsv) return call(missing, ", all_varchar=true");
  std::vector<std::string> names;
  for (const ColumnInfo& column : columns) names.push_back(column.name);
  return call(missing, ", columns=" + all_varchar(names));
}

}  // namespace leeway::tables
