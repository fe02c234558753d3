#include "daemon/config/values.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/daemon/config/support.h"

namespace leeway::config::testing {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

TEST(Size, IsReadWithItsUnit) {
  EXPECT_EQ(parse_size("64MiB")->bytes, 64ULL << 20);
  EXPECT_EQ(parse_size("10GB")->bytes, 10'000'000'000ULL);
  EXPECT_EQ(parse_size("7B")->bytes, 7ULL);
}

TEST(Size, IsRefusedWithoutUnitWithSignWithFractionOrTooLarge) {
  for (const char* text :
       {"", "10", "-1B", "1.5GiB", "1 GiB", "10gib", "99999999TiB", "99999999999999999999B"}) {
    EXPECT_FALSE(parse_size(text)) << text;
  }
}

TEST(Size, IsWrittenInTheShortestFormThatReadsBack) {
  for (const char* text : {"10GiB", "1500B", "2MB", "0B", "1TiB"}) {
    EXPECT_EQ(to_string(*parse_size(text)), text);
  }
}

TEST(Rate, IsACountInAPeriod) {
  EXPECT_EQ(*parse_rate("1 per month"), (Rate{1.0, hours(720)}));
  EXPECT_EQ(*parse_rate("0.5 per week"), (Rate{0.5, hours(168)}));
  EXPECT_EQ(to_string(*parse_rate("3 per week")), "3 per week");
}

TEST(Rate, IsRefusedWithoutPeriodOrWithAnotherWord) {
  for (const char* text : {"", "1", "1 per", "1 per fortnight", "-1 per day", "inf per day",
                           "one per day", "1perday"}) {
    EXPECT_FALSE(parse_rate(text)) << text;
  }
}

TEST(Hold, IsWindowsOrTime) {
  EXPECT_EQ(*parse_hold("2 windows"), (Hold{.windows = 2, .duration = {}}));
  EXPECT_EQ(*parse_hold("1 window"), (Hold{.windows = 1, .duration = {}}));
  EXPECT_EQ(*parse_hold("10m"), (Hold{.windows = 0, .duration = minutes(10)}));
  EXPECT_EQ(to_string(*parse_hold("2 windows")), "2 windows");
  for (const char* text : {"", "0 windows", "two windows", "10", "2 window s"})
    EXPECT_FALSE(parse_hold(text)) << text;
}

TEST(Endpoint, KnowsNamesAddressesAndBrackets) {
  EXPECT_EQ(*parse_endpoint("127.0.0.1:9960"), (Endpoint{"127.0.0.1", 9960}));
  EXPECT_EQ(*parse_endpoint("[::1]:0"), (Endpoint{"::1", 0}));
  EXPECT_EQ(to_string(*parse_endpoint("[::1]:9960")), "[::1]:9960");
  for (const char* text : {"", ":9960", "127.0.0.1", "::1:9960", "[::1]", "host:65536",
                           "host:", "host:80x", "a b:1"}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
}

TEST(Endpoint, IsALoopbackOnlyIfNobodyElseCanReachIt) {
  for (const char* text : {"127.0.0.1:1", "127.255.0.9:1", "localhost:1", "[::1]:1"}) {
    EXPECT_TRUE(is_loopback(*parse_endpoint(text))) << text;
  }
  for (const char* text : {"0.0.0.0:1", "127.0.0.1.example:1", "127.0.0:1", "[::]:1",
                           "localhost.example:1", "128.0.0.1:1"}) {
    EXPECT_FALSE(is_loopback(*parse_endpoint(text))) << text;
  }
}

TEST(Secret, PrintsItsLiteralsAndNeverItsSecrets) {
  const auto secret = Secret::parse("Bearer ${credential:token} at $$5");
  ASSERT_TRUE(secret);
  EXPECT_EQ(to_string(*secret), "Bearer <secret> at $5");
  EXPECT_FALSE(secret->is_literal());
  EXPECT_FALSE(secret->is_reference());
}

TEST(Secret, IsReadFromItsFileEachTime) {
  const Folder folder;
  const std::string path = folder.write("token", "first\n");
  const auto secret = Secret::parse("${file:" + path + "}");
  ASSERT_TRUE(secret);
  EXPECT_TRUE(secret->is_reference());
  EXPECT_EQ(*secret->read(), "first");
  folder.write("token", "second\r\n");
  EXPECT_EQ(*secret->read(), "second");
}

TEST(Secret, ResolvesAFileBesideTheConfiguration) {
  const Folder folder;
  folder.write("keys/token", "value");
  EXPECT_EQ(*Secret::parse("${file:keys/token}", folder.path(""))->read(), "value");
}

TEST(Secret, KeepsLineEndsInsideAndTakesOneFromTheEnd) {
  const Folder folder;
  const auto secret = Secret::parse("${file:" + folder.write("key", "a\nb\n\n") + "}");
  EXPECT_EQ(*secret->read(), "a\nb\n");
}

TEST(Secret, ComesFromTheCredentialsDirectory) {
  const Folder folder;
  folder.write("hook", "whsec_1");
  ASSERT_EQ(::setenv("CREDENTIALS_DIRECTORY", folder.path("").c_str(), 1), 0);
  EXPECT_EQ(*Secret::parse("${credential:hook}")->read(), "whsec_1");
  ASSERT_EQ(::unsetenv("CREDENTIALS_DIRECTORY"), 0);
  const auto missing = Secret::parse("${credential:hook}")->read();
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_NE(missing.error().message.find("CREDENTIALS_DIRECTORY"), std::string::npos);
}

TEST(Secret, ComesFromTheEnvironment) {
  ASSERT_EQ(::setenv("LEEWAY_TEST_SECRET", "value", 1), 0);
  EXPECT_EQ(*Secret::parse("${env:LEEWAY_TEST_SECRET}")->read(), "value");
  ASSERT_EQ(::unsetenv("LEEWAY_TEST_SECRET"), 0);
  EXPECT_FALSE(Secret::parse("${env:LEEWAY_TEST_SECRET}")->read());
}

TEST(Secret, IsRefusedWhenItIsMissingEmptyOrTooLarge) {
  const Folder folder;
  const auto read = [](const std::string& path) {
    return Secret::parse("${file:" + path + "}")->read();
  };
  EXPECT_EQ(read(folder.path("none")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read(folder.path("")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read(folder.write("empty", "\n")).error().code, ErrorCode::kInvalidConfig);
  EXPECT_EQ(read(folder.write("large", std::string(70'000, 'x'))).error().code,
            ErrorCode::kInvalidConfig);
}

TEST(Secret, CannotNameACredentialOutsideItsDirectory) {
  for (const char* text :
       {"${credential:../x}", "${credential:}", "${credential:a/b}", "${credential:.hidden}",
        "${env:A=B}", "${vault:x}", "${file:}", "${credential:x"}) {
    EXPECT_FALSE(Secret::parse(text)) << text;
  }
}

}  // namespace
}  // namespace leeway::config::testing
