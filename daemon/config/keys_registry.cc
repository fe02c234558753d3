#include "daemon/config/keys.h"

namespace leeway::config {
namespace {

constexpr Key kBasicAuthKeys[] = {
    {.name = "user", .required = true, .sentence = "The user."},
    {.name = "password", .type = Type::kSecret, .required = true, .sentence = "The password."},
};
constexpr Section kBasicAuth = {
    .name = "registry.auth.basic", .sentence = "User and password.", .keys = kBasicAuthKeys};

constexpr Key kAuthKeys[] = {
    {.name = "bearer",
     .type = Type::kSecret,
     .alternative = true,
     .sentence = "A token, sent as 'Authorization: Bearer'."},
    {.name = "basic",
     .type = Type::kSection,
     .alternative = true,
     .section = &kBasicAuth,
     .sentence = "User and password."},
};
constexpr Section kAuth = {.name = "registry.auth",
                           .sentence =
                               "How the server knows us. Secrets are read again after a "
                               "401.",
                           .keys = kAuthKeys,
                           .one_alternative = true};

constexpr Key kTlsKeys[] = {
    {.name = "ca",
     .type = Type::kPath,
     .sentence = "A PEM file of authorities, instead of the system's."},
    {.name = "certificate", .type = Type::kPath, .sentence = "Our own certificate, PEM."},
    {.name = "key", .type = Type::kPath, .sentence = "Its private key, if in a file of its own."},
};
constexpr Section kTls = {
    .name = "registry.tls", .sentence = "Certificates are always verified.", .keys = kTlsKeys};

constexpr Key kWriteBackKeys[] = {
    {.name = "experiment",
     .alternative = true,
     .sentence = "An experiment, by name, made if there is none: a run for each version of the "
                 "model, found again by its tags leeway.model and leeway.version."},
    {.name = "run", .alternative = true, .sentence = "One run for all versions, by its id."},
};
constexpr Section kWriteBack = {.name = "registry.write_back",
                                .sentence =
                                    "Where what was judged is logged: rows, status, drift.share, "
                                    "deciding statistics and quality of each window, at the "
                                    "window's end. A bare text is the experiment.",
                                .keys = kWriteBackKeys,
                                .short_form = "experiment",
                                .one_alternative = true};

constexpr Key kRegistryKeys[] = {
    {.name = "mlflow",
     .type = Type::kLink,
     .required = true,
     .sentence = "The address of an MLflow server (2.3 or later), as in MLFLOW_TRACKING_URI."},
    {.name = "model",
     .fallback = "''",
     .sentence = "The registered model, also 'catalog.schema.model'; by default the model's name."},
    {.name = "alias",
     .fallback = "champion",
     .sentence = "The alias whose version is the one that is deployed."},
    {.name = "auth", .type = Type::kSection, .section = &kAuth, .sentence = "How it knows us."},
    {.name = "tls", .type = Type::kSection, .section = &kTls, .sentence = "Certificates."},
    {.name = "proxy",
     .type = Type::kLink,
     .sentence = "A proxy, 'http://host:port'; the environment's is not used."},
    {.name = "every",
     .type = Type::kDuration,
     .fallback = "1m",
     .low = "10s",
     .high = "24h",
     .sentence = "How often the alias is looked up; a window in which it may have moved is mixed."},
    {.name = "timeout",
     .type = Type::kDuration,
     .fallback = "10s",
     .low = "100ms",
     .high = "5m",
     .sentence = "How long one request may take."},
    {.name = "write_back",
     .type = Type::kSection,
     .section = &kWriteBack,
     .sentence = "Logs what was judged to an experiment or a run; by default nowhere."},
};

}  // namespace

const Section kRegistry = {.name = "registry",
                           .sentence =
                               "The model registry: another version behind the alias is an event, "
                               "and the window in which it changed is mixed: shown, not judged for "
                               "drift and performance. A bare text is its address.",
                           .keys = kRegistryKeys,
                           .short_form = "mlflow"};

}  // namespace leeway::config
