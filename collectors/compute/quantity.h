#pragma once

#include <optional>
#include <string_view>

namespace leeway::compute {

/// A quantity of Kubernetes: a decimal number with a suffix n u m k M G T P E, Ki Mi Gi Ti Pi Ei,
/// or an exponent ("1e3", "12E6"): "250m" is 0.25, "12345678n" is 0.012345678, "128974848", "129M",
/// "123Mi". Nothing for what is no quantity.
std::optional<double> parse_quantity(std::string_view text);

}  // namespace leeway::compute
