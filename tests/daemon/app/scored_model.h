#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "tests/daemon/app/world.h"

namespace leeway::tests {

/// A model that scores people: p = 0.3, plus 0.1 in Oslo, plus 0.002 a year of age.
double score_of(std::int64_t age, std::string_view city);

/// MLflow's scoring server with that model, or with another one.
class ScoringServer {
 public:
  ScoringServer();

  std::string url() const { return server_.url(""); }
  void shift_by(double shift);          ///< added to every score
  void shift_in(std::string city);      ///< ... only there
  void fail_with(std::string message);  ///< status 500; empty: no more

  /// The requests to score rows, in the order of arrival.
  std::vector<ReceivedRequest> asked() const;
  /// The rows of all of them.
  std::size_t rows_asked() const;

 private:
  Answer answer(const ReceivedRequest& request);

  mutable std::mutex mutex_;
  double shift_ = 0.0;
  std::string city_;
  std::string failure_;
  WebhookReceiver server_;  // the last member: it calls answer()
};

/// at,id,age,city,p: a day of people whose scores were recorded.
std::string people_csv(std::string_view day, int rows, std::string_view prefix = "p");

/// id,late: labels of the same people. Somebody is late whose score is above `limit`.
std::string labels_csv(int rows, double limit, std::string_view prefix = "p");

/// A model of people with January as its reference, whose batches are looked for every ten minutes.
/// @param endpoint  further keys of the endpoint, each line indented by six blanks
/// @param columns   further keys of the columns, beginning with a comma
std::string people_model(const World& world, const ScoringServer& server,
                         const std::string& endpoint, const std::string& columns = "");

/// Ten days of reference.
void write_reference(World& world);

/// A finding of a live source; empty if there is none.
boost::json::object live_finding(const boost::json::object& model, std::string_view source,
                                 std::string_view measure, std::string_view part = "");

}  // namespace leeway::tests
