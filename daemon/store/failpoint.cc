#include "daemon/store/failpoint.h"

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <string>

namespace leeway {
namespace {

struct Armed {
  std::string name;
  std::atomic<long> hits_left{0};
};

Armed& armed() {
  static Armed instance;
  return instance;
}

bool arm(std::string_view specification) {
  const std::size_t colon = specification.find(':');
  long hits = 1;
  if (colon != std::string_view::npos) {
    const std::string_view number = specification.substr(colon + 1);
    std::from_chars(number.data(), number.data() + number.size(), hits);
  }
  armed().name = specification.substr(0, colon);
  armed().hits_left = hits;
  return !armed().name.empty();
}

bool arm_from_environment() {
  const char* specification = std::getenv("LEEWAY_FAILPOINT");  // NOLINT(concurrency-mt-unsafe)
  return specification != nullptr && arm(specification);
}

}  // namespace

namespace detail {

std::atomic<bool> failpoints_armed{arm_from_environment()};

void hit_failpoint(std::string_view name) {
  if (name == armed().name && --armed().hits_left == 0) std::raise(SIGKILL);
}

}  // namespace detail

void arm_failpoint(std::string_view specification) {
  detail::failpoints_armed = arm(specification);
}

}  // namespace leeway
