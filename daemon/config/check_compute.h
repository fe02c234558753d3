#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "daemon/config/compute.h"

namespace leeway::config {

/// What `compute` says must agree with itself.
/// @param complain  takes the path within the model and a sentence
void check_compute(const Compute& compute,
                   const std::function<void(std::string_view, std::string)>& complain);

}  // namespace leeway::config
