#include "daemon/log/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <utility>

#include "daemon/log/line.h"

namespace leeway::log {
namespace {

constexpr Duration kRepeatPeriod = std::chrono::minutes(1);
constexpr std::size_t kRememberedLines = 256;

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarn:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

/// systemd's priorities, see sd-daemon(3).
class PriorityFlag : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    const char priority = message.level >= spdlog::level::err    ? '3'
                          : message.level == spdlog::level::warn ? '4'
                          : message.level == spdlog::level::info ? '6'
                                                                 : '7';
    for (const char c : {'<', priority, '>'}) out.push_back(c);
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<PriorityFlag>();
  }
};

/// "info ", "warn ", "error": five characters, so that events stand in a column.
class LevelFlag : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    const std::string_view name = message.level >= spdlog::level::err    ? "error"
                                  : message.level == spdlog::level::warn ? "warn "
                                  : message.level == spdlog::level::info ? "info "
                                                                         : "debug";
    out.append(name.data(), name.data() + name.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<LevelFlag>();
  }
};

bool stderr_goes_to_the_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");  // NOLINT(concurrency-mt-unsafe): never set
  struct stat status{};
  return stream != nullptr && ::fstat(STDERR_FILENO, &status) == 0 &&
         names_stream(stream, status.st_dev, status.st_ino);
}

std::unique_ptr<spdlog::formatter> make_formatter() {
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  if (stderr_goes_to_the_journal()) {
    formatter->add_flag<PriorityFlag>('*').set_pattern("%*%v");
  } else {
    formatter->add_flag<LevelFlag>('*').set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %* %v");
  }
  return formatter;
}

Duration monotonic_now() {
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch());
}

/// The process's one log. A lock, because workers of the pool and the writer thread log too.
class Log {
 public:
  Log() : logger_("leeway", std::make_shared<spdlog::sinks::stderr_sink_st>()) {
    logger_.set_formatter(make_formatter());
    logger_.set_level(spdlog::level::debug);
  }

  std::atomic<Level> level = Level::kInfo;

  void add(Level of, std::string line) {
    const std::lock_guard lock(mutex_);
    write(repeats_.add(of, std::move(line), monotonic_now()));
  }

  void flush() {
    const std::lock_guard lock(mutex_);
    write(repeats_.flush());
    logger_.flush();
  }

  void set_output(std::function<void(Level, std::string_view)> output) {
    const std::lock_guard lock(mutex_);
    repeats_.flush();
    output_ = std::move(output);
  }

 private:
  void write(const std::vector<Repeats::Line>& lines) {
    for (const auto& [of, text] : lines) {
      if (output_) {
        output_(of, text);
      } else {
        logger_.log(to_spdlog(of), spdlog::string_view_t(text.data(), text.size()));
      }
    }
  }

  std::mutex mutex_;
  spdlog::logger logger_;
  Repeats repeats_{kRepeatPeriod, kRememberedLines};
  std::function<void(Level, std::string_view)> output_;
};

Log& process_log() {
  static Log log;
  return log;
}

void write(Level level, std::string_view event, Fields fields) {
  Log& log = process_log();
  if (level < log.level.load(std::memory_order_relaxed)) return;
  log.add(level, make_line(event, fields));
}

}  // namespace

void debug(std::string_view event, Fields fields) { write(Level::kDebug, event, fields); }
void info(std::string_view event, Fields fields) { write(Level::kInfo, event, fields); }
void warn(std::string_view event, Fields fields) { write(Level::kWarn, event, fields); }
void error(std::string_view event, Fields fields) { write(Level::kError, event, fields); }

void set_level(Level level) { process_log().level.store(level, std::memory_order_relaxed); }
Level level() { return process_log().level.load(std::memory_order_relaxed); }

std::optional<Level> parse_level(std::string_view name) {
  if (name == "debug") return Level::kDebug;
  if (name == "info") return Level::kInfo;
  if (name == "warn") return Level::kWarn;
  if (name == "error") return Level::kError;
  return std::nullopt;
}

void set_output(std::function<void(Level, std::string_view)> output) {
  process_log().set_output(std::move(output));
}

void flush() { process_log().flush(); }

}  // namespace leeway::log
