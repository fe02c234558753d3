#include "tests/structure/checks.h"

#include <gmock/gmock.h>

namespace leeway::tests {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> texts(const Complaints& complaints) {
  std::vector<std::string> out;
  for (const Complaint& complaint : complaints) out.push_back(to_string(complaint));
  return out;
}

std::string including(const std::string& target) { return "\n#include \"" + target + "\"\n"; }

TEST(Includes, AreFoundWithTheirLines) {
  const auto includes = includes_of(
      "#pragma once\n#include <vector>\n  #  include \"a/b.h\"  // x\n"
      "// #include \"c.h\"\nint include;\n");
  ASSERT_EQ(includes.size(), 2U);
  EXPECT_EQ(includes[0].line, 2U);
  EXPECT_EQ(includes[0].target, "vector");
  EXPECT_FALSE(includes[0].quoted);
  EXPECT_EQ(includes[1].line, 3U);
  EXPECT_EQ(includes[1].target, "a/b.h");
  EXPECT_TRUE(includes[1].quoted);
}

struct Direction {
  const char* path;
  const char* target;
  const char* why;  ///< empty: allowed
};

TEST(Direction, GoesDownOnly) {
  const std::vector<Direction> table{
      {"detectors/drift/psi.cc", "detectors/base/result.h", ""},
      {"detectors/drift/psi.cc", "collectors/net/client.h", "detectors/ must not know collectors/"},
      {"detectors/drift/psi.cc", "daemon/log/log.h", "detectors/ must not know daemon/"},
      {"collectors/net/client.cc", "detectors/base/result.h", ""},
      {"collectors/net/client.cc", "daemon/log/log.h", "collectors/ must not know daemon/"},
      {"daemon/app/app.cc", "collectors/net/client.h", ""},
      {"daemon/app/app.cc", "tests/support/process.h", "daemon/ must not know tests/"},
      {"tests/daemon/app/app_test.cc", "daemon/app/app.h", ""},
      {"tests/daemon/app/app_test.cc", "samples.h", ""},
      {"tests/tools/sql.cc", "unknown/place.h", "is not included from the root"},
      {"daemon/app/app.cc", "app.h", "is not included from the root"},
      {"daemon/app/app.cc", "../log/log.h", "is not included from the root"},
  };
  for (const Direction& row : table) {
    const auto complaints = texts(check_direction(row.path, including(row.target)));
    if (std::string(row.why).empty()) {
      EXPECT_THAT(complaints, IsEmpty());
    } else {
      EXPECT_THAT(complaints,
                  ElementsAre(std::string(row.path) + ":2: '" + row.target + "': " + row.why));
    }
  }
}

TEST(Direction, RoomsOfALayerKnowWhatTheListSays) {
  EXPECT_THAT(check_direction("daemon/rules/a.cc", including("daemon/rules/b.h")), IsEmpty());
  EXPECT_THAT(check_direction("daemon/delivery/a.cc", including("daemon/store/b.h")), IsEmpty());
  EXPECT_THAT(check_direction("daemon/cli/a.cc", including("daemon/store/b.h")), IsEmpty());
  EXPECT_THAT(check_direction("daemon/main.cc", including("daemon/cli/cli.h")), IsEmpty());
  EXPECT_THAT(texts(check_direction("daemon/store/a.cc", including("daemon/rules/b.h"))),
              ElementsAre("daemon/store/a.cc:2: 'daemon/rules/b.h': daemon/store must not know "
                          "daemon/rules"));
  EXPECT_THAT(texts(check_direction("detectors/base/a.h", including("detectors/profile/b.h"))),
              ElementsAre("detectors/base/a.h:2: 'detectors/profile/b.h': detectors/base must not "
                          "know detectors/profile"));
  EXPECT_THAT(texts(check_direction("daemon/new/a.cc", including("daemon/log/b.h"))),
              ElementsAre("daemon/new/a.cc:2: 'daemon/log/b.h': comes from a room that kRooms does "
                          "not list"));
}

TEST(Purity, DetectorsOnlyCompute) {
  const auto in_detector = [](const std::string& text) {
    return texts(check_purity("detectors/drift/psi.cc", text));
  };
  EXPECT_THAT(in_detector("#include <vector>\n#include <Eigen/Core>\n#include <xxhash.h>\n"),
              IsEmpty());
  for (const char* header : {"thread", "mutex", "fstream", "iostream", "filesystem", "unistd.h",
                             "sys/stat.h", "boost/asio.hpp", "spdlog/spdlog.h"}) {
    EXPECT_THAT(in_detector("#include <" + std::string(header) + ">\n"),
                ElementsAre("detectors/drift/psi.cc:1: <" + std::string(header) +
                            "> has no place in detectors/"));
  }
  EXPECT_THAT(in_detector("\nauto t = std::chrono::system_clock::now();\n"),
              ElementsAre("detectors/drift/psi.cc:2: '::now(' has no place in detectors/"));
  EXPECT_THAT(in_detector("// system_clock::now() is asked elsewhere\n"), IsEmpty());
  EXPECT_THAT(in_detector("std::random_device seed;\n"), ::testing::SizeIs(1));
  EXPECT_THAT(check_purity("collectors/net/client.cc", "#include <thread>\n"), IsEmpty());
}

TEST(Wrapping, ALibraryHasOnePlace) {
  EXPECT_THAT(check_wrapping("daemon/store/sqlite.cc", "#include <sqlite3.h>\n"), IsEmpty());
  EXPECT_THAT(texts(check_wrapping("daemon/app/app.cc", "#include <sqlite3.h>\n")),
              ElementsAre("daemon/app/app.cc:1: <sqlite3.h> belongs in daemon/store/ only"));
  EXPECT_THAT(check_wrapping("daemon/delivery/sign.cc", "#include <openssl/hmac.h>\n"), IsEmpty());
  for (const char* header : {"duckdb.h", "yaml-cpp/yaml.h", "CLI/CLI.hpp", "spdlog/spdlog.h",
                             "openssl/evp.h", "boost/beast/http.hpp", "prometheus/registry.h"}) {
    const std::string text = "#include <" + std::string(header) + ">\n";
    EXPECT_THAT(check_wrapping("daemon/monitor/judge.cc", text), ::testing::SizeIs(1)) << header;
    EXPECT_THAT(check_wrapping("tests/daemon/monitor/judge_test.cc", text), IsEmpty()) << header;
  }
}

TEST(Length, EndsAtSixHundredLines) {
  std::string text;
  for (int i = 0; i < 600; ++i) text += "\n";
  EXPECT_THAT(check_length("daemon/a.cc", text), IsEmpty());
  EXPECT_THAT(texts(check_length("daemon/a.cc", text + "one more")),
              ElementsAre("daemon/a.cc: 601 lines: there is a second idea in it"));
}

TEST(OpenQuestions, AreIssues) {
  const std::string note =
      "TO"
      "DO";
  EXPECT_THAT(texts(check_open_questions("README.md", "a\n// " + note + ": later\n")),
              ElementsAre("README.md:2: an open question is an issue"));
  EXPECT_THAT(check_open_questions("README.md", note + "LIST and an airport XX" + "X\n"), IsEmpty());
}

TEST(Headers, HaveAGuardAndACommentBeforeTheFirstClass) {
  const auto header = [](const std::string& text) { return texts(check_header("a/b.h", text)); };
  const std::string once = "#pragma once\n";
  EXPECT_THAT(header(once + "/// What it is.\nclass A {\n};\nclass B {\n};\n"), IsEmpty());
  EXPECT_THAT(header(once + "// Why.\ntemplate <class T>\nclass A {\n};\n"), IsEmpty());
  EXPECT_THAT(header(once + "class Ahead;\nstruct A {\n};\n/// What it does.\nvoid f();\n"),
              IsEmpty());
  EXPECT_THAT(header(once + "struct A {\n};\n"), ElementsAre("a/b.h: has no word on what it is"));
  EXPECT_THAT(header(once + "\nclass A {\n};\n"),
              ElementsAre("a/b.h:3: its first class has no comment"));
  EXPECT_THAT(header("/// Why.\nvoid function();\n"),
              ElementsAre("a/b.h:1: has no '#pragma once'"));
  EXPECT_THAT(check_header("a/b.cc", "class A {\n};\n"), IsEmpty());
}

TEST(Habits, AreKept) {
  EXPECT_THAT(texts(check_habits("daemon/a.cc", "namespace std {\n")),
              ElementsAre("daemon/a.cc:1: namespace std belongs to the library"));
  EXPECT_THAT(check_habits("daemon/a.cc", "co_spawn(io, f(), asio::detached);\n"),
              ::testing::SizeIs(1));
  EXPECT_THAT(check_habits("tests/a_test.cc",
                           "std::this_thread::"
                           "sleep_for(seconds(1));\n"),
              ::testing::SizeIs(1));
  EXPECT_THAT(check_habits("tests/a_test.cc", "co_await clock.sleep(seconds(1));\n"), IsEmpty());
}

TEST(TopLevel, HasNothingElse) {
  EXPECT_THAT(check_top_level({".git", ".ci", "CMakeLists.txt", "README.md", "daemon", "tests"}),
              IsEmpty());
  EXPECT_THAT(texts(check_top_level({"docs", "daemon"})),
              ElementsAre("docs: has no place at the top level"));
}

}  // namespace
}  // namespace leeway::tests
