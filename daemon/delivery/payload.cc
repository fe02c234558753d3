#include "daemon/delivery/payload.h"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace leeway::delivery {
namespace {

namespace json = boost::json;

constexpr std::size_t kShortText = 80;  // is left as it is

struct Heaviest {
  json::value* value = nullptr;
  std::size_t bytes = 0;

  void consider(json::value& candidate) {
    const std::size_t weight = json::serialize(candidate).size();
    if (weight <= bytes) return;
    value = &candidate;
    bytes = weight;
  }
};

/// The longest list of more than one item, or text, below `value`. A list weighs more than what is
/// in it, so lists lose their ends before their items are shortened.
void find_heaviest(json::value& value, Heaviest& heaviest) {
  if (auto* object = value.if_object()) {
    for (auto& member : *object) find_heaviest(member.value(), heaviest);
  } else if (auto* array = value.if_array()) {
    if (array->size() > 1) heaviest.consider(value);
    for (auto& item : *array) find_heaviest(item, heaviest);
  } else if (auto* text = value.if_string(); text != nullptr && text->size() > kShortText) {
    heaviest.consider(value);
  }
}

void cut(json::string& text) {
  std::size_t length = text.size() / 2;
  const auto continues = [&](std::size_t at) { return (text[at] & '\xC0') == '\x80'; };
  while (length > 0 && continues(length)) --length;  // not inside a character of UTF-8
  text.resize(length);
  text.append("…");
}

/// Halves what is longest; false if everything is short already.
bool shorten(json::value& data) {
  Heaviest heaviest;
  find_heaviest(data, heaviest);
  if (heaviest.value == nullptr) return false;
  if (auto* array = heaviest.value->if_array()) {
    array->erase(array->begin() + static_cast<std::ptrdiff_t>(array->size() / 2), array->end());
  } else {
    cut(heaviest.value->as_string());
  }
  return true;
}

}  // namespace

std::string event_payload(std::string_view type, TimePoint at, json::object data) {
  json::object event;
  event["type"] = type;
  event["timestamp"] = to_rfc3339(at);
  event["data"] = std::move(data);
  std::string text = json::serialize(event);
  while (text.size() > kMaxPayloadBytes && shorten(event["data"])) {
    event["data"].as_object()["truncated"] = true;
    text = json::serialize(event);
  }
  return text;
}

}  // namespace leeway::delivery
