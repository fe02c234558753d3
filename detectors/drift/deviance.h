#pragma once

namespace leeway::drift {

/// x ln(x/m) + m - x, for x >= 0 and m > 0: half of what a count x adds to the G statistic when m
/// is expected. Without the cancellation of the plain formula where x is close to m, so that sums
/// over large counts keep their digits. Never below 0; m for x = 0.
/// Loader, Fast and Accurate Computation of Binomial Probabilities, 2000, section 3.
double deviance(double x, double m);

}  // namespace leeway::drift
