#include "daemon/cli/client.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

#include "collectors/async/task_group.h"
#include "collectors/net/http_client.h"

namespace leeway::cli {
namespace {

namespace json = boost::json;

std::string encoded(const std::string& text) {
  return boost::urls::encode(text, boost::urls::unreserved_chars);
}

net::HttpRequest request_of(const ClientArguments& arguments) {
  net::HttpRequest request;
  request.url = "http://" + arguments.address + "/api/v1/" + arguments.resource;
  if (!arguments.verb.empty()) {
    request.method = "POST";
    request.url += "/" + encoded(arguments.id) + "/" + arguments.verb;
    request.headers.add("X-Leeway", "1");
    return request;
  }
  request.url += "?limit=" + std::to_string(arguments.limit);
  if (!arguments.model.empty()) request.url += "&model=" + encoded(arguments.model);
  if (!arguments.state.empty()) request.url += "&state=" + encoded(arguments.state);
  if (arguments.columns) request.url += "&columns=1";
  request.limits.max_response_bytes = std::size_t{1} << 30U;
  return request;
}

/// Rows of cells, columns as wide as they must be.
class Table {
 public:
  explicit Table(std::vector<std::string> head) { rows_.push_back(std::move(head)); }
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  std::string text() const {
    std::vector<std::size_t> widths(rows_.front().size());
    for (const auto& row : rows_) {
      for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    std::string out;
    for (const auto& row : rows_) {
      std::string line;
      for (std::size_t i = 0; i < row.size(); ++i) {
        line += row[i];
        if (i + 1 < row.size()) line.append(widths[i] - row[i].size() + 2, ' ');
      }
      out += line + "\n";
    }
    return out;
  }

 private:
  std::vector<std::vector<std::string>> rows_;
};

std::string cell(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || value->is_null()) return "-";
  if (value->is_string()) return value->as_string().empty() ? "-" : std::string(value->as_string());
  if (value->is_double()) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value->as_double());
    return text;
  }
  return json::serialize(*value);
}

std::string drifted_columns(const json::object& window) {
  std::string names;
  for (const json::value& each : window.at("findings").as_array()) {
    const json::object& finding = each.as_object();
    const bool shown = finding.at("verdict") == "critical" || finding.at("verdict") == "warning";
    if (!shown || !finding.at("segment").as_string().empty()) continue;
    if (!names.empty()) names += ", ";
    const std::string column = cell(finding, "column");
    names += (column == "-" ? "" : column + " ") + cell(finding, "measure") + "=" +
             cell(finding, "value") + (finding.at("verdict") == "critical" ? "!" : "");
  }
  return names.empty() ? "-" : names;
}

/// "compute.source{cgroup}", as rules name it.
std::string live_name(const json::object& sample, std::string_view key) {
  const std::string part = cell(sample, "part");
  return cell(sample, key) + (part == "-" ? "" : "{" + part + "}");
}

/// What sources beside batches find fault with.
std::string live_faults(const json::object& model) {
  std::string names;
  for (const json::key_value_pair& source : model.at("live").as_object()) {
    for (const json::value& each : source.value().at("findings").as_array()) {
      const json::object& finding = each.as_object();
      const bool critical = finding.at("verdict") == "critical";
      if (!critical && finding.at("verdict") != "warning") continue;
      if (!names.empty()) names += ", ";
      names += live_name(finding, "measure") + "=" + cell(finding, "value") + (critical ? "!" : "");
    }
  }
  return names.empty() ? "-" : names;
}

std::string status_text(const json::object& answer) {
  Table table({"MODEL", "STATUS", "WINDOW", "ROWS", "DRIFTED", "JUDGED", "LIVE (! critical)",
               "FIRING", "TROUBLE"});
  for (const json::value& each : answer.at("models").as_array()) {
    const json::object& model = each.as_object();
    const json::value& window = model.at("window");
    std::string firing;
    for (const json::value& rule : model.at("firing").as_array()) {
      firing += (firing.empty() ? "" : ", ") + cell(rule.as_object(), "rule");
    }
    std::string trouble = cell(model, "trouble");
    if (trouble == "-" && model.at("quarantined").to_number<int>() > 0) {
      trouble =
          cell(model, "quarantined") + " quarantined, last: " + cell(model, "last_quarantine");
    }
    table.add({cell(model, "key"), cell(model, "status"),
               window.is_null() ? "-" : cell(window.as_object(), "start"),
               window.is_null() ? "-" : cell(window.as_object(), "rows"),
               cell(model, "drifted_columns"), cell(model, "judged_columns"), live_faults(model),
               firing.empty() ? "-" : firing, trouble});
  }
  return table.text();
}

std::string windows_text(const json::object& answer) {
  Table table({"MODEL", "WINDOW", "ROWS", "STATE", "MOVED (! critical)"});
  for (const json::value& each : answer.at("windows").as_array()) {
    const json::object& window = each.as_object();
    const bool mixed = window.at("version") == "mixed";
    table.add({cell(window, "model"), cell(window, "start"), cell(window, "rows"),
               cell(window, "state"), mixed ? cell(window, "note") : drifted_columns(window)});
  }
  return table.text();
}

std::vector<std::string> live_row(const json::object& sample) {
  return {cell(sample, "at"),      cell(sample, "model"), live_name(sample, "finding"),
          cell(sample, "verdict"), cell(sample, "value"), cell(sample, "threshold"),
          cell(sample, "note")};
}

/// What is worst stands first.
std::string live_text(const json::object& answer) {
  Table table({"OBSERVED", "MODEL", "FINDING", "VERDICT", "VALUE", "LIMIT", "NOTE"});
  const auto severity = [](const json::object& sample) {
    const json::value& verdict = sample.at("verdict");
    return verdict == "critical" ? 0 : verdict == "warning" ? 1 : 2;
  };
  for (const int wanted : {0, 1, 2}) {
    for (const json::value& each : answer.at("now").as_array()) {
      if (severity(each.as_object()) == wanted) table.add(live_row(each.as_object()));
    }
  }
  return table.text();
}

std::string live_history_text(const json::object& answer) {
  Table table({"AT", "MODEL", "FINDING", "VERDICT", "VALUE", "LIMIT", "NOTE"});
  for (const json::value& each : answer.at("live").as_array()) {
    table.add(live_row(each.as_object()));
  }
  return table.text();
}

std::string list_text(const json::object& answer, std::string_view list,
                      const std::vector<std::string>& keys) {
  std::vector<std::string> head = keys;
  for (std::string& name : head)
    std::ranges::transform(name, name.begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    });
  Table table(std::move(head));
  for (const json::value& each : answer.at(list).as_array()) {
    std::vector<std::string> row;
    for (const std::string& key : keys) row.push_back(cell(each.as_object(), key));
    table.add(std::move(row));
  }
  return table.text();
}

Result<std::string> for_people(const ClientArguments& arguments, const std::string& body) {
  boost::system::error_code error;
  const json::value parsed = json::parse(body, error);
  if (error || !parsed.is_object())
    return fail(ErrorCode::kCorrupt, "the daemon's answer is no JSON object");
  const json::object& answer = parsed.as_object();
  if (!arguments.verb.empty()) return cell(answer, "id") + " is " + cell(answer, "state") + "\n";
  try {
    if (arguments.resource == "status") return status_text(answer);
    if (arguments.resource == "windows") return windows_text(answer);
    if (arguments.resource == "live") {
      return arguments.history ? live_history_text(answer) : live_text(answer);
    }
    if (arguments.resource == "events") {
      return list_text(answer, "events", {"at", "model", "kind", "before", "after", "note"});
    }
    if (arguments.resource == "incidents") {
      return list_text(answer, "incidents",
                       {"opened_at", "state", "severity", "model", "rule", "summary"});
    }
    if (arguments.resource == "deliveries") {
      return list_text(answer, "deliveries",
                       {"id", "created_at", "target", "kind", "state", "attempts", "last_error"});
    }
    return list_text(answer, "retrainings",
                     {"id", "requested_at", "model", "state", "asked_by", "reason"});
  } catch (const std::exception&) {
    return fail(ErrorCode::kCorrupt, "the daemon's answer is of another version of Leeway");
  }
}

}  // namespace

Result<std::string> ask(const ClientArguments& arguments) {
  asio::io_context context(1);
  const std::unique_ptr<Clock> clock = make_real_clock(context.get_executor());
  // One request: a connection at rest would keep the command waiting until it expires.
  const std::unique_ptr<net::HttpClient> client =
      net::make_http_client(*clock, {.idle_per_origin = 0});
  std::optional<net::HttpOutcome> outcome;
  TaskGroup tasks(context.get_executor());
  const auto send = [](net::HttpClient& http, net::HttpRequest request,
                       std::optional<net::HttpOutcome>& answer) -> Task<> {
    answer = co_await http.send(std::move(request));
  };
  tasks.spawn(send(*client, request_of(arguments), outcome), "request");
  context.run();

  if (!*outcome) {
    return fail(
        outcome->error().error.code,
        outcome->error().error.message + "; is 'leeway run' running, and is --address right?");
  }
  const net::HttpResponse& response = **outcome;
  if (response.status != 200) {
    return fail(ErrorCode::kUnavailable,
                "the daemon answers " + std::to_string(response.status) + ": " + response.body);
  }
  if (arguments.format == "json") return response.body;
  return for_people(arguments, response.body);
}

}  // namespace leeway::cli
