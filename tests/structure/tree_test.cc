#include "tests/structure/tree.h"

#include <gtest/gtest.h>

#include "tests/structure/checks.h"

namespace leeway::tests {
namespace {

std::string listed(const Complaints& complaints) {
  std::string text;
  for (const Complaint& complaint : complaints) text += to_string(complaint) + "\n";
  return text;
}

TEST(Tree, EveryFileIsAsItsPlaceDemands) {
  Complaints all;
  std::size_t files = 0;
  visit_sources(LEEWAY_SOURCE_DIR, [&](const std::string& path, const std::string& text) {
    ++files;
    const Complaints complaints = check_file(path, text);
    all.insert(all.end(), complaints.begin(), complaints.end());
  });
  EXPECT_TRUE(all.empty()) << listed(all);
  EXPECT_GT(files, 100U) << "the tree was not found";
}

TEST(Tree, TheTopLevelIsAsItWasDrawn) {
  const Complaints complaints = check_top_level(top_level(LEEWAY_SOURCE_DIR));
  EXPECT_TRUE(complaints.empty()) << listed(complaints);
}

}  // namespace
}  // namespace leeway::tests
