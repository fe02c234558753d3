#include "daemon/endpoints/endpoint_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/endpoints/probes.h"

namespace leeway::endpoint {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using tests::endpoint_config;
using tests::good_probe;
using tests::kProbed;
using tests::late_probe;
using tests::refused_probe;
using tests::served;

endpoints::ProbeResult telling(endpoints::Metadata metadata, Duration after) {
  endpoints::ProbeResult result = good_probe(kProbed + after, milliseconds(5));
  result.metadata = std::move(metadata);
  return result;
}

TEST(EndpointState, CountsFailuresByThePhaseTheyEndedIn) {
  EndpointState state(endpoint_config(), "production/m");
  state.take(good_probe(kProbed, milliseconds(5)));
  state.take(refused_probe(kProbed + seconds(12)));
  state.take(late_probe(kProbed + seconds(24)));
  endpoints::ProbeResult wrong = good_probe(kProbed + seconds(36), milliseconds(5));
  wrong.up = false;
  wrong.status = 503;
  state.take(wrong);
  EXPECT_EQ(state.requests, 4U);
  EXPECT_THAT(state.failures,
              ElementsAre(Pair("answer", 1U), Pair("connect", 1U), Pair("first_byte", 1U)));
  EXPECT_EQ(state.times.back().count, 2U);  // only what was answered has a time
}

TEST(EndpointState, AnotherVersionIsOneEventAndTheFirstIsNone) {
  EndpointState state(endpoint_config(), "production/m");
  EXPECT_THAT(state.take(telling(served("3"), seconds(0))), IsEmpty());
  EXPECT_THAT(state.take(telling(served("3"), seconds(60))), IsEmpty());
  const auto events = state.take(telling(served("4"), seconds(120)));
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].kind, "endpoint.version");
  EXPECT_EQ(events[0].before, "3");
  EXPECT_EQ(events[0].after, "4");
  EXPECT_EQ(events[0].at, kProbed + seconds(120));
  EXPECT_THAT(state.take(telling(served("4"), seconds(180))), IsEmpty());
}

TEST(EndpointState, AnAnswerThatDoesNotSayTheVersionChangesNothing) {
  EndpointState state(endpoint_config(), "production/m");
  state.take(telling(served("3"), seconds(0)));
  endpoints::Metadata silent = served("");
  silent.inputs.clear();
  silent.outputs.clear();
  EXPECT_THAT(state.take(telling(silent, seconds(60))), IsEmpty());
  EXPECT_THAT(state.take(telling(served("3"), seconds(120))), IsEmpty());
}

TEST(EndpointState, AnotherSchemaSaysWhichFieldChanged) {
  EndpointState state(endpoint_config(), "production/m");
  state.take(telling(served("3"), seconds(0)));
  const auto events = state.take(telling(served("4", "FP32"), seconds(60)));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1].kind, "endpoint.schema");
  EXPECT_THAT(events[1].note, HasSubstr("age"));
  EXPECT_THAT(events[1].note, HasSubstr("FP32"));
  EXPECT_EQ(events[1].note.find("version"), std::string::npos);
}

TEST(EndpointState, ServedTotalsGoOnWhenTheServerBeginsAnew) {
  EndpointState state(endpoint_config(), "production/m");
  endpoints::ServingMetrics page;
  int minute = 0;
  for (const double requests : {1000.0, 1100.0, 30.0, 50.0}) {
    page.requests = requests;
    state.take(page, kProbed + minutes(minute++));
  }
  EXPECT_EQ(state.totals.requests, 150.0);  // 100 + 30 of the new server + 20
}

TEST(EndpointState, ComesBackAfterARestartAndKnowsWhatWasServed) {
  auto config = endpoint_config();
  config.latency = {.quantile = 0.99, .limit = milliseconds(100), .over = minutes(60)};
  config.availability = {.objective = 0.99, .over = minutes(60)};
  EndpointState state(config, "production/m");
  state.take(telling(served("3"), seconds(0)));
  state.take(late_probe(kProbed + seconds(12)));
  endpoints::ServingMetrics page;
  page.requests = 10.0;
  state.take(page, kProbed);
  page.requests = 25.0;
  state.take(page, kProbed + minutes(1));

  EndpointState again(config, "production/m");
  ASSERT_TRUE(again.restore(state.serialize()));
  EXPECT_EQ(again.serialize(), state.serialize());
  EXPECT_EQ(again.requests, 2U);
  EXPECT_EQ(again.totals.requests, 15.0);
  // The server's counter says nothing of what came while we were away, so nothing is made up.
  page.requests = 100.0;
  again.take(page, kProbed + minutes(2));
  EXPECT_EQ(again.totals.requests, 15.0);
  EXPECT_THAT(again.take(telling(served("4"), seconds(600))),
              ElementsAre(Field(&store::Event::kind, "endpoint.version")));
}

TEST(EndpointState, DamagedAnywhereIsRefusedOrReadAndLeavesNoHalf) {
  EndpointState state(endpoint_config(), "production/m");
  state.take(telling(served("3"), seconds(0)));
  const std::string text = state.serialize();
  const std::string fresh = EndpointState(endpoint_config(), "production/m").serialize();
  for (std::size_t i = 0; i < text.size(); i += 3) {
    EndpointState again(endpoint_config(), "production/m");
    if (!again.restore(text.substr(0, i))) EXPECT_EQ(again.serialize(), fresh) << i;
  }
  EndpointState newer(endpoint_config(), "production/m");
  EXPECT_FALSE(newer.restore(R"({"version":2})"));
}

}  // namespace
}  // namespace leeway::endpoint
