#include "daemon/config/keys.h"

namespace leeway::config {
namespace {

constexpr std::string_view kLevels[] = {"debug", "info", "warn", "error"};
constexpr std::string_view kNotifiers[] = {"leeway", "prometheus"};
constexpr std::string_view kEnvironments[] = {"development", "staging", "production"};
constexpr std::string_view kSeverities[] = {"warning", "critical"};

constexpr Key kServerKeys[] = {
    {.name = "listen",
     .type = Type::kEndpoint,
     .fallback = "127.0.0.1:9960",
     .sentence =
         "Address and port of metrics and API: a loopback address. Port 0 lets the system choose."},
};
constexpr Section kServer = {
    .name = "server", .sentence = "Where metrics and the API are served.", .keys = kServerKeys};

constexpr Key kLogKeys[] = {
    {.name = "level",
     .type = Type::kChoice,
     .fallback = "info",
     .choices = kLevels,
     .sentence = "The least that is written."},
};
constexpr Section kLog = {
    .name = "log", .sentence = "What is written to stderr.", .keys = kLogKeys};

constexpr Key kRetentionKeys[] = {
    {.name = "history",
     .type = Type::kDuration,
     .fallback = "400d",
     .low = "1d",
     .high = "3660d",
     .sentence = "How long findings are kept."},
    {.name = "deliveries",
     .type = Type::kDuration,
     .fallback = "90d",
     .low = "1d",
     .high = "3660d",
     .sentence = "How long sent messages and dead letters are kept."},
    {.name = "size",
     .type = Type::kSize,
     .fallback = "10GiB",
     .low = "64MiB",
     .high = "100TiB",
     .sentence = "How large the state directory may grow; the oldest history goes first."},
};
constexpr Section kRetention = {
    .name = "retention", .sentence = "How long the past is kept.", .keys = kRetentionKeys};

constexpr Key kExporterKeys[] = {
    {.name = "max_series",
     .type = Type::kInteger,
     .fallback = "200000",
     .low = "1000",
     .high = "10000000",
     .sentence =
         "Beyond it detail is dropped from /metrics, never what is about models and incidents."},
};
constexpr Section kExporter = {
    .name = "exporter", .sentence = "What Prometheus gets.", .keys = kExporterKeys};

constexpr Key kHeartbeatKeys[] = {
    {.name = "url",
     .type = Type::kHiddenLink,
     .required = true,
     .sentence = "Asked for by GET while Leeway is healthy."},
    {.name = "every",
     .type = Type::kDuration,
     .fallback = "1m",
     .low = "10s",
     .high = "24h",
     .sentence = "How often."},
};
constexpr Section kHeartbeat = {
    .name = "heartbeat",
    .sentence = "A dead-man switch: it tells somebody when Leeway itself is gone.",
    .keys = kHeartbeatKeys};

constexpr Key kWebhookKeys[] = {
    {.name = "url",
     .type = Type::kHiddenLink,
     .required = true,
     .sentence = "Where the message is posted."},
    {.name = "secret",
     .type = Type::kSecret,
     .sentence =
         "The key 'whsec_...' that messages are signed with; without it they are not signed."},
    {.name = "timeout",
     .type = Type::kDuration,
     .fallback = "15s",
     .low = "1s",
     .high = "2m",
     .sentence = "How long one attempt may take."},
    {.name = "headers",
     .type = Type::kHidden,
     .shape = Shape::kNamed,
     .sentence = "Further request headers, as 'Authorization: Bearer ${credential:token}'."},
};
constexpr Section kWebhook = {
    .name = "target.webhook", .sentence = "A Standard Webhook.", .keys = kWebhookKeys};

constexpr Key kTargetKeys[] = {
    {.name = "webhook",
     .type = Type::kSection,
     .alternative = true,
     .section = &kWebhook,
     .sentence = "A Standard Webhook."},
};
constexpr Section kTarget = {
    .name = "target",
    .sentence = "Where alerts and retraining requests go: exactly one kind.",
    .keys = kTargetKeys,
    .one_alternative = true};

constexpr Key kRouteKeys[] = {
    {.name = "severity",
     .type = Type::kChoice,
     .choices = kSeverities,
     .sentence = "Incidents of this severity."},
    {.name = "environment",
     .type = Type::kChoice,
     .choices = kEnvironments,
     .sentence = "Incidents of models in this environment."},
    {.name = "team", .sentence = "Incidents of models of this team; a name or a glob."},
    {.name = "model", .sentence = "Incidents of this model; a name or a glob."},
    {.name = "to",
     .shape = Shape::kList,
     .required = true,
     .sentence = "Names of targets; [] tells nobody."},
};
constexpr Section kRoute = {
    .name = "routes",
    .sentence =
        "The first route that matches an incident names its targets; what is left out matches all.",
    .keys = kRouteKeys};

constexpr Key kInclude = {.name = "include",
                          .type = Type::kPath,
                          .shape = Shape::kList,
                          .nonempty = true,
                          .sentence =
                              "Files or globs with more models, targets and profiles_of_models; "
                              "relative to the including file."};
constexpr Key kTargets = {.name = "targets",
                          .type = Type::kSection,
                          .shape = Shape::kNamed,
                          .plain_names = true,
                          .section = &kTarget,
                          .sentence = "Where alerts and retraining requests go, by name."};
constexpr Key kProfiles = {.name = "profiles_of_models",
                           .type = Type::kSection,
                           .shape = Shape::kNamed,
                           .plain_names = true,
                           .partial = true,
                           .section = &kModel,
                           .sentence = "Named sets of a model's keys, for 'extends'."};
constexpr Key kModels = {.name = "models",
                         .type = Type::kSection,
                         .shape = Shape::kList,
                         .section = &kModel,
                         .sentence = "The models that are watched."};

constexpr Key kRootKeys[] = {
    {.name = "server",
     .type = Type::kSection,
     .fallback = "{}",
     .section = &kServer,
     .sentence = "Where metrics and the API are served."},
    {.name = "log",
     .type = Type::kSection,
     .fallback = "{}",
     .section = &kLog,
     .sentence = "What is written to stderr."},
    {.name = "state",
     .type = Type::kPath,
     .derived = "$STATE_DIRECTORY, which systemd sets, else /var/lib/leeway",
     .sentence = "The folder for everything that must survive a restart."},
    {.name = "retention",
     .type = Type::kSection,
     .fallback = "{}",
     .section = &kRetention,
     .sentence = "How long the past is kept."},
    {.name = "exporter",
     .type = Type::kSection,
     .fallback = "{}",
     .section = &kExporter,
     .sentence = "What Prometheus gets."},
    {.name = "notify",
     .type = Type::kChoice,
     .fallback = "leeway",
     .choices = kNotifiers,
     .sentence = "Who tells people: Leeway through its targets, or Prometheus, to which incidents "
                 "are exported anyway."},
    {.name = "heartbeat",
     .type = Type::kSection,
     .section = &kHeartbeat,
     .sentence = "A dead-man switch."},
    kInclude,
    kTargets,
    {.name = "routes",
     .type = Type::kSection,
     .shape = Shape::kList,
     .derived = "every incident goes to every target that starts no retraining",
     .section = &kRoute,
     .sentence = "Which incidents go where."},
    {.name = "defaults",
     .type = Type::kSection,
     .partial = true,
     .section = &kModel,
     .sentence = "Keys that every model has unless it says otherwise."},
    kProfiles,
    kModels,
};

constexpr Key kIncludedKeys[] = {kInclude, kTargets, kProfiles, kModels};

struct Planned {
  std::string_view section;
  std::string_view word;
};

constexpr Planned kPlanned[] = {
    {"server", "tls"},
    {"server", "access"},
    {"target", "pagerduty"},
    {"target", "opsgenie"},
    {"target", "slack"},
    {"target", "teams"},
    {"target", "email"},
    {"target", "alertmanager"},
    {"target", "cloudevents"},
    {"target", "github_workflow"},
    {"target", "github_dispatch"},
    {"target", "gitlab"},
    {"target", "azure_devops"},
    {"target", "azure_ml"},
    {"target", "airflow"},
    {"target", "jenkins"},
    {"target", "argo"},
    {"target", "kubeflow"},
    {"models", "performance"},
    {"columns", "scores"},
    {"retraining", "on_success"},
    {"path", "az"},
    {"path", "s3"},
    {"path", "https"},
    {"path", "http"},
    {"path", "sql"},
    {"path", "kafka"},
};

}  // namespace

const Section kRoot = {.name = "", .sentence = "A configuration file.", .keys = kRootKeys};
const Section kIncluded = {
    .name = "included", .sentence = "An included file.", .keys = kIncludedKeys};

const Key* Section::find(std::string_view key) const {
  for (const Key& candidate : keys) {
    if (candidate.name == key) return &candidate;
  }
  return nullptr;
}

bool is_planned(std::string_view section, std::string_view word) {
  for (const Planned& planned : kPlanned) {
    if (planned.section == section && planned.word == word) return true;
  }
  return false;
}

}  // namespace leeway::config
