#include "collectors/async/slots.h"

#include <gmock/gmock.h>

#include <boost/asio/post.hpp>
#include <optional>
#include <vector>

#include "collectors/async/task_group.h"
#include "tests/support/coroutines.h"

namespace leeway {
namespace {

using testing::ElementsAre;

class SlotsTest : public testing::Test {
 protected:
  ~SlotsTest() override {
    group_.stop();
    clock_.settle();
  }

  /// Takes a slot, and keeps it until give_back().
  void take(int who) {
    group_.spawn(hold(who), "take");
    clock_.settle();
  }
  void give_back(int who) {
    held_.at(static_cast<std::size_t>(who)).reset();
    clock_.settle();
  }

  Task<> hold(int who) {
    auto slot = co_await slots_.acquire();
    if (!slot) {
      stopped_.push_back(who);
      co_return;
    }
    order_.push_back(who);
    held_.at(static_cast<std::size_t>(who)).emplace(std::move(*slot));
  }

  asio::io_context io_;
  VirtualClock clock_{io_.get_executor(), TimePoint{}};
  Slots slots_{2};
  TaskGroup group_{io_.get_executor()};
  std::vector<std::optional<Slots::Held>> held_{6};
  std::vector<int> order_;
  std::vector<int> stopped_;
};

TEST_F(SlotsTest, AreGivenInTheOrderInWhichTheyWereAskedFor) {
  for (int who = 0; who < 5; ++who) take(who);
  EXPECT_THAT(order_, ElementsAre(0, 1));
  EXPECT_EQ(slots_.held(), 2U);
  EXPECT_EQ(slots_.waiting(), 3U);
  give_back(1);
  EXPECT_THAT(order_, ElementsAre(0, 1, 2));
  give_back(0);
  give_back(2);
  EXPECT_THAT(order_, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(slots_.held(), 2U);
  give_back(3);
  give_back(4);
  EXPECT_EQ(slots_.held(), 0U);
  take(5);
  EXPECT_EQ(slots_.held(), 1U);
}

TEST_F(SlotsTest, AreNotLostToWhoIsToldToStop) {
  for (int who = 0; who < 2; ++who) take(who);
  {
    TaskGroup others(io_.get_executor());
    others.spawn(hold(2), "stopped while waiting");
    clock_.settle();
    others.stop();
    clock_.settle();
    EXPECT_THAT(stopped_, ElementsAre(2));
  }
  EXPECT_EQ(slots_.waiting(), 0U);
  take(4);
  {
    TaskGroup others(io_.get_executor());
    others.spawn(hold(5), "stopped in the turn in which its slot comes");
    clock_.settle();
    give_back(0);  // to 4
    asio::post(io_, [this, &others] {
      others.stop();
      held_[1].reset();
    });
    clock_.settle();
  }
  EXPECT_EQ(slots_.held(), 1U);
  EXPECT_THAT(order_, ElementsAre(0, 1, 4));
  EXPECT_THAT(stopped_, ElementsAre(2, 5));
}

}  // namespace
}  // namespace leeway
