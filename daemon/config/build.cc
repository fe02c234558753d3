#include "daemon/config/build.h"

#include <xxhash.h>

#include <algorithm>
#include <array>

#include "daemon/config/build_compute.h"
#include "daemon/config/build_endpoint.h"
#include "daemon/config/build_registry.h"
#include "daemon/config/read.h"

namespace leeway::config {
namespace {

using namespace read;  // NOLINT(google-build-using-namespace): this file is made of it

/// The enumerator whose name is `text`.
template <class Enum, std::size_t n>
Enum choice(std::string_view text, const std::array<Enum, n>& all) {
  const auto found =
      std::find_if(all.begin(), all.end(), [text](Enum one) { return to_string(one) == text; });
  LEEWAY_ASSERT(found != all.end(), "the description lists the same words as to_string");
  return *found;
}

constexpr std::array kSeverities = {Severity::kWarning, Severity::kCritical};
constexpr std::array kEnvironments = {Environment::kDevelopment, Environment::kStaging,
                                      Environment::kProduction};
constexpr std::array kLevels = {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarn,
                                LogLevel::kError};
constexpr std::array kNotifiers = {Notify::kLeeway, Notify::kPrometheus};
constexpr std::array kApprovals = {Approval::kNone, Approval::kRequired};

std::optional<Severity> maybe_severity(const Node& node) {
  const auto text = maybe_text(node, "severity");
  return text ? std::optional(choice(*text, kSeverities)) : std::nullopt;
}

std::optional<double> maybe_number(const Node& node, std::string_view key) {
  const auto text = maybe_text(node, key);
  return text ? std::optional(number_of<double>(*text)) : std::nullopt;
}

std::optional<Hold> maybe_hold(const Node& node, std::string_view key) {
  const auto text = maybe_text(node, key);
  return text ? std::optional(parsed(parse_hold, *text)) : std::nullopt;
}

Limits limits(const Node& node) {
  return {.warning = maybe_number(node, "warning"), .critical = maybe_number(node, "critical")};
}

LimitsByMeasure limits_by_measure(const Node* node) {
  LimitsByMeasure all;
  if (node == nullptr) return all;
  for (const Entry& entry : node->entries) all.emplace(entry.key, limits(entry.value));
  return all;
}

std::map<std::string, ColumnOverride, std::less<>> overrides(const Node* node) {
  std::map<std::string, ColumnOverride, std::less<>> all;
  if (node == nullptr) return all;
  for (const Entry& entry : node->entries) {
    ColumnOverride& one = all[entry.key];
    if (const auto until = maybe_text(entry.value, "mute_until"))
      one.mute_until = parsed(parse_time, *until);
    one.reason = maybe_text(entry.value, "reason").value_or("");
    one.thresholds = limits_by_measure(entry.value.find("thresholds"));
  }
  return all;
}

Columns columns(const Node& node) {
  Columns columns{
      .id = maybe_text(node, "id"),
      .timestamp = maybe_text(node, "timestamp"),
      .label = {},
      .prediction = maybe_text(node, "prediction"),
      .score = maybe_text(node, "score"),
      .weight = maybe_text(node, "weight"),
      .version = maybe_text(node, "version"),
      .features = {},
      .types = {},
      .missing_values = texts(node, "missing_values"),
      .segments = texts(node, "segments"),
      .private_columns = {},
      .overrides = overrides(node.find("override")),
  };
  if (const Node* label = node.find("label")) {
    columns.label = Label{.name = text(*label, "name"), .positive = maybe_text(*label, "positive")};
  }
  if (const Node* features = node.find("features")) {
    columns.features = {.only = texts(*features, "only"), .except = texts(*features, "except")};
  }
  if (const Node* types = node.find("types")) {
    for (const Entry& entry : types->entries) {
      const auto type = column_type(entry.value.text);
      LEEWAY_ASSERT(type, "the description lists the same words as column_type()");
      columns.types.emplace(entry.key, *type);
    }
  }
  if (const Node* names = node.find("private")) columns.private_columns = texts_of(*names);
  return columns;
}

Reference reference(const Node& node) {
  Reference reference{.files = texts(node, "files"), .learn_windows = 0};
  if (node.find("profile") != nullptr) reference.profile = text(node, "profile");
  if (const Node* learned = node.find("from_batches")) {
    reference.learn_windows = number<std::uint32_t>(*learned, "windows");
  }
  if (const Node* rolling = node.find("rolling")) {
    reference.rolling = Rolling{.windows = number<std::uint32_t>(*rolling, "windows"),
                                .gap = number<std::uint32_t>(*rolling, "gap")};
    reference.learn_windows = reference.rolling->windows;
  }
  const auto season = leeway::season(text(node, "season"));
  LEEWAY_ASSERT(season, "the description lists the same words as season()");
  reference.season = *season;
  return reference;
}

/// A model without batches looks at its rules once a minute, beside what its sources tell.
Batches batches(const Node& model) {
  const Node* written = model.find("batches");
  if (written == nullptr) return {.files = {}, .every = std::chrono::minutes(1)};
  return {.files = texts(*written, "files"), .every = duration(*written, "every")};
}

Window window(const Node& node) {
  return {
      .size = duration(node, "size"),
      .slide = duration(node, "slide"),
      .grace = duration(node, "grace"),
      .late = duration(node, "late"),
      .time_zone = text(node, "time_zone"),
      .min_rows = number<std::uint64_t>(node, "min_rows"),
      .extend = duration(node, "extend"),
  };
}

Drift drift(const Node& node) {
  return {
      .dialect = text(node, "dialect"),
      .numeric = texts(node, "numeric"),
      .categorical = texts(node, "categorical"),
      .multivariate = texts(node, "multivariate"),
      .thresholds = limits_by_measure(node.find("thresholds")),
      .false_alarms = rate(node, "false_alarms"),
  };
}

std::map<std::string, ValueRules, std::less<>> value_rules(const Node* node) {
  std::map<std::string, ValueRules, std::less<>> all;
  if (node == nullptr) return all;
  for (const Entry& entry : node->entries) {
    all.emplace(entry.key, ValueRules{.min = maybe_number(entry.value, "min"),
                                      .max = maybe_number(entry.value, "max"),
                                      .one_of = texts(entry.value, "one_of"),
                                      .pattern = maybe_text(entry.value, "pattern").value_or("")});
  }
  return all;
}

std::optional<Severity> constant(const std::string& word) {
  if (word == "ignore") return std::nullopt;
  return choice(word, kSeverities);
}

Quality quality(const Node& node) {
  const Node& duplicates = section(node, "duplicates");
  return {
      .missing = limits(section(node, "missing")),
      .unseen = limits(section(node, "unseen")),
      .type_errors = limits(section(node, "type_errors")),
      .non_finite = limits(section(node, "non_finite")),
      .range = limits(section(node, "range")),
      .columns = value_rules(node.find("columns")),
      .violations = limits(section(node, "violations")),
      .duplicate_ids = limits(section(duplicates, "ids")),
      .duplicate_rows = limits(section(duplicates, "rows")),
      .constant = constant(text(node, "constant")),
      .volume = limits(section(node, "volume")),
      .freshness = duration(node, "freshness"),
  };
}

Rule rule(const Node& node) {
  Rule rule{
      .name = text(node, "name"),
      .enabled = text(node, "enabled") == "true",
      .condition = maybe_text(node, "if"),
      .hold = maybe_hold(node, "for"),
      .keep_firing = maybe_hold(node, "keep_firing"),
      .severity = maybe_severity(node),
      .then = {},
  };
  if (const Node* then = node.find("then")) rule.then = texts_of(*then);
  return rule;
}

Retraining retraining(const Node& node) {
  Retraining retraining{
      .target = text(node, "target"),
      .schedule = {},
      .requires_all = texts(node, "requires"),
      .cooldown = duration(node, "cooldown"),
      .at_most = rate(node, "at_most"),
      .approval = choice(text(node, "approval"), kApprovals),
      .timeout = duration(node, "timeout"),
  };
  if (const Node* schedule = node.find("schedule")) {
    retraining.schedule =
        Schedule{.cron = text(*schedule, "cron"), .time_zone = text(*schedule, "time_zone")};
  }
  return retraining;
}

Secret secret(const Node& node, const Sources& sources) {
  return parsed(
      [&](std::string_view text) { return Secret::parse(text, sources.folder(node.place.file)); },
      node.text);
}

Target target(const Entry& entry, const Sources& sources) {
  const Node& node = section(entry.value, "webhook");
  Webhook webhook{.url = secret(section(node, "url"), sources),
                  .secret = {},
                  .timeout = duration(node, "timeout"),
                  .headers = {}};
  if (const Node* key = node.find("secret")) webhook.secret = secret(*key, sources);
  if (const Node* headers = node.find("headers")) {
    for (const Entry& header : headers->entries)
      webhook.headers.emplace(header.key, secret(header.value, sources));
  }
  return {.name = entry.key, .kind = std::move(webhook)};
}

Route route(const Node& node) {
  const auto environment = maybe_text(node, "environment");
  return {
      .severity = maybe_severity(node),
      .environment =
          environment ? std::optional(choice(*environment, kEnvironments)) : std::nullopt,
      .team = maybe_text(node, "team"),
      .model = maybe_text(node, "model"),
      .to = texts(node, "to"),
  };
}

void add_to(XXH3_state_t& state, std::string_view text) {
  const std::uint64_t length = text.size();
  XXH3_64bits_update(&state, &length, sizeof length);
  XXH3_64bits_update(&state, text.data(), text.size());
}

void add_to(XXH3_state_t& state, const Node& node) {
  const auto kind = static_cast<std::uint8_t>(node.kind);
  XXH3_64bits_update(&state, &kind, sizeof kind);
  add_to(state, node.text);
  add_to(state, std::to_string(node.items.size()));
  for (const Node& item : node.items) add_to(state, item);
  std::vector<const Entry*> sorted;
  for (const Entry& entry : node.entries) sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(),
            [](const Entry* a, const Entry* b) { return a->key < b->key; });
  for (const Entry* entry : sorted) {
    add_to(state, entry->key);
    add_to(state, entry->value);
  }
}

struct FreeState {
  void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
};

}  // namespace

Model build_model(const Node& node, const Sources& sources) {
  Model model{
      .name = text(node, "name"),
      .environment = choice(text(node, "environment"), kEnvironments),
      .owner = text(node, "owner"),
      .team = text(node, "team"),
      .runbook = maybe_text(node, "runbook").value_or(""),
      .version = text(node, "version"),
      .columns = columns(section(node, "columns")),
      .reference = reference(section(node, "reference")),
      .batches = batches(node),
      .endpoint = {},
      .window = window(section(node, "window")),
      .drift = drift(section(node, "drift")),
      .quality = quality(section(node, "quality")),
      .rules = {},
      .retraining = {},
      .compute = {},
      .hash = hash_of(node),
  };
  if (const Node* endpoint = node.find("endpoint")) {
    model.endpoint = build_endpoint(*endpoint, sources);
  }
  if (const Node* registry = node.find("registry")) {
    model.registry = build_registry(*registry, sources, model.name);
  }
  if (const Node* rules = node.find("rules")) {
    for (const Node& item : rules->items) model.rules.push_back(rule(item));
  }
  if (const Node* section = node.find("retraining")) model.retraining = retraining(*section);
  if (const Node* section = node.find("compute")) model.compute = build_compute(*section, sources);
  return model;
}

Config build_root(const Node& node, const Sources& sources) {
  const Node& kept = section(node, "retention");
  Config config{
      .log_level = choice(text(section(node, "log"), "level"), kLevels),
      .server = {.listen = parsed(parse_endpoint, text(section(node, "server"), "listen"))},
      .state = text(node, "state"),
      .retention = {.history = duration(kept, "history"),
                    .deliveries = duration(kept, "deliveries"),
                    .size = parsed(parse_size, text(kept, "size"))},
      .exporter = {.max_series = number<std::uint64_t>(section(node, "exporter"), "max_series")},
      .notify = choice(text(node, "notify"), kNotifiers),
      .targets = {},
      .routes = {},
      .heartbeat = {},
      .models = {},
      .hash = 0,
  };
  if (const Node* targets = node.find("targets")) {
    for (const Entry& entry : targets->entries)
      config.targets.emplace(entry.key, target(entry, sources));
  }
  if (const Node* routes = node.find("routes")) {
    for (const Node& item : routes->items) config.routes.push_back(route(item));
  }
  if (const Node* heartbeat = node.find("heartbeat")) {
    config.heartbeat = Heartbeat{.url = secret(section(*heartbeat, "url"), sources),
                                 .every = duration(*heartbeat, "every")};
  }
  return config;
}

std::uint64_t hash_of(const Node& node) {
  const std::unique_ptr<XXH3_state_t, FreeState> state(XXH3_createState());
  XXH3_64bits_reset(state.get());
  add_to(*state, node);
  return XXH3_64bits_digest(state.get());
}

std::uint64_t combine(std::uint64_t root, const std::vector<Model>& models) {
  std::vector<std::uint64_t> hashes = {root};
  for (const Model& model : models) hashes.push_back(model.hash);
  return XXH3_64bits(hashes.data(), hashes.size() * sizeof(std::uint64_t));
}

}  // namespace leeway::config
