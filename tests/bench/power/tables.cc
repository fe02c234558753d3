#include "tests/bench/power/tables.h"

#include <cstdio>

namespace leeway::power {
namespace {

constexpr double kAllowed = 1.5;  // times the budget

bool is_missed(const Mean& mean, double budget) {
  return budget > 0.0 && mean.value() - 2.0 * mean.error() > kAllowed * budget;
}

std::string with_error(const Mean& mean) {
  return number(mean.value(), 1) + " ± " + number(mean.error(), 1);
}

}  // namespace

void print_row(const std::string& first, const std::vector<std::string>& cells) {
  std::printf("| %s |", first.c_str());
  for (const std::string& cell : cells) std::printf(" %s |", cell.c_str());
  std::printf("\n");
}

void print_head(const std::string& first, const std::vector<std::string>& cells) {
  print_row(first, cells);
  std::printf("|---|");
  for (std::size_t i = 0; i < cells.size(); ++i) std::printf("--:|");
  std::printf("\n");
}

std::string number(double value, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

void print_alarms(const AlarmTable& table, const std::vector<std::string>& rules, double budget,
                  std::size_t rows, std::vector<Miss>& misses) {
  std::vector<std::string> names;
  for (const Process* const process : table.processes) names.emplace_back(process->name);
  print_head("rule", names);
  for (const std::string& rule : rules) {
    std::vector<std::string> cells;
    for (const Process* const process : table.processes) {
      const auto& means = table.means.at(process->name);
      const auto found = means.find(rule);
      if (found == means.end()) {
        cells.emplace_back("");
        continue;
      }
      const Mean& mean = found->second;
      const bool missed = is_missed(mean, budget);
      cells.push_back(missed ? "**" + with_error(mean) + "**" : with_error(mean));
      if (missed) misses.push_back({std::string(process->name), rule, rows, budget, mean});
    }
    print_row(rule, cells);
  }
}

void print_misses(const std::vector<Miss>& misses) {
  if (misses.empty()) {
    std::printf("None.\n");
    return;
  }
  print_head("process", {"rule", "rows", "budget", "realised"});
  for (const Miss& miss : misses) {
    print_row(miss.process, {miss.rule, std::to_string(miss.rows), number(miss.budget, 1),
                             with_error(miss.mean)});
  }
}

void print_detections(const std::vector<std::map<std::string, Detection>>& all,
                      const std::vector<std::string>& rules) {
  std::vector<std::string> names;
  for (const Shift& shift : shifts())
    names.push_back(std::string(shift.name) + " " + number(shift.size, 2));
  print_head("rule", names);
  for (const std::string& rule : rules) {
    std::vector<std::string> cells;
    for (const auto& by_rule : all) {
      const Detection& detection = by_rule.at(rule);
      cells.push_back(number(100.0 * detection.share.value(), 0) + " / " +
                      number(detection.delay.value(), 1));
    }
    print_row(rule, cells);
  }
}

}  // namespace leeway::power
