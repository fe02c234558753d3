#include "daemon/exporter/gzip.h"

#include <gtest/gtest.h>

#include "detectors/base/random.h"
#include "tests/daemon/exporter/pages.h"

namespace leeway::exporter {
namespace {

std::string some_text(Random& random, std::size_t length, bool repetitive) {
  std::string out;
  while (out.size() < length) {
    out += repetitive ? "leeway_drift_value{column=\"c\"} " + std::to_string(random.below(9)) + "\n"
                      : std::string(1, static_cast<char>(random.below(256)));
  }
  return out;
}

TEST(GzipJoin, GivesOneStreamWithTheRightChecksum) {
  Deflater deflater;
  Random random(7);
  for (int round = 0; round < 50; ++round) {
    GzipJoin join;
    std::string whole;
    const auto parts = random.below(20);
    for (std::uint64_t i = 0; i < parts; ++i) {
      const auto text = some_text(random, random.below(40'000), random.below(2) == 0);
      join.add(deflater.deflate(text));
      whole += text;
    }
    EXPECT_EQ(gunzip(joined(std::move(join).finish())), whole);
  }
}

TEST(GzipJoin, LetsAPartStandAnywhereAndTwice) {
  Deflater deflater;
  const auto a = deflater.deflate("aaaa aaaa aaaa\n");
  const auto b = deflater.deflate("aaaa bbbb aaaa\n");
  GzipJoin join;
  for (const auto* part : {&b, &a, &b, &b}) join.add(*part);
  EXPECT_EQ(gunzip(joined(std::move(join).finish())),
            "aaaa bbbb aaaa\naaaa aaaa aaaa\naaaa bbbb aaaa\naaaa bbbb aaaa\n");
}

TEST(Deflater, HasRoomForWhatCannotBeCompressed) {
  Deflater deflater;
  Random random(3);
  for (const std::size_t length : {0U, 1U, 100U, 16'383U, 16'384U, 32'768U, 1'000'000U}) {
    const auto text = some_text(random, length, false);
    GzipJoin join;
    join.add(deflater.deflate(text));
    EXPECT_EQ(gunzip(joined(std::move(join).finish())), text) << length;
  }
}

}  // namespace
}  // namespace leeway::exporter
