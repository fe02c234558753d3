#include "daemon/config/keys.h"

namespace leeway::config {
namespace {

// Those of collectors/endpoints; a test compares.
constexpr std::string_view kProtocols[] = {
    "http",      "open_inference", "mlflow", "tensorflow_serving", "torchserve", "azure_ml",
    "sagemaker", "bentoml",        "openai"};
constexpr std::string_view kMappings[] = {
    "auto", "triton", "vllm", "bentoml", "kserve", "tgi", "tensorflow_serving", "torchserve"};
constexpr std::string_view kMethods[] = {"GET", "HEAD", "POST", "PUT"};

constexpr Key kKeyAuthKeys[] = {
    {.name = "header", .required = true, .sentence = "The field that carries it: 'api-key'."},
    {.name = "value", .type = Type::kSecret, .required = true, .sentence = "The key."},
};
constexpr Section kKeyAuth = {.name = "endpoint.auth.key",
                              .sentence = "A key in a header field of its own.",
                              .keys = kKeyAuthKeys};

constexpr Key kBasicAuthKeys[] = {
    {.name = "user", .required = true, .sentence = "The user."},
    {.name = "password", .type = Type::kSecret, .required = true, .sentence = "The password."},
};
constexpr Section kBasicAuth = {
    .name = "endpoint.auth.basic", .sentence = "User and password.", .keys = kBasicAuthKeys};

constexpr Key kEntraKeys[] = {
    {.name = "tenant", .required = true, .sentence = "The tenant's id or domain."},
    {.name = "client_id", .required = true, .sentence = "The application's id."},
    {.name = "client_secret",
     .type = Type::kSecret,
     .required = true,
     .sentence = "The application's secret."},
    {.name = "scope",
     .fallback = "https://ml.azure.com/.default",
     .sentence = "What the token is for."},
    {.name = "authority",
     .type = Type::kLink,
     .fallback = "https://login.microsoftonline.com",
     .sentence = "Who gives tokens; another one in national clouds."},
};
constexpr Section kEntra = {.name = "endpoint.auth.entra",
                            .sentence = "Client credentials of Microsoft Entra.",
                            .keys = kEntraKeys};

constexpr Key kAuthKeys[] = {
    {.name = "bearer",
     .type = Type::kSecret,
     .alternative = true,
     .sentence = "A token or API key, sent as 'Authorization: Bearer'."},
    {.name = "key",
     .type = Type::kSection,
     .alternative = true,
     .section = &kKeyAuth,
     .sentence = "A key in a header field of its own."},
    {.name = "basic",
     .type = Type::kSection,
     .alternative = true,
     .section = &kBasicAuth,
     .sentence = "User and password."},
    {.name = "entra",
     .type = Type::kSection,
     .alternative = true,
     .section = &kEntra,
     .sentence = "Client credentials of Microsoft Entra."},
};
constexpr Key kTlsKeys[] = {
    {.name = "ca",
     .type = Type::kPath,
     .sentence = "A PEM file of authorities, instead of the system's."},
    {.name = "certificate", .type = Type::kPath, .sentence = "Our own certificate, PEM."},
    {.name = "key", .type = Type::kPath, .sentence = "Its private key, if in a file of its own."},
    {.name = "server_name",
     .sentence = "The name that is asked for and verified, instead of the "
                 "URL's host."},
};
constexpr Key kLatencyKeys[] = {
    {.name = "p50",
     .type = Type::kDuration,
     .alternative = true,
     .low = "1ms",
     .high = "1h",
     .sentence = "Half of the probes are at most that slow."},
    {.name = "p90",
     .type = Type::kDuration,
     .alternative = true,
     .low = "1ms",
     .high = "1h",
     .sentence = "Nine of ten are."},
    {.name = "p95",
     .type = Type::kDuration,
     .alternative = true,
     .low = "1ms",
     .high = "1h",
     .sentence = "95 of 100 are."},
    {.name = "p99",
     .type = Type::kDuration,
     .alternative = true,
     .low = "1ms",
     .high = "1h",
     .sentence = "99 of 100 are; needs 300 probes in the window."},
    {.name = "over",
     .type = Type::kDuration,
     .fallback = "1h",
     .low = "1m",
     .high = "30d",
     .sentence = "The window, rolling."},
};
constexpr Section kLatency = {.name = "endpoint.latency",
                              .sentence = "How slow probes may be.",
                              .keys = kLatencyKeys,
                              .one_alternative = true};

constexpr Key kAvailabilityKeys[] = {
    {.name = "objective",
     .type = Type::kNumber,
     .required = true,
     .low = "0.5",
     .high = "0.99999",
     .sentence = "The share of probes that must succeed."},
    {.name = "over",
     .type = Type::kDuration,
     .fallback = "1d",
     .low = "1m",
     .high = "30d",
     .sentence = "The window, rolling."},
};
constexpr Section kAvailability = {.name = "endpoint.availability",
                                   .sentence = "An objective; a bare number is it.",
                                   .keys = kAvailabilityKeys,
                                   .short_form = "objective"};

constexpr Key kCheckKeys[] = {
    {.name = "status",
     .alternative = true,
     .sentence = "The status is this one, or in a range: '200-299'."},
    {.name = "header", .alternative = true, .sentence = "A header field of this name."},
    {.name = "json",
     .alternative = true,
     .sentence = "The value at this JSON pointer (RFC 6901) of the body: '/status'."},
    {.name = "body", .alternative = true, .sentence = "The body matches this expression (RE2)."},
    {.name = "body_without",
     .alternative = true,
     .sentence = "The body does not match this expression (RE2)."},
    {.name = "equals", .sentence = "Header or value is this text or number."},
    {.name = "matches", .sentence = "Header or value matches this expression (RE2)."},
    {.name = "not_matches", .sentence = "Header or value does not match this expression (RE2)."},
    {.name = "least",
     .type = Type::kNumber,
     .low = "-1e300",
     .high = "1e300",
     .sentence = "Header or value is a number not below this."},
    {.name = "most",
     .type = Type::kNumber,
     .low = "-1e300",
     .high = "1e300",
     .sentence = "Header or value is a number not above this."},
};
constexpr Section kCheck = {.name = "endpoint.checks",
                            .sentence =
                                "What an answer must show to count as up, beside what the "
                                "protocol asks for. A header or value without more must "
                                "exist.",
                            .keys = kCheckKeys,
                            .one_alternative = true};

constexpr Key kToleranceKeys[] = {
    {.name = "absolute",
     .type = Type::kNumber,
     .low = "0",
     .high = "1e300",
     .sentence = "A number may differ by so much ..."},
    {.name = "relative",
     .type = Type::kNumber,
     .low = "0",
     .high = "1",
     .sentence = "... plus this share of the stored one."},
};
constexpr Section kTolerance = {.name = "endpoint.golden.tolerance",
                                .sentence = "Instead of the tolerances of the file.",
                                .keys = kToleranceKeys};

constexpr Key kGoldenKeys[] = {
    {.name = "rows",
     .type = Type::kPath,
     .required = true,
     .sentence = "A JSON file of inputs with their stored outputs."},
    {.name = "every",
     .type = Type::kDuration,
     .fallback = "5m",
     .low = "1s",
     .high = "24h",
     .sentence = "How often they are asked."},
    {.name = "tolerance",
     .type = Type::kSection,
     .section = &kTolerance,
     .sentence = "Instead of the tolerances of the file."},
};
constexpr Section kGolden = {.name = "endpoint.golden",
                             .sentence =
                                 "Fixed inputs whose outputs are known: a model that was "
                                 "swapped or computes differently answers otherwise. A "
                                 "bare text is the file.",
                             .keys = kGoldenKeys,
                             .short_form = "rows"};

constexpr Key kSeriesKeys[] = {
    {.name = "metric", .required = true, .sentence = "The metric's name on the page."},
    {.name = "field",
     .required = true,
     .sentence = "What it says: 'requests', 'failures', 'latency_seconds', 'latency_count', ..."},
    {.name = "label", .fallback = "''", .sentence = "Only samples with this label ..."},
    {.name = "matches",
     .fallback = "''",
     .sentence = "... of this value; '5*' by its beginning, '!200' not this one."},
    {.name = "scale",
     .type = Type::kNumber,
     .fallback = "1",
     .low = "1e-12",
     .high = "1e12",
     .sentence = "Multiplies the value: 1e-6 for microseconds."},
};
constexpr Section kSeries = {.name = "endpoint.metrics.series",
                             .sentence = "Which metric says what, where no named mapping does.",
                             .keys = kSeriesKeys};

constexpr Key kMetricsKeys[] = {
    {.name = "url",
     .fallback = "/metrics",
     .sentence = "Where the server shows them: absolute, or a path of the same server."},
    {.name = "mapping",
     .type = Type::kChoice,
     .fallback = "auto",
     .choices = kMappings,
     .sentence = "Which server's names they are; 'auto': by what is on the page."},
    {.name = "series",
     .type = Type::kSection,
     .shape = Shape::kList,
     .section = &kSeries,
     .sentence = "Which metric says what, instead of a mapping."},
    {.name = "every",
     .type = Type::kDuration,
     .fallback = "1m",
     .low = "1s",
     .high = "1h",
     .sentence = "How often they are read."},
};
constexpr Section kMetrics = {.name = "endpoint.metrics",
                              .sentence =
                                  "The server's own metrics: requests, failures, latency, "
                                  "queue and tokens of real traffic. A bare text is the "
                                  "URL.",
                              .keys = kMetricsKeys,
                              .short_form = "url"};

constexpr Key kEndpointKeys[] = {
    {.name = "url",
     .type = Type::kHiddenLink,
     .required = true,
     .sentence = "The server's address, with as much path as the protocol wants: "
                 "'http://model:8080/v2/models/flight-delay'."},
    {.name = "protocol",
     .type = Type::kChoice,
     .fallback = "http",
     .choices = kProtocols,
     .sentence = "What it speaks; 'http' knows only the health request and its checks."},
    {.name = "model",
     .fallback = "''",
     .sentence = "The model as the server calls it, if the "
                 "address does not say it."},
    {.name = "version",
     .fallback = "''",
     .sentence = "A version, pinned; by default the one that "
                 "the server picks."},
    {.name = "signature",
     .fallback = "''",
     .sentence = "A signature of tensorflow_serving, an API of bentoml, the task of openai (chat, "
                 "completions, embeddings), a deployment of azure_ml."},
    {.name = "method",
     .type = Type::kChoice,
     .fallback = "GET",
     .choices = kMethods,
     .sentence = "Of the health request, protocol 'http' only."},
    {.name = "body", .fallback = "''", .sentence = "Of the health request, protocol 'http' only."},
    {.name = "headers",
     .type = Type::kHidden,
     .shape = Shape::kNamed,
     .sentence = "Further request headers."},
    {.name = "auth",
     .type = Type::kSection,
     .section = &kEndpointAuth,
     .sentence = "How it knows us."},
    {.name = "tls", .type = Type::kSection, .section = &kEndpointTls, .sentence = "Certificates."},
    {.name = "proxy",
     .type = Type::kLink,
     .sentence = "A proxy, 'http://host:port'; the environment's is not used."},
    {.name = "keep_connection",
     .type = Type::kBoolean,
     .fallback = "true",
     .sentence = "Whether probes share a connection; without it each sees DNS, TCP and TLS."},
    {.name = "every",
     .type = Type::kDuration,
     .fallback = "15s",
     .low = "1s",
     .high = "1h",
     .sentence = "How often it is probed; spread over the period, without drift, one at a time."},
    {.name = "timeout",
     .type = Type::kDuration,
     .fallback = "2s",
     .low = "10ms",
     .high = "5m",
     .sentence = "How long one request may take."},
    {.name = "metadata_every",
     .type = Type::kDuration,
     .fallback = "1m",
     .low = "1s",
     .high = "24h",
     .sentence = "How often version and schema are asked for."},
    {.name = "checks",
     .type = Type::kSection,
     .shape = Shape::kList,
     .section = &kCheck,
     .sentence = "What an answer must show to count as up."},
    {.name = "latency",
     .type = Type::kSection,
     .section = &kLatency,
     .sentence = "How slow probes may be: { p99: 250ms, over: 1h }."},
    {.name = "availability",
     .type = Type::kSection,
     .section = &kAvailability,
     .sentence = "The share of probes that must succeed: 0.999."},
    {.name = "golden",
     .type = Type::kSection,
     .section = &kGolden,
     .sentence = "Fixed inputs whose outputs are known."},
    {.name = "metrics",
     .type = Type::kSection,
     .section = &kMetrics,
     .sentence = "The server's own metrics."},
    {.name = "canary",
     .type = Type::kSection,
     .section = &kCanary,
     .sentence = "Newest rows, scored through the endpoint, compared with what was recorded."},
    {.name = "shadow",
     .type = Type::kSection,
     .section = &kShadow,
     .sentence = "Another server that gets the same rows as the endpoint."},
    {.name = "labels",
     .type = Type::kSection,
     .section = &kEndpointLabels,
     .sentence = "Labels of the rows of canary and shadow."},
};

}  // namespace

const Section kEndpointAuth = {.name = "endpoint.auth",
                               .sentence =
                                   "How the server knows us. Secrets are read again after a "
                                   "401.",
                               .keys = kAuthKeys,
                               .one_alternative = true};

const Section kEndpointTls = {
    .name = "endpoint.tls", .sentence = "Certificates are always verified.", .keys = kTlsKeys};

const Section kEndpoint = {.name = "endpoint",
                           .sentence =
                               "The server that answers for the model: is it up, is it "
                               "fast, does it still answer the same. A bare text is its "
                               "address.",
                           .keys = kEndpointKeys,
                           .short_form = "url"};

}  // namespace leeway::config
