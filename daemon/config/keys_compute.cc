#include "daemon/config/keys_compute.h"

namespace leeway::config {
namespace {

// What a Prometheus query may stand for: the names of the room that reads it, which a test
// compares.
constexpr std::string_view kMetrics[] = {"cpu_seconds",
                                         "cpu_cores",
                                         "cpu_limit_cores",
                                         "cpu_periods",
                                         "cpu_throttled_periods",
                                         "cpu_throttled_seconds",
                                         "cpu_stalled_seconds",
                                         "memory_bytes",
                                         "memory_working_set_bytes",
                                         "memory_peak_bytes",
                                         "memory_limit_bytes",
                                         "memory_stalled_seconds",
                                         "oom_kills",
                                         "io_read_bytes",
                                         "io_written_bytes",
                                         "io_stalled_seconds",
                                         "processes",
                                         "gpu_ratio",
                                         "gpu_memory_bytes",
                                         "gpu_memory_total_bytes",
                                         "gpu_power_watts",
                                         "gpu_energy_joules",
                                         "gpu_celsius",
                                         "predictions",
                                         "tokens",
                                         "latency_seconds"};

constexpr Key kUrl = {.name = "url",
                      .type = Type::kLink,
                      .required = true,
                      .sentence = "Where it answers, without a path."};
constexpr Key kAuthorization = {
    .name = "authorization",
    .type = Type::kHidden,
    .sentence = "The Authorization field, as 'Bearer ${credential:NAME}'; read again each time."};
constexpr Key kCaFile = {.name = "ca_file",
                         .type = Type::kPath,
                         .sentence =
                             "Authorities of its certificate, in PEM, instead of the "
                             "system's."};

constexpr Key kCgroupKeys[] = {
    {.name = "path",
     .alternative = true,
     .sentence = "The group below /sys/fs/cgroup; a unit alone is looked for in system.slice."},
    {.name = "container",
     .alternative = true,
     .sentence = "The id of a container, or its first characters (at least 8)."},
    {.name = "pod", .alternative = true, .sentence = "The uid of a Kubernetes pod."},
};
constexpr Section kCgroup = {.name = "compute.cgroup",
                             .sentence =
                                 "A control group of this host (cgroup v2); a bare text is "
                                 "its path.",
                             .keys = kCgroupKeys,
                             .short_form = "path",
                             .one_alternative = true};

constexpr Key kProcessKeys[] = {
    {.name = "name",
     .alternative = true,
     .sentence = "All processes of that name, as `ps -o comm` shows it."},
    {.name = "pid_file",
     .type = Type::kPath,
     .alternative = true,
     .sentence = "The process whose id is in that file."},
};
constexpr Section kProcess = {
    .name = "compute.process",
    .sentence =
        "Processes of this host; a bare text is their name. Those of other users are "
        "hidden by the unit's ProtectProc=invisible: install the drop-in host-metrics.conf.",
    .keys = kProcessKeys,
    .short_form = "name",
    .one_alternative = true};

constexpr Key kKubernetesKeys[] = {
    {.name = "url",
     .type = Type::kLink,
     .fallback = "https://kubernetes.default.svc",
     .sentence = "The API server."},
    {.name = "namespace", .required = true, .sentence = "Of the pods."},
    {.name = "selector", .fallback = "''", .sentence = "Labels of the pods, as 'app=flight'."},
    {.name = "container", .fallback = "''", .sentence = "Of the pods; empty: all containers."},
    {.name = "token_file",
     .type = Type::kPath,
     .fallback = "/var/run/secrets/kubernetes.io/serviceaccount/token",
     .sentence = "The service account's token; read again each time, since it rotates."},
    {.name = "ca_file",
     .type = Type::kPath,
     .fallback = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
     .sentence = "Authorities of the API server's certificate, in PEM."},
};
constexpr Section kKubernetes = {
    .name = "compute.kubernetes",
    .sentence =
        "CPU and memory of pods by the metrics API; the service account needs get and list "
        "of pods in metrics.k8s.io.",
    .keys = kKubernetesKeys};

constexpr Key kPrometheusKeys[] = {
    kUrl,
    {.name = "queries",
     .shape = Shape::kNamed,
     .required = true,
     .nonempty = true,
     .choices = kMetrics,
     .sentence = "PromQL by what it gives; each one series, but for GPUs. Counters as they are, "
                 "without rate()."},
    kAuthorization,
    kCaFile,
};
constexpr Section kPrometheus = {
    .name = "compute.prometheus",
    .sentence = "Anything that a Prometheus knows, such as predictions and tokens.",
    .keys = kPrometheusKeys};

constexpr Key kNvmlKeys[] = {
    {.name = "gpus",
     .shape = Shape::kList,
     .derived = "all of the host",
     .sentence = "Uuids or numbers of the GPUs that are the model's."},
};
constexpr Section kNvml = {
    .name = "compute.nvml",
    .sentence =
        "NVIDIA GPUs of this host by the driver's library. Under systemd it needs the "
        "drop-in gpu.conf.",
    .keys = kNvmlKeys};

constexpr Key kDcgmKeys[] = {
    kUrl,
    {.name = "labels",
     .shape = Shape::kNamed,
     .sentence = "Which series are the model's, as { namespace: ml, pod: flight-0 }."},
    kAuthorization,
    kCaFile,
};
constexpr Section kDcgm = {
    .name = "compute.dcgm", .sentence = "NVIDIA GPUs by the DCGM exporter.", .keys = kDcgmKeys};

constexpr Section kHost = {
    .name = "compute.host",
    .sentence =
        "This host as a whole, {}: for one that serves nothing but the model. Under systemd "
        "it needs the drop-in host-metrics.conf.",
    .keys = {}};

constexpr Key kOpenCostKeys[] = {
    kUrl,
    {.name = "aggregate",
     .fallback = "deployment",
     .sentence = "What OpenCost groups by: deployment, pod, 'label:app', ..."},
    {.name = "name", .required = true, .sentence = "The group that is the model."},
    kAuthorization,
    kCaFile,
};
constexpr Section kOpenCost = {
    .name = "compute.price.opencost",
    .sentence = "Costs as OpenCost allocates them, asked for hour by hour when each is over.",
    .keys = kOpenCostKeys};

constexpr Key price(std::string_view name, std::string_view sentence) {
  return {.name = name, .type = Type::kNumber, .low = "0", .high = "1000000", .sentence = sentence};
}
constexpr Key kPriceKeys[] = {
    {.name = "currency",
     .type = Type::kName,
     .fallback = "USD",
     .sentence = "A label of the metrics of cost."},
    price("per_hour", "Of the machine or endpoint, used or not."),
    price("per_gpu_hour", "Of each GPU that is seen, used or not."),
    price("per_cpu_hour", "Of CPU time that is used."),
    price("per_cpu_second", "The same, by the second."),
    price("per_gib_hour", "Of memory that is used."),
    price("per_1k_tokens", "Of a language model's tokens."),
    price("per_kwh", "Of the energy of GPUs."),
    price("grams_per_kwh", "Carbon intensity of that energy, grams of CO2 equivalent."),
    {.name = "opencost",
     .type = Type::kSection,
     .section = &kOpenCost,
     .sentence = "Added to the others, which are mostly left out then."},
};
constexpr Section kPrice = {.name = "compute.price",
                            .sentence = "What the model's compute costs; what is given adds up.",
                            .keys = kPriceKeys};

constexpr Key kBudgetKeys[] = {
    {.name = "per_day",
     .type = Type::kNumber,
     .required = true,
     .low = "0.000001",
     .high = "1000000000",
     .sentence = "In the currency of the price. Reached: critical; the month heads for more: "
                 "warning."},
};
constexpr Section kBudget = {.name = "compute.budget",
                             .sentence = "How much it may cost.",
                             .keys = kBudgetKeys,
                             .short_form = "per_day"};

constexpr Key kLimitKeys[] = {
    {.name = "warning",
     .type = Type::kNumber,
     .low = "0",
     .high = "1000",
     .sentence = "A share from which on the verdict is 'warning'."},
    {.name = "critical",
     .type = Type::kNumber,
     .low = "0",
     .high = "1000",
     .sentence = "A share from which on the verdict is 'critical'."},
};
constexpr Section kLimit = {.name = "compute.limit",
                            .sentence = "Limits of a share; one that is left out is never crossed.",
                            .keys = kLimitKeys};

constexpr Key kComputeKeys[] = {
    {.name = "cgroup",
     .type = Type::kSection,
     .section = &kCgroup,
     .sentence = "A unit, container or pod of this host."},
    {.name = "process",
     .type = Type::kSection,
     .section = &kProcess,
     .sentence = "Processes of this host."},
    {.name = "kubernetes",
     .type = Type::kSection,
     .section = &kKubernetes,
     .sentence = "Pods of a cluster."},
    {.name = "prometheus",
     .type = Type::kSection,
     .section = &kPrometheus,
     .sentence = "Any PromQL."},
    {.name = "nvml", .type = Type::kSection, .section = &kNvml, .sentence = "GPUs of this host."},
    {.name = "dcgm",
     .type = Type::kSection,
     .section = &kDcgm,
     .sentence = "GPUs by the DCGM exporter."},
    {.name = "host",
     .type = Type::kSection,
     .section = &kHost,
     .sentence = "This host as a whole."},
    {.name = "every",
     .type = Type::kDuration,
     .fallback = "30s",
     .low = "1s",
     .high = "1h",
     .sentence = "How often usage is read."},
    {.name = "timeout",
     .type = Type::kDuration,
     .fallback = "10s",
     .low = "100ms",
     .high = "5m",
     .sentence = "How long a server may take to answer."},
    {.name = "cpu",
     .type = Type::kSection,
     .fallback = "{}",
     .section = &kLimit,
     .sentence = "CPUs in use over their limit."},
    {.name = "memory",
     .type = Type::kSection,
     .fallback = "{ warning: 0.9, critical: 0.97 }",
     .section = &kLimit,
     .sentence = "Memory that cannot be taken back over its limit."},
    {.name = "throttling",
     .type = Type::kSection,
     .fallback = "{ warning: 0.25 }",
     .section = &kLimit,
     .sentence = "Share of scheduling periods in which the CPU limit stopped the model."},
    {.name = "stalled",
     .type = Type::kSection,
     .fallback = "{}",
     .section = &kLimit,
     .sentence = "Share of the time in which something waited for CPU, memory or I/O."},
    {.name = "gpu_memory",
     .type = Type::kSection,
     .fallback = "{ warning: 0.97 }",
     .section = &kLimit,
     .sentence = "Memory in use of the fullest GPU."},
    {.name = "price", .type = Type::kSection, .section = &kPrice, .sentence = "What it costs."},
    {.name = "budget",
     .type = Type::kSection,
     .section = &kBudget,
     .sentence = "How much it may cost a day; a bare number."},
    {.name = "drift",
     .type = Type::kBoolean,
     .fallback = "true",
     .sentence = "Whether lasting changes of usage, latency and cost are looked for, against the "
                 "usual of each hour of the week in the zone of the windows (time_zone)."},
    {.name = "savings",
     .type = Type::kBoolean,
     .fallback = "true",
     .sentence = "Whether it is a warning when a machine is at least twice as large as the model "
                 "needs, or a day passes without a prediction."},
};

}  // namespace

constexpr Section kCompute = {
    .name = "compute",
    .sentence =
        "The compute that the model uses, from any of the sources, and what it costs. Of two "
        "sources of one number the first in this order counts.",
    .keys = kComputeKeys};

}  // namespace leeway::config
