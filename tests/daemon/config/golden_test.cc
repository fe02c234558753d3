#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/daemon/config/support.h"

namespace leeway::config::testing {
namespace {

const std::string kFolder = LEEWAY_SOURCE_DIR "/tests/golden/config/";

/// Every NAME.yaml of tests/golden/config is refused with the text NAME.txt. After a deliberate
/// change of a message run this test with LEEWAY_UPDATE_GOLDEN=1 and read the difference.
class Message : public ::testing::TestWithParam<std::string> {};

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string without_folder(std::string text) {
  for (auto at = text.find(kFolder); at != std::string::npos; at = text.find(kFolder, at)) {
    text.erase(at, kFolder.size());
  }
  return text + "\n";
}

TEST_P(Message, IsAsWritten) {
  const auto document = read_file(kFolder + GetParam() + ".yaml");
  ASSERT_FALSE(document) << "was accepted";
  EXPECT_EQ(document.error().code, ErrorCode::kInvalidConfig);
  const std::string text = without_folder(document.error().message);
  const std::string expected = kFolder + GetParam() + ".txt";
  if (std::getenv("LEEWAY_UPDATE_GOLDEN") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
    std::ofstream(expected, std::ios::binary) << text;
  }
  EXPECT_EQ(text, read_whole(expected));
}

TEST_P(Message, HoldsNoLiteralSecret) {
  const auto document = read_file(kFolder + GetParam() + ".yaml");
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().message.find("leaked"), std::string::npos);
  EXPECT_EQ(document.error().message.find("bGVha2Vk"), std::string::npos);  // "leaked" in base64
}

INSTANTIATE_TEST_SUITE_P(Golden, Message, ::testing::ValuesIn(names()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace leeway::config::testing
