#pragma once

#include <string>

namespace leeway::drift {

/// A number for a sentence, without needless zeros.
std::string brief(double value, int significant_digits = 6);

/// "12.3 %", "0.04 %".
std::string percent(double share);

/// " rose from 6.1 % to 11.8 %".
std::string rose_or_fell(double from, double to);

}  // namespace leeway::drift
