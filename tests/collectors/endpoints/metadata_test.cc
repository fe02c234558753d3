#include <gmock/gmock.h>

#include "collectors/endpoints/probe.h"

namespace leeway::endpoints {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Metadata credit() {
  return {.model = "credit",
          .version = "2",
          .platform = "sklearn",
          .inputs = {{"age", "FP32", {-1, 1}}, {"city", "BYTES", {-1}}},
          .outputs = {{"score", "FP64", {-1, 2}}}};
}

TEST(SchemaHash, IsTheSameWhateverTheOrder) {
  auto turned = credit();
  std::swap(turned.inputs[0], turned.inputs[1]);
  turned.version = "3";  // no part of the schema
  EXPECT_EQ(schema_hash(turned), schema_hash(credit()));
  EXPECT_EQ(schema_hash({}), 0U);
}

TEST(SchemaHash, NeverChangesBecauseItIsStored) {
  // FNV-1a with 0xFF after each part, computed in Python.
  EXPECT_EQ(schema_hash(credit()), 7320246460281171076ULL);
}

TEST(SchemaHash, ChangesWithEveryPart) {
  const auto base = schema_hash(credit());
  auto other = credit();
  other.inputs[0].datatype = "FP64";
  EXPECT_NE(schema_hash(other), base);
  other = credit();
  other.inputs[0].shape = {-1, 2};
  EXPECT_NE(schema_hash(other), base);
  other = credit();
  other.inputs.push_back(other.outputs[0]);
  other.outputs.clear();
  EXPECT_NE(schema_hash(other), base);
}

TEST(Changes, AreSentencesForPeople) {
  auto now = credit();
  now.version = "3";
  now.inputs[0].datatype = "FP64";
  now.inputs[1].name = "town";
  EXPECT_THAT(changes(credit(), now),
              ElementsAre("version: 3, was 2", "input 'age': FP64 [-1, 1], was FP32 [-1, 1]",
                          "input 'town' is new", "input 'city' is gone"));
  EXPECT_THAT(changes(credit(), credit()), IsEmpty());
}

TEST(Changes, LeaveOutWhatOneSideDoesNotSay) {
  EXPECT_THAT(changes(credit(), {.model = "credit"}), IsEmpty());
}

}  // namespace
}  // namespace leeway::endpoints
