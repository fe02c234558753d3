#pragma once

#include <string>
#include <vector>

#include "tests/bench/power/trials.h"

namespace leeway::power {

/// Rows and columns of one table of false alarms, by process and rule.
struct AlarmTable {
  std::vector<const Process*> processes;
  std::map<std::string_view, std::map<std::string, Mean>> means;  // by the name of a process
};

/// A figure beyond 1.5 times its budget by more than twice its standard error.
struct Miss {
  std::string process;
  std::string rule;
  std::size_t rows = 0;
  double budget = 0.0;
  Mean mean;
};

/// A row for each rule, a column for each process: the mean and its standard error, bold where
/// missed. Without a budget nothing is missed.
void print_alarms(const AlarmTable& table, const std::vector<std::string>& rules, double budget,
                  std::size_t rows, std::vector<Miss>& misses);

void print_misses(const std::vector<Miss>& misses);

/// A row for each rule, a column for each shift: share found in percent and mean delay.
void print_detections(const std::vector<std::map<std::string, Detection>>& all,
                      const std::vector<std::string>& rules);

void print_row(const std::string& first, const std::vector<std::string>& cells);
void print_head(const std::string& first, const std::vector<std::string>& cells);
std::string number(double value, int digits);

}  // namespace leeway::power
