// OpenAI's API as vLLM, TGI, llama.cpp and others serve it.
#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <map>
#include <utility>

#include "collectors/endpoints/dialects.h"
#include "collectors/endpoints/json.h"

namespace leeway::endpoints {
namespace {

struct TaskOf {
  std::string_view name;
  std::string_view path;
};
constexpr std::array<TaskOf, 3> kTasks{{
    {"chat", "/chat/completions"},
    {"completions", "/completions"},
    {"embeddings", "/embeddings"},
}};

const TaskOf* find_task(std::string_view name) {
  const auto* found = std::ranges::find(kTasks, name, &TaskOf::name);
  return found == kTasks.end() ? nullptr : found;
}

std::optional<TokenUsage> read_usage(const json::value* usage) {
  if (usage == nullptr || !usage->is_object()) return std::nullopt;
  return TokenUsage{.prompt = count_of(member(usage, "prompt_tokens")),
                    .completion = count_of(member(usage, "completion_tokens")),
                    .total = count_of(member(usage, "total_tokens"))};
}

/// The elements of a list in the order of their "index": a server may answer in another.
std::multimap<std::uint64_t, const json::value*> by_index(const json::value* list) {
  std::multimap<std::uint64_t, const json::value*> out;
  if (list == nullptr || !list->is_array()) return out;
  for (const auto& one : list->get_array()) out.emplace(count_of(member(&one, "index")), &one);
  return out;
}

const json::value* find_model(const json::value* list, std::string_view name) {
  if (list == nullptr || !list->is_array()) return nullptr;
  const auto& models = list->get_array();
  const auto* found = std::ranges::find_if(models, [name](const json::value& one) {
    const std::string id = text_of(member(&one, "id"));
    return id == name;
  });
  return found == models.end() ? nullptr : found;
}

class Openai final : public Dialect {
 public:
  Result<Site> locate(const ProbeTarget& target) const override {
    auto site = with_model(locate_path(target), "the name that /v1/models lists");
    if (!site) return site;
    if (site->signature.empty()) site->signature = "chat";
    if (find_task(site->signature) == nullptr) {
      return fail(ErrorCode::kInvalidConfig,
                  "signature: '" + site->signature + "' is none of chat, completions, embeddings");
    }
    while (site->path.ends_with('/')) site->path.pop_back();
    site->base += site->path.empty() ? "/v1" : site->path;
    return site;
  }

  // Not /health: OpenAI itself and most gateways have none, and the list also proves the key.
  Ask health(const Site& site, const ProbeTarget&) const override {
    return {.url = site.base + "/models"};
  }

  Health judge(const net::HttpResponse& response, const Site& site) const override {
    if (response.status != 200) return Dialect::judge(response, site);
    const auto body = parse_json(response.body);
    const auto* list = body ? member(&*body, "data") : nullptr;
    if (list == nullptr || !list->is_array()) {
      return {.up = false, .sentence = "the answer has no list 'data' of models"};
    }
    if (find_model(list, site.model) == nullptr) {
      return {.up = false, .ready = false, .sentence = "model '" + site.model + "' is not served"};
    }
    return {.up = true, .ready = true};
  }

  std::optional<Ask> metadata(const Site& site) const override {
    return Ask{.url = site.base + "/models"};
  }

  /// vLLM's "root" is the checkpoint behind the name; elsewhere there is no version but the
  /// creation.
  Result<Metadata> read_metadata(const net::HttpResponse& response,
                                 const Site& site) const override {
    const auto body = parse_json(response.body);
    if (!body) return fail(body.error());
    const auto* model = find_model(member(&*body, "data"), site.model);
    if (model == nullptr) {
      return fail(ErrorCode::kNotFound, "model '" + site.model + "' is not served");
    }
    return Metadata{.model = site.model,
                    .version = text_of(member(model, "root")),
                    .platform = text_of(member(model, "owned_by"))};
  }

  /// One column of text: a prompt a row, or what to embed. A chat takes one row.
  Result<Ask> ask(const Site& site, const Rows& rows, const Metadata*) const override {
    json::array texts;
    for (const auto& row : rows.cells) {
      if (row.size() != 1 || !std::holds_alternative<std::string>(row[0])) {
        return fail(ErrorCode::kInvalidArgument, "openai: rows must be one column of text");
      }
      texts.emplace_back(std::get<std::string>(row[0]));
    }
    json::object request{{"model", site.model}};
    if (site.signature == "embeddings") {
      request["input"] = std::move(texts);
      return ask_with(site, json::serialize(request));
    }
    request["temperature"] = 0;
    if (site.signature == "completions") {
      request["prompt"] = std::move(texts);
      return ask_with(site, json::serialize(request));
    }
    if (texts.size() != 1) {
      return fail(ErrorCode::kInvalidArgument, "openai: a chat takes one row at a time");
    }
    request["messages"] =
        json::array{json::object{{"role", "user"}, {"content", std::move(texts[0])}}};
    return ask_with(site, json::serialize(request));
  }

  Result<Ask> ask_with(const Site& site, std::string body) const override {
    return post_json(site.base + std::string(find_task(site.signature)->path), std::move(body));
  }

  Result<Scores> read_scores(const net::HttpResponse& response, const Site& site,
                             std::size_t rows) const override {
    const auto body = parse_json(response.body);
    if (!body) return fail(body.error());
    auto output = site.signature == "embeddings" ? read_embeddings(*body) : read_choices(*body);
    if (!output) return fail(std::move(output.error()));
    if (output->rows() == 0 || (rows != 0 && output->rows() != rows)) {
      return fail(ErrorCode::kCorrupt, "the answer has " + std::to_string(output->rows()) +
                                           " rows for " + std::to_string(rows));
    }
    Scores scores;
    scores.outputs.push_back(std::move(*output));
    scores.model = text_of(member(&*body, "model"));
    scores.usage = read_usage(member(&*body, "usage"));
    return scores;
  }

 private:
  static Result<Output> read_embeddings(const json::value& body) {
    json::array rows;
    for (const auto& [index, one] : by_index(member(&body, "data"))) {
      const auto* embedding = member(one, "embedding");
      if (embedding == nullptr || !embedding->is_array()) {
        return fail(ErrorCode::kCorrupt, "an embedding is no list of numbers");
      }
      rows.push_back(*embedding);
    }
    if (rows.empty()) return fail(ErrorCode::kCorrupt, "the answer has no list 'data'");
    auto outputs = read_outputs(rows, rows.size(), "embedding");
    if (!outputs) return fail(std::move(outputs.error()));
    return std::move(outputs->front());
  }

  static Result<Output> read_choices(const json::value& body) {
    Output output{.name = "text"};
    for (const auto& [index, choice] : by_index(member(&body, "choices"))) {
      const auto* message = member(choice, "message");
      output.values.emplace_back(
          text_of(message == nullptr ? member(choice, "text") : member(message, "content")));
    }
    if (output.values.empty()) {
      return fail(ErrorCode::kCorrupt, "the answer has no list 'choices'");
    }
    return output;
  }
};

}  // namespace

std::unique_ptr<Dialect> make_openai() { return std::make_unique<Openai>(); }

}  // namespace leeway::endpoints
