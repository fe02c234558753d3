#pragma once

#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/compute/report.h"
#include "daemon/compute/settings.h"
#include "daemon/store/store.h"

namespace leeway::compute {

/// What the daemon around it lends; all outlive the source.
struct Surroundings {
  Clock& clock;
  store::Store& store;
  asio::thread_pool& pool;
  net::HttpClient& http;
};

/// Reads what one model's compute uses, every so often, keeps the account of it and puts what
/// follows on the board. The account is on the disk before the board shows it. On the thread of the
/// io_context.
class ComputeSource final : public monitor::LiveSource {
 public:
  /// What a model's configuration says of its compute.
  struct Options {
    std::string key;  ///< the model's, "production/flight-delay"
    config::Compute compute;
    retraining::TimeZone zone{};  ///< whose hours the week is made of
  };
  ComputeSource(Surroundings surroundings, Options options, monitor::LiveBoard& board);

  Task<> run() override;
  bool busy() const override { return busy_; }

 private:
  struct Watched {
    std::unique_ptr<Source> source;
    SourceState state;
    bool was_said = false;  ///< that it fails
  };

  Async<> restore();
  Async<> round();
  Async<Account::Readings> read_all(TimePoint now);
  void note(Watched& watched, const Result<Reading>& reading);
  Async<> allocate(TimePoint now);
  Week::Values values_of(const Account::Step& step) const;
  std::optional<double> latency(const Usage& usage) const;
  Reading of_endpoint() const;
  Async<> save(TimePoint now);
  Duration first_pause() const;

  Surroundings surroundings_;
  std::string key_;
  config::Compute settings_;
  retraining::TimeZone zone_;
  monitor::LiveBoard& board_;
  Price price_;
  std::vector<Watched> watched_;
  Account account_;
  Week week_;
  std::int64_t saved_hour_ = 0;
  std::string opencost_error_;
  bool busy_ = false;
};

}  // namespace leeway::compute
