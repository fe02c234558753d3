#pragma once

#include "daemon/config/load.h"

namespace leeway::cli {

/// What the data of a model say, for `check-config --explain`: its reference, or where that is
/// learned from live windows the first batch, with the rows and windows it has, and each column's
/// type and role with the reason. No value of the data is named. Files that are not there or cannot
/// be read are said in a topic; they are no error of the configuration.
///
/// Reads the files once with the daemon's own code, in bounded memory; blocks.
config::Topics explain_data(const config::Model& model);

}  // namespace leeway::cli
