// Open Inference Protocol, REST, version 2: kserve/open-inference-protocol.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "collectors/endpoints/dialects.h"
#include "collectors/endpoints/json.h"

namespace leeway::endpoints {
namespace {

std::string model_url(const Site& site) {
  const std::string url = site.base + "/v2/models/" + site.model;
  return site.version.empty() ? url : url + "/versions/" + site.version;
}

std::vector<std::int64_t> read_shape(const json::value* shape) {
  std::vector<std::int64_t> out;
  const auto* list = shape == nullptr ? nullptr : shape->if_array();
  if (list == nullptr) return out;
  for (const auto& one : *list) {
    json::error_code error;
    const auto size = one.to_number<std::int64_t>(error);
    out.push_back(error ? -1 : size);
  }
  return out;
}

std::vector<Tensor> read_tensors(const json::value* tensors) {
  std::vector<Tensor> out;
  const auto* list = tensors == nullptr ? nullptr : tensors->if_array();
  if (list == nullptr) return out;
  for (const auto& one : *list) {
    out.push_back({.name = text_of(member(&one, "name")),
                   .datatype = text_of(member(&one, "datatype")),
                   .shape = read_shape(member(&one, "shape"))});
  }
  return out;
}

bool version_less(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;  // 9 before 10, as servers count
}

/// Missing cells travel as null; MLServer and Triton's Python back end read it as NaN.
std::string_view datatype_of(const Rows& rows, std::size_t column) {
  bool integers = true;
  bool booleans = true;
  for (const auto& row : rows.cells) {
    if (std::holds_alternative<std::string>(row[column])) return "BYTES";
    if (!std::holds_alternative<std::int64_t>(row[column])) integers = false;
    if (!std::holds_alternative<bool>(row[column])) booleans = false;
  }
  if (booleans) return "BOOL";
  return integers ? "INT64" : "FP64";
}

const Tensor* known_input(const Metadata* known, std::string_view name) {
  if (known == nullptr) return nullptr;
  const auto found = std::ranges::find(known->inputs, name, &Tensor::name);
  return found == known->inputs.end() ? nullptr : &*found;
}

json::object column_tensor(const Rows& rows, std::size_t column, const Tensor* known) {
  json::array data;
  for (const auto& row : rows.cells) data.push_back(from_value(row[column]));
  json::array shape{rows.size()};
  if (known == nullptr || known->shape.size() != 1) shape.push_back(1);
  return {{"name", rows.names[column]},
          {"datatype", known == nullptr ? datatype_of(rows, column) : known->datatype},
          {"shape", std::move(shape)},
          {"data", std::move(data)}};
}

json::object matrix_tensor(const Rows& rows, std::string_view name, std::string_view datatype) {
  json::array data;
  for (const auto& row : rows.cells) {
    for (const auto& cell : row) data.push_back(from_value(cell));
  }
  return {{"name", name},
          {"datatype", datatype},
          {"shape", json::array{rows.size(), rows.names.size()}},
          {"data", std::move(data)}};
}

bool all_numbers(const Rows& rows) {
  for (std::size_t i = 0; i < rows.names.size(); ++i) {
    if (datatype_of(rows, i) == "BYTES") return false;
  }
  return true;
}

class OpenInference final : public Dialect {
 public:
  Result<Site> locate(const ProbeTarget& target) const override {
    return with_model(locate_model(target, "/v2/models/"), "http://host:8080/v2/models/NAME");
  }

  // Decided by the status alone: the specification's ready answer calls its field "live".
  Ask health(const Site& site, const ProbeTarget&) const override {
    return {.url = model_url(site) + "/ready"};
  }

  std::optional<Ask> metadata(const Site& site) const override {
    return Ask{.url = model_url(site)};
  }

  Result<Metadata> read_metadata(const net::HttpResponse& response,
                                 const Site& site) const override {
    const auto body = parse_json(response.body);
    if (!body) return fail(body.error());
    Metadata out{.model = text_of(member(&*body, "name")),
                 .version = site.version,
                 .platform = text_of(member(&*body, "platform")),
                 .inputs = read_tensors(member(&*body, "inputs")),
                 .outputs = read_tensors(member(&*body, "outputs"))};
    const auto* versions = member(&*body, "versions");
    if (site.version.empty() && versions != nullptr && versions->is_array()) {
      for (const auto& one : versions->get_array()) {
        out.version = std::max(out.version, text_of(&one), version_less);
      }
    }
    return out;
  }

  Result<Ask> ask(const Site& site, const Rows& rows, const Metadata* known) const override {
    json::array inputs;
    json::object request;
    const bool one_input = known != nullptr && known->inputs.size() == 1 && rows.names.size() > 1;
    const bool no_inputs = known == nullptr || known->inputs.empty();
    if (one_input) {
      inputs.push_back(matrix_tensor(rows, known->inputs[0].name, known->inputs[0].datatype));
    } else if (no_inputs && rows.names.size() > 1 && all_numbers(rows)) {
      inputs.push_back(matrix_tensor(rows, "input-0", "FP64"));
    } else {
      for (std::size_t i = 0; i < rows.names.size(); ++i) {
        inputs.push_back(column_tensor(rows, i, known_input(known, rows.names[i])));
      }
      // MLServer then makes a data frame of the columns; without it takes the first one only.
      request["parameters"] = json::object{{"content_type", "pd"}};
    }
    request["inputs"] = std::move(inputs);
    return ask_with(site, json::serialize(request));
  }

  Result<Ask> ask_with(const Site& site, std::string body) const override {
    return post_json(model_url(site) + "/infer", std::move(body));
  }

  Result<Scores> read_scores(const net::HttpResponse& response, const Site&,
                             std::size_t rows) const override {
    const auto body = parse_json(response.body);
    if (!body) return fail(body.error());
    const auto* outputs = member(&*body, "outputs");
    if (outputs == nullptr || !outputs->is_array()) {
      return fail(ErrorCode::kCorrupt, "the answer has no list 'outputs'");
    }
    Scores scores;
    scores.model = text_of(member(&*body, "model_name"));
    scores.version = text_of(member(&*body, "model_version"));
    for (const auto& tensor : outputs->get_array()) {
      auto output = read_tensor(tensor, rows);
      if (!output) return fail(std::move(output.error()));
      scores.outputs.push_back(std::move(*output));
    }
    return scores;
  }

 private:
  /// Data may be nested as the shape says, or flat.
  static Result<Output> read_tensor(const json::value& tensor, std::size_t rows) {
    const std::string name = text_of(member(&tensor, "name"));
    const auto* data = member(&tensor, "data");
    if (data == nullptr || !data->is_array()) {
      return fail(ErrorCode::kCorrupt, "output '" + name + "' has no list 'data'");
    }
    auto flat = read_outputs(*data, 1, name);
    if (!flat) return fail(std::move(flat.error()));
    Output output = std::move(flat->front());
    const auto shape = read_shape(member(&tensor, "shape"));
    const bool batched = !shape.empty() && shape.front() > 0;
    const std::size_t count = batched ? static_cast<std::size_t>(shape.front()) : 1;
    if (rows != 0 && count != rows) {
      return fail(ErrorCode::kCorrupt, "output '" + name + "' has " + std::to_string(count) +
                                           " rows for " + std::to_string(rows));
    }
    if (output.values.size() % count != 0) {
      return fail(ErrorCode::kCorrupt, "output '" + name + "' has other data than its shape");
    }
    output.width = output.values.size() / count;
    return output;
  }
};

}  // namespace

std::unique_ptr<Dialect> make_open_inference() { return std::make_unique<OpenInference>(); }

}  // namespace leeway::endpoints
