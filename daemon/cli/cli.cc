#include "daemon/cli/cli.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <map>
#include <string>

#include "collectors/tables/worker.h"
#include "daemon/app/app.h"
#include "daemon/cli/client.h"
#include "daemon/cli/compare.h"
#include "daemon/cli/explain_data.h"
#include "daemon/cli/explain_rule.h"
#include "daemon/cli/profile_files.h"
#include "daemon/cli/run_daemon.h"
#include "daemon/config/load.h"

// The one file that knows CLI11: its header takes seconds to compile.

namespace leeway::cli {
namespace {

constexpr int kWorkerDescriptor = 3;  // what the worker pool hands down

struct ExplainArguments {
  std::string name;
  std::string config_file;
  std::string model;
  bool defaults = false;
  bool paths = false;
};

/// What the commands choose among.
struct Arguments {
  std::string config_file = "/etc/leeway/leeway.yaml";
  std::string format = "text";
  std::string model;
  bool explain = false;
  CompareArguments compare;
  std::vector<std::string> profile_files;
  std::string profile_output;
  ExplainArguments explained;
  ClientArguments client;
  std::string client_config;
};

config::Format format_of(const std::string& name) {
  return name == "json" ? config::Format::kJson : config::Format::kText;
}

int complain(const Error& error) {
  std::cerr << "leeway: " << error.message << (error.message.ends_with('\n') ? "" : "\n");
  return error.code == ErrorCode::kInvalidConfig ? kWrongConfig : kUnreadable;
}

int print(const Result<std::string>& text) {
  if (!text) return complain(text.error());
  std::cout << *text << (text->ends_with('\n') ? "" : "\n");
  return kOk;
}

Result<config::Document> read(const std::string& file) {
  return config::Document::read(file, app::checkers());
}

int check_config(const Arguments& arguments) {
  auto document = read(arguments.config_file);
  if (!document) return complain(document.error());
  if (arguments.explain) {
    std::map<std::string, config::Topics, std::less<>> data;
    for (const config::Model& model : document->config()->models)
      data.emplace(model.key(), explain_data(model));
    return print(document->explain(format_of(arguments.format), data));
  }
  return print(arguments.config_file + ": " + std::to_string(document->config()->models.size()) +
               " models, no errors");
}

int show_config(const Arguments& arguments) {
  auto document = read(arguments.config_file);
  if (!document) return complain(document.error());
  return print(document->show(arguments.model, format_of(arguments.format)));
}

void add_config_option(CLI::App& command, Arguments& arguments) {
  command.add_option("-c,--config", arguments.config_file, "configuration file")
      ->capture_default_str();
}

void add_format_option(CLI::App& command, std::string& format) {
  command.add_option("--format", format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
}

void add_profile(CLI::App& app, Arguments& arguments, int& status) {
  CLI::App* command = app.add_subcommand(
      "profile", "a model's reference as one file that travels in place of rows");
  add_config_option(*command, arguments);
  command->add_option("MODEL", arguments.model, "NAME or ENVIRONMENT/NAME")->required();
  command->add_option("FILE", arguments.profile_files,
                      "files: Parquet, CSV or NDJSON; without any the model's reference.files");
  command->add_option("-o,--output", arguments.profile_output, "the file for 'reference.profile'")
      ->required();
  command->callback([&arguments, &status] {
    auto document = read(arguments.config_file);
    if (!document) {
      status = complain(document.error());
      return;
    }
    auto model = config::find_model(*document->config(), arguments.model);
    status = model
                 ? print(profile_files(**model, arguments.profile_files, arguments.profile_output))
                 : complain(model.error());
  });
}

void add_compare(CLI::App& app, CompareArguments& compare, int& status) {
  CLI::App* command =
      app.add_subcommand("compare", "has this batch drifted? one comparison, no daemon");
  command->add_option("REFERENCE", compare.reference, "file: Parquet, CSV or NDJSON")->required();
  command->add_option("CURRENT", compare.current, "file: Parquet, CSV or NDJSON")->required();
  add_format_option(*command, compare.format);
  command->add_option("--dialect", compare.dialect, "set of exact definitions of the measures")
      ->capture_default_str();
  command
      ->add_option("--numeric", compare.numeric, "measures of numeric columns, the first decides")
      ->delimiter(',');
  command
      ->add_option("--categorical", compare.categorical,
                   "measures of categorical columns, the first decides")
      ->delimiter(',');
  command
      ->add_option("--multivariate", compare.multivariate,
                   "measures of all columns at once: domain_classifier, correlation, "
                   "pca_reconstruction, mmd")
      ->delimiter(',');
  command->add_option("--ignore", compare.ignore, "columns to leave out, names or globs")
      ->delimiter(',');
  command
      ->add_option("--types", compare.types,
                   "types by column, where the inferred one is wrong: zip=categorical,age=numeric")
      ->delimiter(',');
  command
      ->add_option("--fail-on", compare.fail_on,
                   "exit with 1 on drift, or also when it is uncertain")
      ->check(CLI::IsMember({"drift", "uncertain"}));
  command
      ->add_option("--exact-rows", compare.exact_rows,
                   "up to so many rows statistics are exact, beyond from the grid with bounds")
      ->capture_default_str();
  command
      ->add_option("--threads", compare.threads,
                   "how many threads read and compare, 0: one per core; they change no result")
      ->capture_default_str()
      ->check(CLI::Range(0, 256));
  command->callback([&compare, &status] {
    auto done = compare_files(compare);
    if (!done) {
      status = complain(done.error());
      return;
    }
    std::cout << done->text;
    status = done->failed ? kDrift : kOk;
  });
}

int explain_rule(const ExplainArguments& explain) {
  if (explain.paths) return print(explain_paths());
  if (explain.defaults || (explain.name.empty() && explain.config_file.empty())) {
    return print(explain_default_rules());
  }
  if (explain.config_file.empty()) return print(explain_rules(explain.name, nullptr, ""));
  auto document = read(explain.config_file);
  if (!document) return complain(document.error());
  return print(explain_rules(explain.name, document->config().get(), explain.model));
}

void add_explain(CLI::App& app, ExplainArguments& explain, int& status) {
  CLI::App* command =
      app.add_subcommand("explain", "what a rule, a measure or a key of the configuration means")
          ->require_subcommand(1);
  CLI::App* rule = command->add_subcommand("rule", "what a rule asks and what comes of it");
  rule->add_option("NAME", explain.name, "a rule; without it all rules");
  rule->add_flag("--defaults", explain.defaults, "the rules that every model has");
  rule->add_flag("--paths", explain.paths, "everything that a rule can ask about");
  rule->add_option("-c,--config", explain.config_file, "as this configuration has it");
  rule->add_option("--model", explain.model, "only of this model: NAME or ENVIRONMENT/NAME");
  rule->callback([&explain, &status] { status = explain_rule(explain); });
  CLI::App* measure = command->add_subcommand("measure", "what a measure of drift is");
  measure->add_option("NAME", explain.name, "a measure; without it all measures");
  measure->callback([&explain, &status] { status = print(explain_measures(explain.name)); });
  CLI::App* key = command->add_subcommand("key", "what a key of the configuration means");
  key->add_option("KEY", explain.name, "as 'models.window.grace' or 'window.grace'")->required();
  key->callback([&explain, &status] { status = print(config::explain_key(explain.name)); });
}

/// Where the daemon of a configuration listens.
Result<> find_daemon(ClientArguments& client, const std::string& config_file) {
  if (config_file.empty()) return {};
  auto document = read(config_file);
  if (!document) return fail(std::move(document.error()));
  client.address = config::to_string(document->config()->server.listen);
  return {};
}

int talk(Arguments& arguments) {
  if (Result<> found = find_daemon(arguments.client, arguments.client_config); !found) {
    return complain(found.error());
  }
  return print(ask(arguments.client));
}

void add_daemon_options(CLI::App& command, Arguments& arguments) {
  auto* address =
      command.add_option("--address", arguments.client.address, "where the daemon listens")
          ->envname("LEEWAY_ADDRESS")
          ->capture_default_str();
  command
      .add_option("-c,--config", arguments.client_config,
                  "the daemon's configuration, which names its address")
      ->excludes(address);
}

CLI::App* add_client(CLI::App& app, const char* name, const char* what, Arguments& arguments,
                     int& status) {
  CLI::App* command = app.add_subcommand(name, what);
  ClientArguments& client = arguments.client;
  add_daemon_options(*command, arguments);
  command->add_option("--model", client.model, "only this model: NAME or ENVIRONMENT/NAME");
  command->add_option("--limit", client.limit, "at most so many")->capture_default_str();
  add_format_option(*command, client.format);
  command->callback([&arguments, &status, command] {
    if (!command->get_subcommands().empty()) return;
    arguments.client.resource = command->get_name();
    status = talk(arguments);
  });
  return command;
}

void add_action(CLI::App& parent, const char* verb, const char* what, Arguments& arguments,
                int& status) {
  CLI::App* command = parent.add_subcommand(verb, what);
  command->add_option("ID", arguments.client.id, "as listed")->required();
  add_daemon_options(*command, arguments);
  command->callback([&parent, &arguments, &status, verb] {
    arguments.client.resource = parent.get_name();
    arguments.client.verb = verb;
    status = talk(arguments);
  });
}

void add_clients(CLI::App& app, Arguments& arguments, int& status) {
  add_client(app, "status", "how the models of a running daemon stand", arguments, status);
  CLI::App* live = add_client(app, "live", "what endpoint and compute say now, the worst first",
                              arguments, status);
  live->add_flag("--history", arguments.client.history,
                 "each change of a verdict and a sample an hour instead, newest first");
  add_client(app, "events", "what happened to models once, newest first", arguments, status);
  CLI::App* windows =
      add_client(app, "windows", "judged windows and their findings", arguments, status);
  windows->add_flag("--columns", arguments.client.columns,
                    "with what the rows of each window show (json)");
  CLI::App* incidents = add_client(app, "incidents", "incidents, newest first", arguments, status);
  incidents->add_option("--state", arguments.client.state, "firing or resolved");
  CLI::App* deliveries =
      add_client(app, "deliveries", "messages to targets, newest first", arguments, status);
  deliveries->add_option("--state", arguments.client.state, "pending, delivered, dead or dropped");
  add_action(*deliveries, "retry", "send it again now", arguments, status);
  add_action(*deliveries, "drop", "give it up", arguments, status);
  CLI::App* retrainings =
      add_client(app, "retrainings", "requests for retraining, newest first", arguments, status);
  retrainings->alias("retraining");
  add_action(*retrainings, "approve", "let a held one go", arguments, status);
  add_action(*retrainings, "cancel", "take one back", arguments, status);
}

}  // namespace

int run(int argc, char** argv) {
  Arguments arguments;
  int status = kOk;
  CLI::App app("Leeway watches machine-learning models in production.", "leeway");
  app.set_version_flag("--version", "leeway " LEEWAY_VERSION);
  app.require_subcommand(1);

  CLI::App* daemon = app.add_subcommand("run", "the daemon");
  add_config_option(*daemon, arguments);
  daemon->callback([&] {
    if (Result<> done = run_daemon(arguments.config_file); !done) status = complain(done.error());
  });

  CLI::App* worker =
      app.add_subcommand("worker", "decodes files for the daemon, which starts it")->group("");
  worker->callback([&] { status = tables::worker_main(kWorkerDescriptor); });

  CLI::App* check =
      app.add_subcommand("check-config", "is the configuration right, and what does it mean");
  add_config_option(*check, arguments);
  add_format_option(*check, arguments.format);
  check->add_flag("--explain", arguments.explain,
                  "say in sentences what it means, and what the columns of the reference are");
  check->callback([&] { status = check_config(arguments); });

  CLI::App* config = app.add_subcommand("config", "about the configuration")->require_subcommand(1);
  CLI::App* show = config->add_subcommand("show", "effective values and where each comes from");
  add_config_option(*show, arguments);
  add_format_option(*show, arguments.format);
  show->add_option("MODEL", arguments.model,
                   "NAME or ENVIRONMENT/NAME; without it the daemon's own keys");
  show->callback([&] { status = show_config(arguments); });

  CLI::App* schema = app.add_subcommand("schema", "JSON Schema of the configuration, for editors");
  schema->callback([&] { status = print(config::schema()); });

  add_explain(app, arguments.explained, status);
  add_compare(app, arguments.compare, status);
  add_profile(app, arguments, status);
  add_clients(app, arguments, status);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kWrongUsage;
  }
  return status;
}

}  // namespace leeway::cli
