#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/config/config.h"
#include "detectors/base/result.h"

namespace leeway::config {

/// What is wrong with a text inside a configuration.
struct Problem {
  std::string sentence;
  std::size_t column = 0;  ///< of the byte at fault, from 1; 0 means the whole text
};

/// What other rooms know about such texts. A check gives back a problem or nothing; one that is not
/// set accepts everything.
struct Checkers {
  using Check = std::function<std::optional<Problem>(std::string_view)>;

  Check rule;  ///< the condition of a rule, or a requirement of a retraining
  Check cron;
  Check time_zone;
  Check pattern;  ///< a regular expression
  /// What of a model's endpoint can never work: the key below `endpoint`, and the sentence.
  std::function<std::optional<std::pair<std::string, std::string>>(const ModelEndpoint&)> endpoint =
      {};
  std::vector<std::string> default_rules;  ///< rules of these names need no `if`
};

/// Environment variables: $STATE_DIRECTORY is the default of `state`.
using Variables = std::function<std::optional<std::string>(std::string_view)>;
Variables process_environment();

enum class Format { kText, kJson };

/// What is said about one thing: "windows" -> "1d in UTC, ...".
using Topics = std::vector<std::pair<std::string, std::string>>;

/// "flight-delay", or "staging/flight-delay" if the name alone is ambiguous. kNotFound with the
/// nearest name, kInvalidArgument with the keys among which to choose.
Result<const Model*> find_model(const Config& config, std::string_view name);

/// A configuration with the place that each of its values came from.
class Document {
 public:
  struct Tree;  ///< in document.h, for this room only

  /// Reads a file with all that it includes. Nothing is opened but configuration and CSV files.
  /// @return kInvalidConfig with the text that `leeway check-config` prints: every error of every
  ///         file, each as "file:line:column: path: sentence" with the line and a caret below it;
  ///         kNotFound if `path` itself cannot be read.
  static Result<Document> read(const std::string& path, const Checkers& checkers,
                               const Variables& variables = process_environment());

  std::shared_ptr<const Config> config() const { return config_; }

  /// The effective configuration of one model ("flight-delay", or "staging/flight-delay" if the
  /// name alone is ambiguous), or of the daemon if `model` is empty: every value with its file and
  /// line, or "default". Secrets are shown as references.
  Result<std::string> show(std::string_view model, Format format) const;

  /// What the configuration means, in sentences: for `check-config --explain`.
  /// @param data  by key of a model: what its data say, which this room does not read
  std::string explain(Format format,
                      const std::map<std::string, Topics, std::less<>>& data = {}) const;

 private:
  std::shared_ptr<const Config> config_;
  std::shared_ptr<const Tree> tree_;
};

/// Document::read, for those who only need the values.
Result<std::shared_ptr<const Config>> load(const std::string& path, const Checkers& checkers);

/// "between -60 and 2000", "at least 0"; empty without min and max.
std::string range_text(const ValueRules& rules);

/// JSON Schema (draft 2020-12) of a configuration file, for editors.
std::string schema();

/// One key of the language, "models.window.grace" or "window.grace": what it is, its type, default
/// and range, and the keys of a section. kNotFound with the nearest name.
Result<std::string> explain_key(std::string_view path);

/// Every key with type, default, range and meaning, as Markdown: deploy/CONFIGURATION.md.
std::string reference_page();

}  // namespace leeway::config
