#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <iostream>
#include <map>
#include <set>
#include <string>

#include "detectors/base/random.h"
#include "tests/integration/crash/batches.h"
#include "tests/integration/crash/daemon.h"
#include "tests/integration/crash/outcome.h"
#include "tests/integration/crash/plan.h"
#include "tests/integration/crash/wreck.h"
#include "tests/support/process.h"
#include "tests/support/webhook_receiver.h"

namespace leeway::tests {
namespace {

using std::chrono::milliseconds;

constexpr int kDays = 240;
constexpr int kFirstRewritten = Daemon::kLearnedDays + 5;
constexpr int kLeastRewritten = 10;
constexpr milliseconds kFeedEvery{400};
constexpr milliseconds kToReachAFailpoint{30'000};

/// Refuses, drops or delays now and then, no message twice: the second try comes after 5 s, the
/// third only after 5 minutes.
class UnreliableReceiver {
 public:
  explicit UnreliableReceiver(std::uint64_t seed) : random_(seed) {}

  Answer operator()(const ReceivedRequest& request) {
    const std::uint64_t draw = random_.below(100);
    Answer answer;
    if (draw < 30) answer.delay = milliseconds(20 + random_.below(200));
    if (draw >= 80 && failed_.insert(request.header("webhook-id")).second) {
      ++failed_count_;
      answer.status = 503;
      answer.close = draw >= 90;
    }
    return answer;
  }

  std::size_t failed() const { return failed_count_; }

 private:
  Random random_;
  std::set<std::string> failed_;
  std::atomic<std::size_t> failed_count_{0};  // read while its threads answer
};

/// The next file, while the daemon lives or while it does not.
void hand_over(Batches& batches) {
  if (!batches.hand_over()) ADD_FAILURE() << "there are not enough files for so long a run";
}

/// One life, to its end by SIGKILL.
void live(const Daemon& daemon, const Kill& kill, Batches& batches) {
  hand_over(batches);
  Process process = daemon.start(kill.failpoint);
  if (kill.failpoint.empty()) {
    const auto ended = process.wait(kill.after / 2);
    hand_over(batches);
    ASSERT_FALSE(ended || process.wait(kill.after / 2)) << daemon.log();
    process.kill();
    return;
  }
  const auto end = std::chrono::steady_clock::now() + kToReachAFailpoint;
  while (process.is_running() && std::chrono::steady_clock::now() < end) {
    hand_over(batches);
    process.wait(kFeedEvery);
  }
  ASSERT_FALSE(process.is_running()) << kill.failpoint << " is not reached:\n" << daemon.log();
  ASSERT_EQ(process.kill(), (Exit{.status = 0, .signal = SIGKILL})) << kill.failpoint << "\n"
                                                                    << daemon.log();
}

/// The windows of a daemon that nobody disturbs, over the same files.
std::map<std::string, boost::json::object> undisturbed(const std::filesystem::path& folder,
                                                       const Batches& batches,
                                                       std::size_t windows) {
  const WebhookReceiver receiver;
  const Daemon daemon(folder, batches, receiver.url());
  Process process = daemon.start("");
  EXPECT_TRUE(is_done(daemon, windows, std::chrono::minutes(2))) << daemon.log();
  auto found = windows_of(daemon);
  EXPECT_EQ(process.stop(), Exit{}) << daemon.log();
  return found;
}

/// How often windows were judged again because a file was rewritten.
std::uint64_t corrections(const std::map<std::string, boost::json::object>& windows) {
  std::uint64_t sum = 0;
  for (const auto& [name, window] : windows) {
    sum += window.at("corrections").to_number<std::uint64_t>();
  }
  return sum;
}

TEST(Crash, LosesNothingAndDoublesNothingWhateverIsUnderWay) {
  const std::uint64_t seed = crash_seed();
  RecordProperty("seed", std::to_string(seed));
  const TemporaryFolder folder;
  Batches batches(folder.path(), kDays, kFirstRewritten);
  UnreliableReceiver unreliable(seed + 1);
  WebhookReceiver receiver(
      [&](std::size_t, const ReceivedRequest& request) { return unreliable(request); });
  const Daemon daemon(folder / "disturbed", batches, receiver.url());
  Wrecks wrecks(daemon.state(), receiver);

  int in_flight = 0;
  int batches_in_flight = 0;
  int deliveries_in_flight = 0;
  const auto live_and_look = [&](const Kill& kill) {
    ASSERT_NO_FATAL_FAILURE(live(daemon, kill, batches)) << "seed " << seed;
    const Wreck found = wrecks.look();
    batches_in_flight += found.batch ? 1 : 0;
    deliveries_in_flight += found.delivery ? 1 : 0;
    if (found.closed) batches.rewrite(*found.closed);
    in_flight += found.batch || found.delivery ? 1 : 0;
  };
  const auto kills = planned_kills(seed);
  for (const Kill& kill : kills) ASSERT_NO_FATAL_FAILURE(live_and_look(kill));
  EXPECT_EQ(kills.size(), 120U);
  // On a slow machine lives are short: windows close late, and until then nothing is rewritten.
  for (const Kill& kill : planned_kills(seed + 2)) {
    if (batches.rewritten() >= kLeastRewritten) break;
    ASSERT_NO_FATAL_FAILURE(live_and_look(kill));
  }
  EXPECT_GE(in_flight, 40);
  EXPECT_GE(batches_in_flight, 10);
  EXPECT_GE(deliveries_in_flight, 10);
  EXPECT_GE(batches.rewritten(), kLeastRewritten);
  EXPECT_GE(unreliable.failed(), 10U);

  const auto totals = batches.totals();
  Process process = daemon.start("");
  EXPECT_TRUE(is_done(daemon, totals.size(), std::chrono::minutes(1))) << daemon.log();
  const auto windows = windows_of(daemon);
  expect_totals(windows, totals);
  EXPECT_GE(corrections(windows), 10U);
  expect_told(daemon, receiver);
  EXPECT_EQ(process.stop(), Exit{}) << daemon.log();
  expect_same(windows, undisturbed(folder / "undisturbed", batches, totals.size()));

  std::cout << "seed " << seed << ": " << kills.size() << " kills, " << in_flight
            << " with work in flight (" << batches_in_flight << " a batch, " << deliveries_in_flight
            << " a delivery); " << batches.files() << " files, " << batches.rewritten()
            << " rewritten, " << corrections(windows) << " windows corrected; " << receiver.count()
            << " webhooks, " << unreliable.failed() << " of them refused once\n";
}

}  // namespace
}  // namespace leeway::tests
