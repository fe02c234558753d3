// TensorFlow Serving's REST API. It writes NaN, Infinity and -Infinity as bare tokens: parse_json.
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
  const std::string url = site.base + "/v1/models/" + site.model;
  return site.version.empty() ? url : url + "/versions/" + site.version;
}

/// {"name": {"dtype": "DT_FLOAT", "tensor_shape": {"dim": [{"size": "-1"}]}}}
std::vector<Tensor> read_tensors(const json::value* tensors) {
  std::vector<Tensor> out;
  const auto* named = tensors == nullptr ? nullptr : tensors->if_object();
  if (named == nullptr) return out;
  for (const auto& [name, tensor] : *named) {
    Tensor one{.name = name, .datatype = text_of(member(&tensor, "dtype"))};
    const auto* dimensions = member(member(&tensor, "tensor_shape"), "dim");
    if (dimensions != nullptr && dimensions->is_array()) {
      for (const auto& dimension : dimensions->get_array()) {
        const std::string size = text_of(member(&dimension, "size"));
        one.shape.push_back(size.starts_with('-')
                                ? -1
                                : static_cast<std::int64_t>(count_of(member(&dimension, "size"))));
      }
    }
    out.push_back(std::move(one));
  }
  std::ranges::sort(out, {}, &Tensor::name);
  return out;
}

std::string why_not(const json::value& version) {
  const auto* status = member(&version, "status");
  std::string out = "version " + text_of(member(&version, "version")) + " is " +
                    text_of(member(&version, "state"));
  const std::string message = text_of(member(status, "error_message"));
  return message.empty() ? out : out + ": " + message;
}

class TensorflowServing final : public Dialect {
 public:
  Result<Site> locate(const ProbeTarget& target) const override {
    auto site = with_model(locate_model(target, "/v1/models/"), "http://host:8501/v1/models/NAME");
    if (!site) return site;
    site->model = site->model.substr(0, site->model.find(':'));  // ".../NAME:predict"
    if (site->signature.empty()) site->signature = "serving_default";
    return site;
  }

  Ask health(const Site& site, const ProbeTarget&) const override {
    return {.url = model_url(site)};
  }

  /// One version must be AVAILABLE: while a new one loads the old one serves.
  Health judge(const net::HttpResponse& response, const Site& site) const override {
    if (response.status != 200) return Dialect::judge(response, site);
    const auto body = parse_json(response.body);
    const auto* versions = body ? member(&*body, "model_version_status") : nullptr;
    if (versions == nullptr || !versions->is_array()) {
      return {.up = false, .sentence = "the answer has no list 'model_version_status'"};
    }
    std::string reasons;
    for (const auto& version : versions->get_array()) {
      if (text_of(member(&version, "state")) == "AVAILABLE") return {.up = true, .ready = true};
      reasons += (reasons.empty() ? "" : "; ") + why_not(version);
    }
    return {.up = false,
            .ready = false,
            .sentence = "no version is available" + (reasons.empty() ? "" : ": " + reasons)};
  }

  std::optional<Ask> metadata(const Site& site) const override {
    return Ask{.url = model_url(site) + "/metadata"};
  }

  Result<Metadata> read_metadata(const net::HttpResponse& response,
                                 const Site& site) const override {
    const auto body = parse_json(response.body);
    if (!body) return fail(body.error());
    const auto* about = member(&*body, "model_spec");
    const auto* signatures =
        member(member(member(&*body, "metadata"), "signature_def"), "signature_def");
    const auto* signature = member(signatures, site.signature);
    return Metadata{.model = text_of(member(about, "name")),
                    .version = text_of(member(about, "version")),
                    .platform = "tensorflow",
                    .inputs = read_tensors(member(signature, "inputs")),
                    .outputs = read_tensors(member(signature, "outputs"))};
  }

  /// Rows by name, or as plain lists where the model has one input for all of them.
  Result<Ask> ask(const Site& site, const Rows& rows, const Metadata* known) const override {
    const bool one_input = known != nullptr && known->inputs.size() == 1 && rows.names.size() > 1;
    const json::object request{{"signature_name", site.signature},
                               {"instances", one_input ? cells_of(rows) : records_of(rows)}};
    return ask_with(site, json::serialize(request));
  }

  Result<Ask> ask_with(const Site& site, std::string body) const override {
    return post_json(model_url(site) + ":predict", std::move(body));
  }

  Result<Scores> read_scores(const net::HttpResponse& response, const Site&,
                             std::size_t rows) const override {
    const auto body = parse_json(response.body);
    if (!body) return fail(body.error());
    const auto* answer = member(&*body, "predictions");         // for "instances"
    if (answer == nullptr) answer = member(&*body, "outputs");  // for "inputs"
    if (answer == nullptr) {
      return fail(ErrorCode::kCorrupt, "the answer has neither 'predictions' nor 'outputs'");
    }
    auto outputs = read_outputs(*answer, rows);
    if (!outputs) return fail(std::move(outputs.error()));
    Scores scores;
    scores.outputs = std::move(*outputs);
    return scores;
  }
};

}  // namespace

std::unique_ptr<Dialect> make_tensorflow_serving() { return std::make_unique<TensorflowServing>(); }

}  // namespace leeway::endpoints
