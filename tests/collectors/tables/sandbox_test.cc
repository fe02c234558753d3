#include "collectors/tables/sandbox.h"

#include <gmock/gmock.h>

#include "tests/support/process.h"

namespace leeway::tables {
namespace {

using testing::HasSubstr;

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LEEWAY_SANITIZED 1
#endif
#endif

class Sandbox : public testing::Test {
 protected:
  Sandbox() {
    leeway::tests::TemporaryFolder folder;
    auto process = leeway::tests::Process::start(
        {.program = LEEWAY_TABLES_WORKER, .arguments = {"probe"}, .output = folder / "said"});
    const auto ended = process->wait(std::chrono::seconds(30));
    EXPECT_EQ(ended, leeway::tests::Exit{});
    said_ = leeway::tests::read_file(folder / "said");
  }
  std::string said_;
};

TEST_F(Sandbox, IsCompleteOnThisMachine) {
  EXPECT_THAT(said_, testing::Not(HasSubstr("sandbox:")));
}

TEST_F(Sandbox, HasNoNetwork) {
  EXPECT_THAT(said_, HasSubstr("socket: Operation not permitted"));
  EXPECT_THAT(said_, HasSubstr("unix socket: Operation not permitted"));
}

TEST_F(Sandbox, HasNoOtherProgramsAndProcesses) {
  EXPECT_THAT(said_, HasSubstr("program: Operation not permitted"));
#ifndef LEEWAY_SANITIZED
  EXPECT_THAT(said_, HasSubstr("process: Operation not permitted"));
#endif
  EXPECT_THAT(said_, HasSubstr("signal to the parent: Operation not permitted"));
  EXPECT_THAT(said_, HasSubstr("mount: Operation not permitted"));
}

TEST_F(Sandbox, HasNoDescriptorsFromBefore) {
  EXPECT_THAT(said_, HasSubstr("old descriptor: Bad file descriptor"));
}

TEST_F(Sandbox, LeavesWhatDecodingNeeds) {
  EXPECT_THAT(said_, HasSubstr("thread: yes"));
  EXPECT_THAT(said_, HasSubstr("file: yes"));
  EXPECT_THAT(said_, HasSubstr("own descriptor by name: yes"));
}

}  // namespace
}  // namespace leeway::tables
