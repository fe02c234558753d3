#pragma once

#include <string>
#include <vector>

#include "tests/daemon/app/world.h"

namespace leeway::tests {

/// A model that looks once an hour at files of one day each and has January as its reference.
/// @param more  further keys of the model, each line indented by four blanks
inline std::string january_model(const World& world, const std::string& name = "flights",
                                 const std::string& more = "") {
  return "models:\n  - name: " + name +
         "\n    batches: { files: " + world.path("incoming").string() +
         "/*.csv, every: 1h }\n    reference: " + world.path("january.csv").string() +
         "\n    columns: { timestamp: at }\n" + more;
}

inline std::vector<Flights> january() {
  std::vector<Flights> days;
  for (int day = 1; day <= 31; ++day) {
    days.push_back({.day = "2001-01-" + std::string(day < 10 ? "0" : "") + std::to_string(day)});
  }
  return days;
}

/// "2001-02-03"
inline std::string february(int day) {
  return "2001-02-" + std::string(day < 10 ? "0" : "") + std::to_string(day);
}

/// The files of one day arrive early on the next.
inline void hand_over(World& world, const Flights& flights) {
  std::filesystem::create_directories(world.path("incoming"));
  world.write("incoming/" + flights.day + ".csv", csv_of({flights}));
}

}  // namespace leeway::tests
