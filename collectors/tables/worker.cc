#include "collectors/tables/worker.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <new>
#include <span>
#include <string>

#include "collectors/tables/cells.h"
#include "collectors/tables/fold.h"
#include "collectors/tables/learn.h"
#include "collectors/tables/multivariate.h"
#include "collectors/tables/protocol.h"
#include "collectors/tables/sandbox.h"

namespace leeway::tables {
namespace {

/// Beside what a plan allows: thread stacks, buffers of a file, what DuckDB maps and hardly
/// touches.
constexpr std::uint64_t kHeadroom = std::uint64_t{1} << 30U;

/// False at the end of the stream, too.
bool read_all(int fd, std::span<char> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::read(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return true;
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

template <class Plan, class Work>
Result<std::string> run(const Plan& plan, Work work) {
  limit_memory(plan.limits.memory_bytes + kHeadroom);
  auto answer = work(plan);
  if (!answer) return fail(std::move(answer.error()));
  return answer->encode();
}

Result<std::string> answer_to(std::string_view request) {
  if (const auto plan = FoldPlan::decode(request)) return run(*plan, fold);
  if (const auto plan = MeasurePlan::decode(request)) return run(*plan, measure);
  if (const auto plan = RowsPlan::decode(request)) return run(*plan, read_rows);
  const auto plan = LearnPlan::decode(request);
  if (plan) return run(*plan, learn);
  return fail(ErrorCode::kInvalidArgument, "the plan " + plan.error().message);
}

Result<std::string> guarded_answer_to(std::string_view request) {
  try {
    return answer_to(request);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::kUnavailable, "needs more memory than it may have");
  } catch (const std::exception&) {
    return fail(ErrorCode::kCorrupt, "the decoder failed in a way that was not foreseen");
  }
}

}  // namespace

int worker_main(int fd) {
  const auto entered = enter_sandbox(fd, {});
  if (!entered || !entered->empty()) {
    const std::string& why = entered ? *entered : entered.error().message;
    std::fprintf(stderr, "leeway worker: %s\n", why.c_str());
  }
  if (!entered) return 1;
  const std::uint64_t at_start = resident_bytes();
  std::string request;
  while (true) {
    request.resize(kFrameHead);
    if (!read_all(fd, request)) return 0;
    const auto length = body_length(request);
    if (!length) return 1;
    request.resize(kFrameHead + *length);
    if (!read_all(fd, std::span(request).subspan(kFrameHead))) return 1;
    Reply reply;
    reply.answer = guarded_answer_to(request);
    reply.resident_bytes = resident_bytes();
    reply.resident_at_start = at_start;
    if (!write_all(fd, reply.encode())) return 1;
  }
}

}  // namespace leeway::tables
