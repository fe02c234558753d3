#include "daemon/config/build_compute.h"

#include "daemon/config/read.h"

namespace leeway::config {
namespace {

using namespace read;  // NOLINT(google-build-using-namespace): this file is made of it

constexpr double kSecondsPerHour = 3600.0;

std::optional<double> maybe_number(const Node& node, std::string_view key) {
  const auto written = maybe_text(node, key);
  return written ? std::optional(number_of<double>(*written)) : std::nullopt;
}

std::string text_or_empty(const Node& node, std::string_view key) {
  return maybe_text(node, key).value_or("");
}

std::map<std::string, std::string, std::less<>> named_texts(const Node* node) {
  std::map<std::string, std::string, std::less<>> all;
  if (node == nullptr) return all;
  for (const Entry& entry : node->entries) all.emplace(entry.key, entry.value.text);
  return all;
}

ComputePeer peer(const Node& node, const Sources& sources) {
  ComputePeer peer{
      .url = text(node, "url"), .authorization = {}, .ca_file = text_or_empty(node, "ca_file")};
  if (const Node* field = node.find("authorization")) {
    peer.authorization = parsed(
        [&](std::string_view written) {
          return Secret::parse(written, sources.folder(field->place.file));
        },
        field->text);
  }
  return peer;
}

ComputeLimit limit(const Node& node, std::string_view key) {
  const Node& written = section(node, key);
  return {.warning = maybe_number(written, "warning"),
          .critical = maybe_number(written, "critical")};
}

ComputeKubernetes kubernetes(const Node& node, const Sources& sources) {
  return {.peer = peer(node, sources),
          .token_file = text(node, "token_file"),
          .namespace_name = text(node, "namespace"),
          .selector = text(node, "selector"),
          .container = text(node, "container")};
}

/// A second's price is an hour's over 3,600; both given add up, as all prices do.
std::optional<double> per_cpu_hour(const Node& node) {
  const auto hour = maybe_number(node, "per_cpu_hour");
  const auto second = maybe_number(node, "per_cpu_second");
  if (!hour && !second) return std::nullopt;
  return hour.value_or(0.0) + second.value_or(0.0) * kSecondsPerHour;
}

ComputePrice price(const Node& node, const Sources& sources) {
  ComputePrice price{.currency = text(node, "currency"),
                     .per_hour = maybe_number(node, "per_hour"),
                     .per_gpu_hour = maybe_number(node, "per_gpu_hour"),
                     .per_cpu_hour = per_cpu_hour(node),
                     .per_gib_hour = maybe_number(node, "per_gib_hour"),
                     .per_1k_tokens = maybe_number(node, "per_1k_tokens"),
                     .per_kwh = maybe_number(node, "per_kwh"),
                     .grams_per_kwh = maybe_number(node, "grams_per_kwh"),
                     .opencost = {}};
  if (const Node* asked = node.find("opencost")) {
    price.opencost = ComputeOpenCost{.peer = peer(*asked, sources),
                                     .aggregate = text(*asked, "aggregate"),
                                     .name = text(*asked, "name")};
  }
  return price;
}

void add_sources(const Node& node, const Sources& sources, Compute& compute) {
  if (const Node* group = node.find("cgroup")) {
    compute.cgroup = ComputeCgroup{.path = text_or_empty(*group, "path"),
                                   .container = text_or_empty(*group, "container"),
                                   .pod = text_or_empty(*group, "pod")};
  }
  if (const Node* process = node.find("process")) {
    compute.process = ComputeProcess{.name = text_or_empty(*process, "name"),
                                     .pid_file = text_or_empty(*process, "pid_file")};
  }
  if (const Node* pods = node.find("kubernetes")) compute.kubernetes = kubernetes(*pods, sources);
  if (const Node* server = node.find("prometheus")) {
    compute.prometheus = ComputePrometheus{.peer = peer(*server, sources),
                                           .queries = named_texts(server->find("queries"))};
  }
  if (const Node* driver = node.find("nvml")) {
    compute.nvml = ComputeNvml{.gpus = texts(*driver, "gpus")};
  }
  if (const Node* exporter = node.find("dcgm")) {
    compute.dcgm = ComputeDcgm{.peer = peer(*exporter, sources),
                               .labels = named_texts(exporter->find("labels"))};
  }
  compute.host = node.find("host") != nullptr;
}

}  // namespace

Compute build_compute(const Node& node, const Sources& sources) {
  Compute compute;
  add_sources(node, sources, compute);
  compute.every = duration(node, "every");
  compute.timeout = duration(node, "timeout");
  compute.cpu = limit(node, "cpu");
  compute.memory = limit(node, "memory");
  compute.throttling = limit(node, "throttling");
  compute.stalled = limit(node, "stalled");
  compute.gpu_memory = limit(node, "gpu_memory");
  if (const Node* written = node.find("price")) compute.price = price(*written, sources);
  if (const Node* budget = node.find("budget")) {
    compute.budget_per_day = maybe_number(*budget, "per_day");
  }
  compute.drift = text(node, "drift") == "true";
  compute.savings = text(node, "savings") == "true";
  return compute;
}

}  // namespace leeway::config
