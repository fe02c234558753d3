// SageMaker's contract for inference containers: GET /ping, POST /invocations.
#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <utility>

#include "collectors/endpoints/dialects.h"
#include "collectors/endpoints/json.h"

namespace leeway::endpoints {
namespace {

/// RFC 4180: quoted where needed, quotes doubled; a missing cell is empty.
std::string csv_cell(const Value& value) {
  if (std::holds_alternative<std::monostate>(value)) return "";
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return to_text(value);
  if (text->find_first_of(",\"\r\n") == std::string::npos) return *text;
  std::string out = "\"";
  for (const char c : *text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string to_csv(const Rows& rows) {
  std::string out;
  for (const auto& row : rows.cells) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i != 0) out += ',';
      out += csv_cell(row[i]);
    }
    out += '\n';
  }
  return out;
}

Value from_csv(std::string_view cell) {
  double number = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
  if (error == std::errc{} && end == cell.data() + cell.size()) return number;
  return std::string(cell);
}

/// Built-in algorithms answer "0.1,0.7" or a line a row.
Result<Output> read_csv(std::string_view text, std::size_t rows) {
  Output output{.name = "predictions"};
  std::size_t lines = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    ++lines;
    for (;;) {
      const auto comma = line.find(',');
      output.values.push_back(from_csv(line.substr(0, comma)));
      if (comma == std::string_view::npos) break;
      line.remove_prefix(comma + 1);
    }
  }
  const bool one_line = lines == 1 && rows > 1;
  const std::size_t count = one_line || lines == 0 ? output.values.size() : lines;
  if (count == 0 || (rows != 0 && count != rows) || output.values.size() % count != 0) {
    return fail(ErrorCode::kCorrupt, "the answer has " + std::to_string(count) +
                                         " rows of CSV for " + std::to_string(rows));
  }
  output.width = output.values.size() / count;
  return output;
}

class Sagemaker final : public Dialect {
 public:
  Result<Site> locate(const ProbeTarget& target) const override {
    if (!target.signature.empty() && target.signature != "csv" && target.signature != "json") {
      return fail(ErrorCode::kInvalidConfig,
                  "signature: '" + target.signature + "' is neither csv nor json");
    }
    return locate_model(target, "/invocations");
  }

  Ask health(const Site& site, const ProbeTarget&) const override {
    return {.url = site.base + "/ping"};
  }

  Result<Ask> ask(const Site& site, const Rows& rows, const Metadata*) const override {
    if (site.signature == "csv") return ask_with(site, to_csv(rows));
    return ask_with(site, json::serialize(json::object{{"instances", cells_of(rows)}}));
  }

  Result<Ask> ask_with(const Site& site, std::string body) const override {
    auto ask = post_json(site.base + "/invocations", std::move(body));
    if (site.signature == "csv") ask.content_type = "text/csv";
    return ask;
  }

  Result<Scores> read_scores(const net::HttpResponse& response, const Site& site,
                             std::size_t rows) const override {
    const auto type = response.headers.find("content-type").value_or("");
    if (!type.starts_with("text/csv")) return Dialect::read_scores(response, site, rows);
    auto output = read_csv(response.body, rows);
    if (!output) return fail(std::move(output.error()));
    Scores scores;
    scores.outputs.push_back(std::move(*output));
    return scores;
  }
};

}  // namespace

std::unique_ptr<Dialect> make_sagemaker() { return std::make_unique<Sagemaker>(); }

}  // namespace leeway::endpoints
