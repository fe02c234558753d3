#include "tests/support/exposition.h"

#include <gmock/gmock.h>

namespace leeway::tests {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kHead = "# HELP x X.\n# TYPE x gauge\n";

TEST(Exposition, ReadsAPageWithoutFault) {
  const auto page = read_exposition(
      "# HELP a_total A \\\\ b.\n# TYPE a_total counter\na_total 3\n"
      "# HELP x X.\n# TYPE x gauge\nx{k=\"a\\\"b\\n\\\\\",l=\"2\"} -1.5e-3\nx{k=\"b\"} +Inf\n",
      false);
  EXPECT_THAT(page.faults, IsEmpty());
  ASSERT_EQ(page.samples.size(), 3U);
  EXPECT_EQ(page.samples[1].labels[0].second, "a\"b\n\\");
  EXPECT_EQ(page.value("a_total"), 3.0);
  EXPECT_EQ(page.value("x", {{"l", "2"}}), -1.5e-3);
  EXPECT_EQ(page.value("x"), std::nullopt);  // two of them
  EXPECT_EQ(page.types.at("x"), "gauge");
}

struct Fault {
  const char* what;
  std::string page;
};

TEST(Exposition, FindsTheFaultsOfTheTextFormat) {
  const std::string x = kHead;
  const std::string histogram = "# HELP h H.\n# TYPE h histogram\n";
  const Fault table[] = {
      {"the last line does not end", x + "x 1"},
      {"an empty line", x + "\nx 1\n"},
      {"a carriage return", x + "x 1\r\n"},
      {"not UTF-8", x + "x{k=\"\xFF\"} 1\n"},
      {"the series a second time", x + "x{a=\"1\",b=\"2\"} 1\nx{b=\"2\",a=\"1\"} 2\n"},
      {"twice the label", x + "x{a=\"1\",a=\"2\"} 1\n"},
      {"a second time: x", x + "x 1\n# HELP y Y.\n# TYPE y gauge\ny 1\n" + x + "x{a=\"1\"} 1\n"},
      {"does not belong", x + "x 1\n# HELP y Y.\n# TYPE y gauge\nx{a=\"1\"} 1\n"},
      {"a second TYPE", x + "# TYPE x gauge\nx 1\n"},
      {"a second HELP", "# HELP x X.\n# HELP x X.\n# TYPE x gauge\nx 1\n"},
      {"no HELP", "# TYPE x gauge\nx 1\n"},
      {"no TYPE", "# HELP x X.\nx 1\n"},
      {"no TYPE", "x 1\n"},
      {"no such type", "# HELP x X.\n# TYPE x info\nx 1\n"},
      {"_total is in the wrong place", "# HELP x X.\n# TYPE x counter\nx 1\n"},
      {"_total on what is no counter", "# HELP x_total X.\n# TYPE x_total gauge\nx_total 1\n"},
      {"counts less than nothing", "# HELP x_total X.\n# TYPE x_total counter\nx_total -1\n"},
      {"an illegal escape", x + "x{k=\"\\t\"} 1\n"},
      {"a timestamp", x + "x 1 1700000000000\n"},
      {"no number", x + "x one\n"},
      {"no number", x + "x nan\n"},
      {"no value", x + "x\n"},
      {"bad labels", x + "x{k=1} 1\n"},
      {"bad labels", x + "x{k=\"1\" 1\n"},
      {"bad name of a label", x + "x{a-b=\"1\"} 1\n"},
      {"bad name of a family", "# HELP 1x X.\n# TYPE 1x gauge\n1x 1\n"},
      {"# EOF in the text format", x + "x 1\n# EOF\n"},
      {"no bucket +Inf", histogram + "h_bucket{le=\"1.0\"} 1\nh_count 1\nh_sum 1\n"},
      {"buckets are not cumulative",
       histogram + "h_bucket{le=\"1.0\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_count 1\nh_sum 1\n"},
      {"boundaries do not rise",
       histogram + "h_bucket{le=\"+Inf\"} 1\nh_bucket{le=\"1.0\"} 1\nh_count 1\nh_sum 1\n"},
      {"+Inf is not _count", histogram + "h_bucket{le=\"+Inf\"} 1\nh_count 2\nh_sum 1\n"},
      {"no _count or _sum", histogram + "h_bucket{le=\"+Inf\"} 1\nh_count 1\n"},
      {"a bucket without boundary", histogram + "h_bucket 1\nh_count 1\nh_sum 1\n"},
  };
  for (const auto& [what, page] : table) {
    EXPECT_THAT(read_exposition(page, false).faults, Contains(HasSubstr(what))) << page;
  }
}

TEST(Exposition, FindsTheFaultsOfOpenMetrics) {
  const std::string x = kHead;
  const Fault table[] = {
      {"no # EOF", x + "x 1\n"},
      {"something behind # EOF", x + "x 1\n# EOF\n# EOF\n"},
      {"_total is in the wrong place",
       "# HELP x_total X.\n# TYPE x_total counter\nx_total 1\n# EOF\n"},
      {"does not belong", "# HELP x X.\n# TYPE x counter\nx 1\n# EOF\n"},
      {"does not belong", "# HELP x X.\n# TYPE x info\nx 1\n# EOF\n"},
      {"no such type", "# HELP x X.\n# TYPE x untyped\nx 1\n# EOF\n"},
  };
  for (const auto& [what, page] : table) {
    EXPECT_THAT(read_exposition(page, true).faults, Contains(HasSubstr(what))) << page;
  }
  EXPECT_THAT(read_exposition("# HELP x X.\n# TYPE x counter\nx_total 1\n# HELP y Say \\\"y\\\".\n"
                              "# TYPE y info\ny_info{v=\"1\"} 1\n# EOF\n",
                              true)
                  .faults,
              IsEmpty());
}

TEST(Exposition, NamesTheLine) {
  const auto faults = read_exposition(std::string(kHead) + "x one\n", false).faults;
  EXPECT_THAT(faults, testing::ElementsAre("line 3: no number: one"));
}

}  // namespace
}  // namespace leeway::tests
