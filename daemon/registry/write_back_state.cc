#include "daemon/registry/write_back_state.h"

#include <boost/json.hpp>
#include <exception>
#include <stdexcept>

namespace leeway::registry {
namespace {

namespace json = boost::json;

constexpr int kFormat = 1;

}  // namespace

std::string place_of(const config::ModelRegistry& registry) {
  return registry.mlflow + '\n' + registry.write_back->experiment + '\n' + registry.write_back->run;
}

std::string serialize(const WriteBackState& state) {
  json::object out{{"format", kFormat},       {"place", state.place},
                   {"done", nullptr},         {"run_version", state.run_version},
                   {"run", state.run},        {"written", state.written},
                   {"dropped", state.dropped}};
  if (state.done) out["done"] = to_micros(*state.done);
  return json::serialize(out);
}

Result<WriteBackState> parse_write_back(std::string_view text) {
  WriteBackState state;
  try {
    const json::value whole = json::parse(json::string_view(text.data(), text.size()));
    const json::object& root = whole.as_object();
    if (root.at("format").to_number<int>() != kFormat) {
      throw std::invalid_argument("written by a newer Leeway");
    }
    state.place = root.at("place").as_string();
    if (!root.at("done").is_null()) {
      state.done = from_micros(root.at("done").to_number<std::int64_t>());
    }
    state.run_version = root.at("run_version").as_string();
    state.run = root.at("run").as_string();
    state.written = root.at("written").to_number<std::uint64_t>();
    state.dropped = root.at("dropped").to_number<std::uint64_t>();
  } catch (const std::exception& error) {
    return fail(ErrorCode::kCorrupt, std::string("state of the results: ") + error.what());
  }
  return state;
}

}  // namespace leeway::registry
