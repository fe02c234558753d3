#include "tests/bench/power/trials.h"

#include "detectors/base/bytes.h"

namespace leeway::power {
namespace {

/// The numbers of windows in ascending order, without the missing ones.
class Rows {
 public:
  explicit Rows(const std::vector<Window>& windows) {
    columns_.resize(windows.front().numbers.size() + 1);  // the last is the categorical one
    for (const Window& window : windows) {
      for (std::size_t i = 0; i < window.numbers.size(); ++i)
        columns_[i].insert(columns_[i].end(), window.numbers[i].begin(), window.numbers[i].end());
    }
    for (std::vector<double>& column : columns_) {
      std::erase_if(column, [](double value) { return std::isnan(value); });
      std::sort(column.begin(), column.end());
      sorted_.columns.emplace_back(column);
    }
  }
  const drift::SortedColumns& sorted() const { return sorted_; }

 private:
  std::vector<std::vector<double>> columns_;
  drift::SortedColumns sorted_;
};

/// One month of reference and what judges by it.
class Month {
 public:
  Month(const Process& process, const Trial& trial, std::uint64_t seed)
      : series(process, seed),
        needs_rows_(std::ranges::any_of(trial.setups, &Setup::needs_rows)),
        windows_(draw(trial)),
        reference_(reference_of(process, windows_)),
        rows_(needs_rows_ ? windows_ : std::vector<Window>{Window{}}) {
    for (const Setup& setup : trial.setups) judges_.emplace_back(setup, reference_, rows_.sorted());
    windows_.clear();
  }

  Month(const Month&) = delete;  // judges point into it
  Month& operator=(const Month&) = delete;

  Drifted judge(const Window& window) const {
    const profile::Profile profile = profile_of(reference_.schema, window);
    const Rows rows(needs_rows_ ? std::vector<Window>{window} : std::vector<Window>{Window{}});
    Drifted drifted;
    for (const Judge& judge : judges_) judge.judge(profile, rows.sorted(), drifted);
    return drifted;
  }

  Series series;  // goes on after the reference

 private:
  std::vector<Window> draw(const Trial& trial) {
    std::vector<Window> windows;
    for (std::size_t i = 0; i < trial.reference_windows; ++i)
      windows.push_back(series.next(trial.rows));
    return windows;
  }

  bool needs_rows_;
  std::vector<Window> windows_;
  profile::Reference reference_;
  Rows rows_;
  std::vector<Judge> judges_;
};

std::uint64_t seed_of(const Process& process, const Trial& trial, std::size_t month) {
  return hash64(process.name) + 1'000 * trial.rows + month;
}

bool any_of(const std::vector<bool>& columns) {
  return std::find(columns.begin(), columns.end(), true) != columns.end();
}

/// By rule, whether each of the windows that follow the reference is found: by the columns that
/// shift, the first and the last.
std::map<std::string, std::vector<bool>> found_after(const Month& month, const Shift& shift,
                                                     std::size_t rows) {
  Series series = month.series;
  std::map<std::string, std::vector<bool>> found;
  for (std::size_t live = 0; live < kShiftedWindows; ++live) {
    for (const auto& [name, columns] : month.judge(series.next(rows, shift)))
      found[name].push_back(columns.front() || columns.back());
  }
  return found;
}

}  // namespace

std::map<std::string, Mean> false_alarms(const Process& process, const Trial& trial) {
  std::map<std::string, Mean> means;
  for (std::size_t i = 0; i < trial.months; ++i) {
    Month month(process, trial, seed_of(process, trial, i));
    std::map<std::string, double> alarms;
    for (std::size_t live = 0; live < kLiveWindows; ++live) {
      for (const auto& [name, columns] : month.judge(month.series.next(trial.rows)))
        alarms[name] += any_of(columns) ? 30.0 / static_cast<double>(kLiveWindows) : 0.0;
    }
    for (const auto& [name, count] : alarms) means[name].add(count);
  }
  return means;
}

std::vector<std::map<std::string, Detection>> detections(const Process& process,
                                                         const Trial& trial) {
  std::vector<std::map<std::string, Detection>> all(shifts().size());
  for (std::size_t i = 0; i < trial.months; ++i) {
    const Month month(process, trial, seed_of(process, trial, i));
    for (std::size_t at = 0; at < shifts().size(); ++at) {
      for (const auto& [name, days] : found_after(month, shifts()[at], trial.rows)) {
        const auto first = std::find(days.begin(), days.end(), true);
        Detection& detection = all[at][name];
        detection.share.add(static_cast<double>(std::count(days.begin(), days.end(), true)) /
                            static_cast<double>(days.size()));
        detection.delay.add(static_cast<double>(first - days.begin()) + 1.0);
      }
    }
  }
  return all;
}

}  // namespace leeway::power
