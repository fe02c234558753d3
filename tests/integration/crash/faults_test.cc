#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <chrono>
#include <string>

#include "tests/integration/crash/batches.h"
#include "tests/integration/crash/daemon.h"
#include "tests/integration/crash/outcome.h"
#include "tests/support/process.h"
#include "tests/support/webhook_receiver.h"

namespace leeway::tests {
namespace {

using testing::HasSubstr;

constexpr int kDays = 30;
constexpr auto kDeadline = std::chrono::seconds(60);

/// What goes wrong around a real daemon, and that nothing is lost by it.
class Faults : public testing::Test {
 protected:
  void hand_over(int files) {
    for (int i = 0; i < files; ++i) ASSERT_TRUE(batches_.hand_over());
  }

  /// With nothing in its way any more, everything is taken in and told.
  void expect_all_is_well() {
    const auto totals = batches_.totals();
    ASSERT_TRUE(is_done(daemon_, totals.size(), kDeadline)) << daemon_.log();
    expect_totals(windows_of(daemon_), totals);
    expect_told(daemon_, receiver_);
  }

  /// Files in quarantine, over all models.
  std::int64_t quarantined() const {
    std::int64_t sum = 0;
    const auto status = daemon_.ask({"status"});
    for (const auto& model : status.at("models").as_array()) {
      sum += model.at("quarantined").to_number<std::int64_t>();
    }
    return sum;
  }

  TemporaryFolder folder_;
  Batches batches_{folder_.path(), kDays, kDays};
  WebhookReceiver receiver_;
  Daemon daemon_{folder_ / "daemon", batches_, receiver_.url()};
};

TEST_F(Faults, AFullDiskEndsIntakeSaysSoAndLosesNothing) {
  hand_over(4);
  {
    Process process = daemon_.start_on_small_disk(600);
    ASSERT_EQ(daemon_.get("/-/ready").status, 200) << daemon_.log();
    const auto full = [&] { return daemon_.get("/-/ready").status == 503; };
    for (int more = 0; more < kDays && !full(); ++more) {
      hand_over(1);
      eventually(full, std::chrono::seconds(1));
    }
    const HttpAnswer answer = daemon_.get("/-/ready");
    EXPECT_EQ(answer.status, 503);
    EXPECT_THAT(answer.body, HasSubstr("takes no more writes"));
    EXPECT_EQ(daemon_.get("/-/healthy").status, 200);
    EXPECT_TRUE(daemon_.ask({"windows"}).contains("windows")) << "what is stored can be read";
    EXPECT_EQ(process.stop().signal, 0) << daemon_.log();
  }
  hand_over(2);
  Process process = daemon_.start("");
  expect_all_is_well();
  EXPECT_EQ(process.stop(), Exit{}) << daemon_.log();
}

TEST_F(Faults, ACorruptFileIsSetAsideUntilItIsReplacedAndHoldsNothingUp) {
  hand_over(5);
  batches_.break_next();
  Process process = daemon_.start("");
  ASSERT_TRUE(eventually([&] { return quarantined() == 2; }, kDeadline)) << daemon_.log();
  EXPECT_THAT(daemon_.log(), HasSubstr("batch quarantined"));
  hand_over(3);  // the first of them in the place of the corrupt one
  expect_all_is_well();
  EXPECT_EQ(quarantined(), 0);
  EXPECT_EQ(process.stop(), Exit{}) << daemon_.log();
}

}  // namespace
}  // namespace leeway::tests
