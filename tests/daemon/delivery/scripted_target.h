#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "collectors/async/clock.h"
#include "daemon/delivery/target.h"
#include "tests/daemon/delivery/delivery_of.h"

namespace leeway::tests {

/// Answers as it was told, after some time of its clock.
class ScriptedTarget : public delivery::Target {
 public:
  explicit ScriptedTarget(Clock& clock) : clock_(clock) {}

  Async<delivery::Outcome> deliver(store::Delivery delivery) override {
    sent.push_back(delivery.id);
    if (on_send) on_send(delivery);
    if (takes != Duration{0}) {
      const auto slept = co_await clock_.sleep(takes);
      if (!slept) co_return fail(slept.error());
    }
    auto& answers = script[delivery.id];
    if (answers.empty()) co_return otherwise;
    auto answer = answers.front();
    answers.pop_front();
    co_return answer;
  }

  bool idempotent() const override { return knows_ids; }

  std::map<std::string, std::deque<delivery::Outcome>> script;  ///< by delivery, in order
  delivery::Outcome otherwise = delivery::Outcome::delivered(200);
  Duration takes{};
  bool knows_ids = true;
  std::function<void(const store::Delivery&)> on_send;

  std::vector<std::string> sent;  ///< ids, in order
  std::vector<bool> doubts;

 private:
  Clock& clock_;
};

}  // namespace leeway::tests
