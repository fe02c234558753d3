#include "daemon/config/expand.h"

#include <filesystem>
#include <string_view>
#include <utility>

#include "daemon/config/csv.h"
#include "daemon/config/files.h"
#include "daemon/config/value_check.h"
#include "daemon/config/yaml.h"

namespace leeway::config {
namespace {

constexpr std::string_view kOpen = "${each.";

/// A dollar in the data is a dollar, never the start of a reference.
std::string escape_dollars(const std::string& text) {
  std::string out;
  for (const char c : text) out.append(c == '$' ? 2 : 1, c);
  return out;
}

class Substitution {
 public:
  Substitution(const Row& row, Diagnostics& diagnostics) : row_(row), diagnostics_(diagnostics) {}

  bool complete() const { return complete_; }

  void node(Node& node, const std::string& path) {
    if (node.is_scalar()) {
      const bool is_one =
          node.text.starts_with(kOpen) && node.text.find('}') == node.text.size() - 1;
      text(node.text, node.place, path);
      if (is_one) node.quoted = false;
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) this->node(node.items[i], join(path, i));
    for (Entry& entry : node.entries) {
      text(entry.key, entry.place, path);
      this->node(entry.value, join(path, entry.key));
    }
  }

 private:
  void text(std::string& text, Place place, const std::string& path) {
    for (std::size_t at = text.find('$'); at != std::string::npos; at = text.find('$', at)) {
      const std::string_view rest = std::string_view(text).substr(at);
      if (rest.starts_with("$$")) {
        at += 2;
        continue;
      }
      const std::size_t end = rest.find('}');
      if (!rest.starts_with(kOpen) || end == std::string_view::npos) {
        ++at;
        continue;
      }
      const std::string key(rest.substr(kOpen.size(), end - kOpen.size()));
      const auto value = row_.find(key);
      if (value == row_.end()) return refuse(key, place, path);
      const std::string replacement = escape_dollars(value->second);
      text.replace(at, end + 1, replacement);
      at += replacement.size();
    }
  }

  void refuse(const std::string& key, Place place, const std::string& path) {
    complete_ = false;
    if (row_.empty()) {
      diagnostics_.add(place, path, "'${each." + key + "}' needs a 'for_each' in the model");
      return;
    }
    std::vector<std::string_view> known;
    for (const auto& [name, value] : row_) known.push_back(name);
    diagnostics_.add(place, path, "'for_each' has no '" + key + "'" + suggestion(key, known));
  }

  const Row& row_;
  Diagnostics& diagnostics_;
  bool complete_ = true;
};

std::optional<std::vector<Row>> rows_of_list(const Node& list, const std::string& path,
                                             Diagnostics& diagnostics) {
  std::vector<Row> rows;
  bool good = true;
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const Node& item = list.items[i];
    Row row;
    if (!item.is_map() || item.entries.empty()) {
      diagnostics.add(item.place, join(path, i),
                      "expected a row like { key: value }, got " + std::string(what(item)));
      good = false;
    }
    for (const Entry& entry : item.entries) {
      if (entry.value.is_scalar()) {
        row[entry.key] = entry.value.text;
      } else {
        diagnostics.add(entry.value.place, join(join(path, i), entry.key),
                        "expected a value, got " + std::string(what(entry.value)));
        good = false;
      }
    }
    rows.push_back(std::move(row));
  }
  if (!good) return std::nullopt;
  return rows;
}

std::optional<std::vector<Row>> rows_of_file(const Node& file, const std::string& path,
                                             Sources& sources, Diagnostics& diagnostics) {
  const std::string name =
      (std::filesystem::path(sources.path(file.place.file)).parent_path() / file.text).string();
  auto text = read_text(name, kFileBytes);
  if (!text) {
    diagnostics.add(file.place, path, text.error().message);
    return std::nullopt;
  }
  if (text->size() > kFileBytes) {
    diagnostics.add(file.place, path, "'" + name + "' is larger than 1MiB");
    return std::nullopt;
  }
  Table table;
  const std::uint32_t id = sources.add(name, std::move(*text));
  if (const auto problem = parse_csv(sources.text(id), table)) {
    diagnostics.add({.file = id, .line = problem->line, .column = 1}, {}, problem->sentence);
    return std::nullopt;
  }
  std::vector<Row> rows;
  for (const auto& fields : table.rows) {
    Row& row = rows.emplace_back();
    for (std::size_t i = 0; i < fields.size(); ++i) row[table.header[i]] = fields[i];
  }
  return rows;
}

}  // namespace

std::optional<std::vector<Row>> take_rows(Node& model, const std::string& path, Sources& sources,
                                          Diagnostics& diagnostics) {
  const Node for_each = model.take("for_each");
  if (for_each.is_null()) return std::vector<Row>{Row{}};
  const std::string inner = join(path, "for_each");
  std::optional<std::vector<Row>> rows;
  const Node* file = for_each.find("file");
  if (for_each.is_list()) {
    rows = rows_of_list(for_each, inner, diagnostics);
  } else if (for_each.entries.size() == 1 && file != nullptr && file->is_scalar()) {
    rows = rows_of_file(*file, join(inner, "file"), sources, diagnostics);
  } else {
    diagnostics.add(for_each.place, inner,
                    "expected a list of rows or { file: CSV }, got " + std::string(what(for_each)));
  }
  if (rows && rows->size() > kModelsMax) {
    diagnostics.add(for_each.place, inner, "more than " + std::to_string(kModelsMax) + " rows");
    return std::nullopt;
  }
  return rows;
}

bool substitute(Node& node, const Row& row, const std::string& path, Diagnostics& diagnostics) {
  Substitution substitution(row, diagnostics);
  substitution.node(node, path);
  return substitution.complete();
}

}  // namespace leeway::config
