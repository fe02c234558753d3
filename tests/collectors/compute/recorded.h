#pragma once

#include <string>
#include <utility>
#include <vector>

#include "collectors/net/http_client.h"

namespace leeway::compute {

/// Answers with what was recorded, and keeps what it was asked.
class Recorded final : public net::HttpClient {
 public:
  struct Answer {
    int status = 200;
    std::string body;
  };

  explicit Recorded(std::vector<Answer> answers) : answers_(std::move(answers)) {}

  Task<net::HttpOutcome> send(net::HttpRequest request) override {
    requests.push_back(std::move(request));
    if (requests.size() > answers_.size()) {
      net::HttpFailure failure;
      failure.error = {ErrorCode::kUnavailable, "connect: refused"};
      co_return net::HttpOutcome(tl::unexpect, std::move(failure));
    }
    const Answer& answer = answers_[requests.size() - 1];
    net::HttpResponse response;
    response.status = answer.status;
    response.body = answer.body;
    co_return response;
  }

  std::vector<net::HttpRequest> requests;

 private:
  std::vector<Answer> answers_;
};

}  // namespace leeway::compute
