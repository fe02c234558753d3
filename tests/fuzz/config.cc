#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/config/load.h"

namespace leeway::config {
namespace {

/// What libFuzzer would get as its dictionary.
constexpr std::array<std::string_view, 34> kTokens = {
    "models:",
    "- name: a",
    "batches: a.csv",
    "for_each: [{ n: 1 }]",
    "${each.n}",
    "${credential:x}",
    "$$",
    "extends:",
    "defaults:",
    "include: x",
    "&a ",
    "*a",
    "<<: ",
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "\"",
    "'",
    "|\n",
    "\n  ",
    "\t",
    "~",
    "? ",
    "!!str ",
    "---\n",
    "1d",
    "0.05",
    "99999999999999",
    "\xC3\xA4",
    "\xFF",
    "#",
};

std::vector<std::string> yaml_files(const char* folder) {
  std::vector<std::string> texts;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  std::sort(texts.begin(), texts.end());  // the order of a folder differs between machines
  return texts;
}

/// The standard's distributions differ between libraries, and the corpus must not.
class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : engine_(seed) {}

  std::size_t below(std::size_t n) { return n == 0 ? 0 : engine_() % n; }

  void mutate(std::string& text, const std::vector<std::string>& corpus) {
    const std::size_t at = below(text.size() + 1);
    const std::size_t length = std::min(below(40), text.size() - at);
    switch (below(7)) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, text.substr(below(text.size() + 1), below(60)));
        break;
      case 2:
        text.insert(at, kTokens[below(kTokens.size())]);
        break;
      case 3:
        text.replace(at, length, kTokens[below(kTokens.size())]);
        break;
      case 4:
        text.resize(at);
        break;
      case 5:
        if (at < text.size()) text[at] = static_cast<char>(engine_());
        break;
      default: {
        const std::string& other = corpus[below(corpus.size())];
        text.insert(at, other.substr(below(other.size() + 1), below(200)));
      }
    }
  }

 private:
  std::mt19937_64 engine_;
};

std::string scratch_file() {
  static const std::string path =
      ::testing::TempDir() + "leeway_fuzz_" + std::to_string(::getpid()) + ".yaml";
  return path;
}

/// Any text is refused with a reason or gives a configuration that can be shown.
bool survives(std::string_view text) {
  std::ofstream(scratch_file(), std::ios::binary) << text;
  const auto document =
      Document::read(scratch_file(), {}, [](std::string_view) { return std::nullopt; });
  if (!document) return !document.error().message.empty();
  bool whole =
      !document->explain(Format::kJson).empty() && document->show("", Format::kText).has_value();
  for (const Model& model : document->config()->models) {
    whole = whole && document->show(model.key(), Format::kJson).has_value();
  }
  return whole;
}

}  // namespace
}  // namespace leeway::config

/// The entry point that libFuzzer calls; link it with -fsanitize=fuzzer to search for more.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  return leeway::config::survives(text) ? 0 : 1;
}

namespace leeway::config {
namespace {

TEST(FuzzConfig, SurvivesAFixedCorpusOfMutations) {
  constexpr int kInputs = 4000;
  const auto good = yaml_files(LEEWAY_SOURCE_DIR "/deploy");
  const auto bad = yaml_files(LEEWAY_SOURCE_DIR "/tests/golden/config");
  ASSERT_GE(good.size(), 2U);
  ASSERT_GT(bad.size(), 20U);
  Mutator mutator(20260131);
  for (int i = 0; i < kInputs; ++i) {
    // A good file changed once is often still good, and then the way behind the checks is walked
    // too.
    const bool gently = i % 2 == 0;
    const auto& corpus = gently ? good : bad;
    std::string text = corpus[mutator.below(corpus.size())];
    for (std::size_t steps = gently ? 1 : 1 + mutator.below(6); steps > 0; --steps)
      mutator.mutate(text, bad);
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    ASSERT_EQ(LLVMFuzzerTestOneInput(bytes.data(), bytes.size()), 0) << "input " << i << ":\n"
                                                                     << text;
  }
  std::filesystem::remove(scratch_file());
}

TEST(FuzzConfig, RefusesWhatGrowsWithoutGrowing) {
  for (const std::string_view unit :
       {"[", "{a: ", "[\n", "- ", "? ", "&a ", "a: ", "\"", "*a ", "x ", "\n\n"}) {
    std::string text = "models: ";
    while (text.size() < 900'000) text += unit;
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    EXPECT_EQ(LLVMFuzzerTestOneInput(bytes.data(), bytes.size()), 0) << unit;
  }
  std::filesystem::remove(scratch_file());
}

}  // namespace
}  // namespace leeway::config
