#include "collectors/compute/opencost.h"

#include <utility>

namespace leeway::compute {
namespace {

namespace json = boost::json;

double number_at(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  if (found == nullptr || !found->is_number()) return 0.0;
  return found->to_number<double>();
}

void add(const json::object& set, std::string_view name, Allocation& sum, bool& found) {
  const json::value* one = set.if_contains(name);
  if (one == nullptr || !one->is_object()) return;
  const json::object& allocation = one->get_object();
  found = true;
  sum.total += number_at(allocation, "totalCost");
  sum.cpu += number_at(allocation, "cpuCost");
  sum.memory += number_at(allocation, "ramCost");
  sum.gpu += number_at(allocation, "gpuCost");
  sum.minutes += number_at(allocation, "minutes");
}

}  // namespace

Result<Allocation> parse_allocation(std::string_view body, std::string_view name) {
  const auto document = parse_json(body, "the answer of OpenCost");
  if (!document) return fail(document.error());
  const json::value* data =
      document->is_object() ? document->get_object().if_contains("data") : nullptr;
  if (data == nullptr || !data->is_array()) {
    return fail(ErrorCode::kCorrupt, "the answer of OpenCost has no list 'data'");
  }
  Allocation sum;
  bool found = false;
  for (const json::value& set : data->get_array()) {
    if (set.is_object()) add(set.get_object(), name, sum, found);
  }
  if (!found) {
    return fail(ErrorCode::kNotFound,
                "OpenCost has no allocation '" + std::string(name) + "' in that span");
  }
  return sum;
}

Async<Allocation> allocation(net::HttpClient& http, OpenCostOptions options, TimePoint from,
                             TimePoint to) {
  const std::string window = to_rfc3339(from) + "," + to_rfc3339(to);
  std::string target = "/allocation?window=" + percent_encoded(window) +
                       "&aggregate=" + percent_encoded(options.aggregate) + "&accumulate=true";
  auto body = co_await get_text(http, std::move(options.peer), std::move(target));
  if (!body) co_return fail(std::move(body.error()).in("OpenCost"));
  co_return parse_allocation(*body, options.name);
}

}  // namespace leeway::compute
