#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collectors/registry/mlflow.h"

/// What goes over the wire to MLflow and back, as text. Pure.
namespace leeway::registry::wire {

/// A query in which values are encoded: "name=a%20b&alias=champion".
std::string query(const std::vector<std::pair<std::string_view, std::string>>& parameters);

std::string search_runs(const std::string& experiment_id, const Tags& tags);
std::string create_experiment(const std::string& name);
std::string create_run(const std::string& experiment_id, const std::string& name, TimePoint start,
                       const Tags& tags);
std::string log_batch(const std::string& run_id, const std::vector<Metric>& metrics,
                      const Tags& tags);

/// Each kCorrupt, with what is missing, for an answer that is not MLflow's.
Result<ModelVersion> read_version(std::string_view body);
Result<std::string> read_experiment(std::string_view body);      ///< experiments/get-by-name
Result<std::string> read_new_experiment(std::string_view body);  ///< experiments/create
Result<std::optional<std::string>> read_first_run(std::string_view body);  ///< runs/search
Result<Run> read_run(std::string_view body);  ///< runs/get, runs/create

/// Why a request was refused: the code by status and error_code, the sentence from the body.
Error refusal(int status, std::string_view body);

}  // namespace leeway::registry::wire
