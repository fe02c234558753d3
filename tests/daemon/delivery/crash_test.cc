#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "daemon/delivery/deliverer.h"
#include "daemon/delivery/webhook.h"
#include "tests/daemon/delivery/delivery_of.h"
#include "tests/daemon/store/child.h"
#include "tests/daemon/store/database.h"
#include "tests/support/coroutines.h"
#include "tests/support/webhook_receiver.h"

namespace leeway::delivery {
namespace {

using testing::Each;
using testing::SizeIs;
using tests::must;

/// A daemon's worth of delivering to a real receiver, until nothing is pending.
void deliver_everything(const std::filesystem::path& state, const std::string& url) {
  asio::io_context io;
  const auto clock = make_real_clock(io.get_executor());
  const auto store = must(store::Store::open(state));
  const auto client = net::make_http_client(*clock);
  Random random(1);
  std::size_t left = 0;
  Hooks hooks;
  hooks.recorded = [&left](const store::Delivery&, const store::Attempt&) { --left; };
  Deliverer deliverer(io.get_executor(), *clock, random, *store, hooks);

  auto enqueue = [now = clock->now()](store::Connection& connection) {
    return store::enqueue(connection, tests::delivery_of("d1", now));
  };
  must(tests::run(io, store->write(std::move(enqueue))));
  for (const auto& one : must(store->read(store::pending_counts))) left += one.pending;
  WebhookOptions options;
  options.url = url;
  deliverer.set_targets({{"hook", std::make_shared<Webhook>(*client, *clock, options)}});
  io.restart();
  while (left != 0 && io.run_one() != 0) {
  }
  ASSERT_EQ(left, 0U);
  must(tests::run(io, deliverer.stop(std::chrono::seconds(1))));
}

class DelivererCrash : public testing::TestWithParam<std::pair<const char*, std::size_t>> {};

TEST_P(DelivererCrash, SendsAgainUnderTheSameIdUntilItIsRecorded) {
  const auto& [failpoint, arrivals] = GetParam();
  const tests::TempFolder folder;
  const auto body = [&](tests::Pipe& from_parent, tests::Pipe&) {
    deliver_everything(folder / "state", from_parent.get());
  };
  tests::Child child(failpoint, body);
  tests::WebhookReceiver receiver;
  child.tell(receiver.url());
  ASSERT_TRUE(child.was_killed());
  deliver_everything(folder / "state", receiver.url());

  std::vector<std::string> ids;
  for (const auto& request : receiver.requests()) ids.push_back(request.header("webhook-id"));
  EXPECT_THAT(ids, testing::AllOf(SizeIs(arrivals), Each("d1")));
  const auto store = must(store::Store::open(folder / "state"));
  const auto read = [](store::Connection& connection) { return store::delivery(connection, "d1"); };
  EXPECT_EQ(must(store->read(read))->state, store::DeliveryState::kDelivered);
}

INSTANTIATE_TEST_SUITE_P(At, DelivererCrash,
                         testing::Values(std::pair("delivery.before_send", 1U),
                                         std::pair("delivery.after_send", 2U),
                                         // the second commit is that of the result
                                         std::pair("store.before_commit:2", 2U),
                                         std::pair("store.after_commit:2", 1U)),
                         [](const auto& instance) {
                           std::string name = instance.param.first;
                           for (char& c : name) c = std::isalnum(c) != 0 ? c : '_';
                           return name;
                         });

}  // namespace
}  // namespace leeway::delivery
