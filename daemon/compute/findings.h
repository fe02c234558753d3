#pragma once

#include <vector>

#include "daemon/compute/report.h"

namespace leeway::compute {

/// Of report(): what rules ask for.
std::vector<monitor::LiveFinding> findings(const Known& known, const Account& account,
                                           const Week& week, const config::Compute& settings);

/// Today's cost over the budget, which is reached at 1, and the month's forecast over the days'
/// budgets; nothing without a budget.
std::optional<double> budget_ratio(const Account& account, TimePoint now,
                                   const config::Compute& settings);

/// "12.5", "0.031", "1234567": three digits, and those before the point, for a sentence.
std::string short_number(double value);

/// "7.45 GiB".
std::string short_bytes(double value);

}  // namespace leeway::compute
