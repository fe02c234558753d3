// How often thresholds cry wolf, and what they see: the figures of README.md.
//
// usage: power [SECTION] [--months N] [--check] [--rows N] [--process TEXT]
//   SECTION    alarms, rows, histories, peers, shifts, flights or runs; all of them by default
//   --months   of each small process at up to 1,000 rows a window, 60 by default; others have fewer
//   --check    exit 1 if the budget is missed where README.md does not say so
//   --rows     only windows of so many rows
//   --process  only processes whose name has the text in it

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "tests/bench/power/flights.h"
#include "tests/bench/power/run_lengths.h"
#include "tests/bench/power/tables.h"

namespace leeway::power {
namespace {

constexpr std::array<std::size_t, 4> kSizes = {100, 1000, 10'000, 100'000};  // rows of a window

struct Options {
  std::string section;
  std::size_t months = 60;
  bool check = false;
  std::size_t rows = 0;
  std::string process;

  bool wants(std::string_view name) const { return section.empty() || section == name; }
  bool wants(const Process& each) const {
    return each.name.find(process) != std::string_view::npos;
  }
  std::vector<std::size_t> sizes(std::size_t most) const {
    std::vector<std::size_t> all;
    for (const std::size_t size : kSizes) {
      if (size <= most && (rows == 0 || rows == size)) all.push_back(size);
    }
    return all;
  }
};

/// The measures that most users will choose, to which other kinds of thresholds are shown.
const std::vector<std::string>& main_measures() {
  static const std::vector<std::string> names = {"psi", "ks", "jensen_shannon", "wasserstein"};
  return names;
}

/// Fewer months of larger windows: the standard error is printed beside each figure.
std::size_t months_at(std::size_t rows, const Options& options, std::size_t most) {
  const std::size_t months = most * options.months / 60;
  return std::max<std::size_t>(rows <= 1000     ? months
                               : rows <= 10'000 ? months / 3
                                                : months / 10,
                               4);
}

bool is_small(const Process& process) { return process.numeric == 1; }

/// Skipped where it would show nothing that another size or process does not.
bool is_worth(const Process& process, std::size_t rows) {
  if (!is_small(process)) return rows <= 1000;
  return rows <= 10'000 || process.name == "independent" || process.name == "days differ" ||
         process.name == "heavy days" || process.name == "lasting 0.5";
}

std::vector<std::string> rules_of(const std::vector<std::string>& measures, std::string_view kind) {
  std::vector<std::string> names;
  for (const std::string& measure : measures) names.push_back(measure + ", " + std::string(kind));
  return names;
}

std::vector<Setup> setups_for(const Process& process, std::size_t rows) {
  std::vector<Setup> setups;
  for (const Kind& kind : kinds()) {
    const bool all = is_small(process) && kind.false_alarms > 0.0;
    setups.push_back(leeway_setup(kind, all ? grid_measures() : main_measures(), rows));
  }
  return setups;
}

void print_kinds(const AlarmTable& table, std::size_t rows,
                 const std::vector<std::string>& measures, std::vector<Miss>& misses) {
  for (const Kind& kind : kinds()) {
    const bool has_budget = kind.false_alarms > 0.0;
    std::printf("\n#### %zu rows a window, %s%s\n\n", rows, std::string(kind.name).c_str(),
                has_budget ? (", budget " + number(kind.false_alarms, 1)).c_str() : "");
    print_alarms(table, rules_of(has_budget ? measures : main_measures(), kind.name),
                 kind.false_alarms, rows, misses);
    std::fflush(stdout);
  }
}

void print_alarm_sections(const Options& options, std::vector<Miss>& misses) {
  std::printf("\n### Falsely critical windows of 30\n");
  for (const std::size_t rows : options.sizes(100'000)) {
    AlarmTable table;
    for (const Process& process : processes()) {
      if (!options.wants(process) || !is_worth(process, rows)) continue;
      table.processes.push_back(&process);
      table.means[process.name] =
          false_alarms(process, {.rows = rows,
                                 .months = months_at(rows, options, is_small(process) ? 60 : 30),
                                 .setups = setups_for(process, rows)});
    }
    print_kinds(table, rows, grid_measures(), misses);
  }
}

void print_row_measures(const Options& options, std::vector<Miss>& misses) {
  std::printf("\n### Measures that need the rows\n");
  for (const std::size_t rows : options.sizes(1000)) {
    AlarmTable table;
    for (const Process& process : processes()) {
      const bool chosen = process.name == "independent" || process.name == "days differ" ||
                          process.name == "lasting 0.5";
      if (!chosen || !options.wants(process)) continue;
      table.processes.push_back(&process);
      Trial trial{.rows = rows, .months = months_at(rows, options, 15)};
      for (const Kind& kind : kinds()) {
        if (kind.false_alarms > 0.0)
          trial.setups.push_back(leeway_setup(kind, row_measures(), rows));
      }
      table.means[process.name] = false_alarms(process, trial);
    }
    for (const Kind& kind : kinds()) {
      if (kind.false_alarms == 0.0) continue;
      std::printf("\n#### %zu rows a window, %s, budget %.1f\n\n", rows,
                  std::string(kind.name).c_str(), kind.false_alarms);
      print_alarms(table, rules_of(row_measures(), kind.name), kind.false_alarms, rows, misses);
      std::fflush(stdout);
    }
  }
}

/// Shorter and longer references: 14 windows are what live ones are learned from.
void print_histories(const Options& options, std::vector<Miss>& misses) {
  std::printf("\n### Shorter and longer references\n");
  constexpr std::size_t kRows = 1000;
  for (const std::size_t windows : {std::size_t{7}, std::size_t{14}, std::size_t{60}}) {
    AlarmTable table;
    for (const Process& process : processes()) {
      if (!options.wants(process) || !is_small(process)) continue;
      table.processes.push_back(&process);
      table.means[process.name] =
          false_alarms(process, {.rows = kRows,
                                 .months = months_at(kRows, options, 60),
                                 .reference_windows = windows,
                                 .setups = {leeway_setup(kinds()[0], main_measures(), kRows)}});
    }
    std::printf("\n#### %zu windows of reference, %zu rows each, budget 1.0\n\n", windows, kRows);
    const std::size_t before = misses.size();
    print_alarms(table, rules_of(main_measures(), "windows"), 1.0, kRows, misses);
    for (std::size_t i = before; i < misses.size(); ++i)
      misses[i].rule += " (" + std::to_string(windows) + ")";
    std::fflush(stdout);
  }
}

std::vector<std::string> names_of(const std::vector<Setup>& setups) {
  std::vector<std::string> names;
  for (const Setup& setup : setups) names.push_back(setup.name);
  return names;
}

void print_peers(const Options& options) {
  std::printf("\n### The rules of other tools on the same windows, alarms of 30\n");
  for (const std::size_t rows : options.sizes(100'000)) {
    AlarmTable table;
    for (const Process& process : processes()) {
      if (!options.wants(process) || !is_worth(process, rows)) continue;
      if (rows > 10'000 && process.name != "independent" && process.name != "days differ") continue;
      table.processes.push_back(&process);
      table.means[process.name] = false_alarms(
          process,
          {.rows = rows, .months = months_at(rows, options, 12), .setups = peer_setups(rows)});
    }
    std::printf("\n#### %zu rows a window\n\n", rows);
    std::vector<Miss> none;
    print_alarms(table, names_of(peer_setups(rows)), 0.0, rows, none);
    std::fflush(stdout);
  }
}

void print_shifts(const Options& options) {
  std::printf("\n### What is found: percent of shifted windows / windows to the first\n");
  for (const char* name : {"independent", "days differ a little", "days differ"}) {
    if (!options.wants(process(name))) continue;
    for (const std::size_t rows : options.sizes(100'000)) {
      Trial trial{.rows = rows, .months = months_at(rows, options, 15)};
      trial.setups = {leeway_setup(kinds()[0], grid_measures(), rows),
                      leeway_setup(kinds()[1], main_measures(), rows),
                      leeway_setup(kinds()[3], main_measures(), rows)};
      std::vector<std::string> rules = rules_of(grid_measures(), "windows");
      for (const auto& more :
           {rules_of(main_measures(), "extrapolated"), rules_of(main_measures(), "fixed")})
        rules.insert(rules.end(), more.begin(), more.end());
      if (rows <= 10'000) {
        for (Setup& peer : peer_setups(rows)) {
          rules.push_back(peer.name);
          trial.setups.push_back(std::move(peer));
        }
      }
      std::printf("\n#### %s, %zu rows a window\n\n", name, rows);
      print_detections(detections(process(name), trial), rules);
      std::fflush(stdout);
    }
  }
}

std::vector<std::vector<std::size_t>> months_of(const profile::Reference& all) {
  std::vector<std::vector<std::size_t>> months;
  std::chrono::month last{};
  for (std::size_t i = 0; i < all.windows.size(); ++i) {
    const std::chrono::year_month_day date(
        std::chrono::floor<std::chrono::days>(all.windows[i].start));
    if (months.empty() || date.month() != last) months.emplace_back();
    last = date.month();
    months.back().push_back(i);
  }
  return months;
}

/// The days of a month without one of them and `apart` days on either side.
std::vector<std::size_t> others_of(const std::vector<std::size_t>& month, std::size_t day,
                                   std::size_t apart) {
  std::vector<std::size_t> others;
  for (const std::size_t other : month) {
    if (other + apart < day || other > day + apart) others.push_back(other);
  }
  return others;
}

constexpr std::size_t kFlightsADay = 16'000;

/// Whether each rule calls any column of a day critical, by the days of its reference.
void judge_day(const profile::Reference& all, const std::vector<std::size_t>& reference_days,
               std::size_t day, std::map<std::string, double>& critical) {
  const profile::Reference reference = some_windows(all, reference_days);
  const drift::SortedColumns none;
  Drifted drifted;
  for (const Kind& kind : kinds()) {
    Judge(leeway_setup(kind, main_measures(), kFlightsADay), reference, none)
        .judge(all.windows[day].profile, none, drifted);
  }
  for (const auto& [rule, columns] : drifted)
    critical[rule] += std::find(columns.begin(), columns.end(), true) != columns.end() ? 1.0 : 0.0;
}

void print_months(const std::string& title,
                  const std::vector<std::pair<std::string, std::map<std::string, double>>>& months,
                  const std::vector<double>& days, std::map<std::string, double>& per_month) {
  std::printf("\n#### %s\n\n", title.c_str());
  std::vector<std::string> names;
  for (const auto& [name, counts] : months) names.push_back(name);
  names.emplace_back("per 30 days");
  print_head("rule", names);
  double total_days = 0.0;
  for (const double count : days) total_days += count;
  for (const auto& [rule, unused] : months.front().second) {
    std::vector<std::string> cells;
    double total = 0.0;
    for (const auto& [name, counts] : months) {
      cells.push_back(number(counts.at(rule), 0));
      total += counts.at(rule);
    }
    per_month[rule] = total * 30.0 / total_days;
    cells.push_back(number(per_month[rule], 2));
    print_row(rule, cells);
  }
  std::fflush(stdout);
}

/// False unless each measure keeps its word on each day by the others of its month.
bool print_flights() {
  std::printf("\n### Flights of 2001: days with a critical column\n");
  const auto all = read_flights(std::string(LEEWAY_SOURCE_DIR) + "/tests/bench/power/flights.csv");
  if (!all) {
    std::printf("\n%s\n", all.error().message.c_str());
    return false;
  }
  const auto months = months_of(*all);
  bool kept = true;
  for (const std::size_t apart : {std::size_t{0}, std::size_t{3}}) {
    std::vector<std::pair<std::string, std::map<std::string, double>>> rows;
    std::vector<double> days;
    for (const auto& month : months) {
      rows.emplace_back("month " + std::to_string(rows.size() + 1),
                        std::map<std::string, double>{});
      days.push_back(static_cast<double>(month.size()));
      for (const std::size_t day : month)
        judge_day(*all, others_of(month, day, apart), day, rows.back().second);
    }
    std::map<std::string, double> per_month;
    print_months("each day by the others of its month, " + std::to_string(apart) +
                     " days on either side left out",
                 rows, days, per_month);
    for (const std::string& measure : main_measures())
      kept = kept && (apart > 0 || per_month.at(measure + ", windows") <= 1.5);
  }
  std::vector<std::pair<std::string, std::map<std::string, double>>> rows;
  std::vector<double> days;
  for (std::size_t at = 1; at < months.size(); ++at) {
    rows.emplace_back("month " + std::to_string(at + 1), std::map<std::string, double>{});
    days.push_back(static_cast<double>(months[at].size()));
    for (const std::size_t day : months[at])
      judge_day(*all, months[at - 1], day, rows.back().second);
  }
  std::map<std::string, double> per_month;
  print_months("each day by the month before: seasons move on, and this is drift", rows, days,
               per_month);
  return kept;
}

/// What README.md says is missed.
bool is_known(const Miss& miss) {
  return miss.process == "lasting 0.8" || miss.process == "lasting 0.95" ||
         miss.process == "walk" ||
         (miss.rule.ends_with("extrapolated") && miss.process != "days differ");
}

int run(const Options& options) {
  std::vector<Miss> misses;
  bool kept = true;
  if (options.wants("alarms")) print_alarm_sections(options, misses);
  if (options.wants("rows")) print_row_measures(options, misses);
  if (options.wants("histories")) print_histories(options, misses);
  if (options.wants("alarms") || options.wants("rows") || options.wants("histories")) {
    std::printf("\n### Beyond 1.5 times the budget, by more than two standard errors\n\n");
    print_misses(misses);
  }
  if (options.wants("peers")) print_peers(options);
  if (options.wants("shifts")) print_shifts(options);
  if (options.wants("flights")) kept = print_flights();
  if (options.wants("runs")) {
    std::printf("\n### Sequential detectors\n\n");
    print_run_lengths(static_cast<int>(options.months));
  }
  for (const Miss& miss : misses) kept = kept && is_known(miss);
  std::printf("\n%.0f CPU seconds\n", static_cast<double>(std::clock()) / CLOCKS_PER_SEC);
  return options.check && !kept ? 1 : 0;
}

}  // namespace
}  // namespace leeway::power

int main(int argc, char** argv) {
  leeway::power::Options options;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--check") == 0) {
      options.check = true;
    } else if (std::strcmp(argv[i], "--process") == 0 && i + 1 < argc) {
      options.process = argv[++i];
    } else if (std::strcmp(argv[i], "--months") == 0 && i + 1 < argc) {
      options.months = std::strtoull(argv[++i], nullptr, 10);
    } else if (std::strcmp(argv[i], "--rows") == 0 && i + 1 < argc) {
      options.rows = std::strtoull(argv[++i], nullptr, 10);
    } else {
      options.section = argv[i];
    }
  }
  return leeway::power::run(options);
}
