#include "daemon/registry/write_back_state.h"

#include <gtest/gtest.h>

namespace leeway::registry {
namespace {

TEST(WriteBackState, ComesBackAsItWas) {
  WriteBackState state{.place = "http://mlflow:5000\nmonitoring\n",
                       .done = parse_time("2001-02-03").value(),
                       .run_version = "3",
                       .run = "5e",
                       .written = 12,
                       .dropped = 1};
  EXPECT_EQ(parse_write_back(serialize(state)).value(), state);
  state.done.reset();
  EXPECT_EQ(parse_write_back(serialize(state)).value(), state);
}

TEST(WriteBackState, ThatMakesNoSenseIsRefused) {
  for (const char* text : {"", "[]", "{}", R"({"format": 2})", R"({"format": 1, "place": 3})"}) {
    const auto read = parse_write_back(text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
  }
}

TEST(WriteBackState, BelongsToItsServerExperimentAndRun) {
  config::ModelRegistry registry;
  registry.mlflow = "http://a";
  registry.write_back = config::RegistryWriteBack{.experiment = "e", .run = ""};
  const std::string place = place_of(registry);
  registry.write_back->experiment = "f";
  EXPECT_NE(place_of(registry), place);
}

}  // namespace
}  // namespace leeway::registry
