#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "collectors/async/slots.h"
#include "collectors/endpoints/authorizer.h"
#include "collectors/endpoints/dialect.h"
#include "collectors/endpoints/prober.h"

namespace leeway::endpoints {

/// One target, its dialect, and what is prepared of its requests.
class OpenEndpoint final : public Endpoint {
 public:
  /// What is shared by all endpoints of a prober; outlives them.
  struct Shared {
    Clock& clock;
    net::PreparingClient& client;
    Tokens& tokens;
    Slots& slots;
  };

  static Result<std::unique_ptr<Endpoint>> open(Shared shared, ProbeTarget target);

  const ProbeTarget& target() const override { return target_; }
  Task<ProbeResult> probe() override;
  Async<Metadata> metadata() override;
  Async<Scores> score(Rows rows) override;
  Async<Scores> score_body(std::string body) override;
  Async<Scrape> scrape(std::string url) override;

 private:
  OpenEndpoint(Shared shared, ProbeTarget target, std::unique_ptr<Dialect> dialect);

  net::HttpRequest request_of(Ask ask, bool authorized) const;
  Task<net::HttpOutcome> send(Ask ask);
  Task<net::HttpOutcome> send_health();
  Async<Scores> score_with(Ask ask, std::size_t rows);

  void judge(const net::HttpOutcome& outcome, ProbeResult& result) const;
  void judge_answer(const net::HttpResponse& response, ProbeResult& result) const;
  Task<> add_metadata(ProbeResult& result);
  Task<> add_golden(ProbeResult& result);

  Shared shared_;
  ProbeTarget target_;
  std::unique_ptr<Dialect> dialect_;
  Site site_;
  CompiledChecks checks_;
  Authorizer authorizer_;
  net::Prepared health_;
  std::uint64_t health_generation_ = 0;
  std::optional<Metadata> known_;
  std::string served_version_;  ///< of the last answer to rows: MLServer's metadata lacks it
  std::optional<Duration> metadata_due_;
  std::optional<Duration> golden_due_;
};

}  // namespace leeway::endpoints
