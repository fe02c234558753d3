#include "collectors/compute/kernel_text.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>

namespace leeway::compute {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20U;

tl::unexpected<Error> failed(const std::string& path) {
  const int error = errno;
  const bool gone = error == ENOENT || error == ENODEV || error == ESRCH || error == ENOTDIR;
  return fail(gone ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
              "'" + path + "': " + std::strerror(error));
}

std::vector<std::string_view> split(std::string_view text, std::string_view at) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t begin = text.find_first_not_of(at);
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    const std::size_t end = std::min(text.find_first_of(at), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return parts;
}

}  // namespace

Result<std::string> read_kernel_text(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return failed(path);
  std::string text;
  std::array<char, 16384> buffer{};
  for (;;) {
    const ssize_t got = ::read(file, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      auto error = failed(path);
      ::close(file);
      return error;
    }
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (got == 0 || text.size() >= kMostBytes) break;
  }
  ::close(file);
  return text;
}

std::vector<std::string_view> words(std::string_view text) { return split(text, " \t\n"); }

std::vector<std::string_view> lines(std::string_view text) { return split(text, "\n"); }

std::optional<std::uint64_t> to_count(std::string_view word) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> value_of(std::string_view text, std::string_view key) {
  for (const std::string_view line : lines(text)) {
    const auto parts = words(line);
    if (parts.size() >= 2 && parts[0] == key) return to_count(parts[1]);
  }
  return std::nullopt;
}

std::optional<double> stalled_seconds(std::string_view text, std::string_view which) {
  constexpr std::string_view kTotal = "total=";
  for (const std::string_view line : lines(text)) {
    const auto parts = words(line);
    if (parts.size() < 2 || parts[0] != which || !parts.back().starts_with(kTotal)) continue;
    const auto micros = to_count(parts.back().substr(kTotal.size()));
    if (micros) return static_cast<double>(*micros) * 1e-6;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> count_cpus(std::string_view list) {
  std::uint64_t cpus = 0;
  for (const std::string_view range : split(list, ", \n")) {
    const std::size_t dash = range.find('-');
    const auto first = to_count(range.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : to_count(range.substr(dash + 1));
    if (!first || !last || *last < *first) return std::nullopt;
    cpus += *last - *first + 1;
  }
  if (cpus == 0) return std::nullopt;
  return cpus;
}

}  // namespace leeway::compute
