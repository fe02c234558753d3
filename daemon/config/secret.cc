#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "daemon/config/values.h"

namespace leeway::config {
namespace {

constexpr std::size_t kSecretBytes = 64UL * 1024;

struct Scheme {
  std::string_view prefix;
  Secret::Source source;
};

constexpr Scheme kSchemes[] = {
    {"credential:", Secret::Source::kCredential},
    {"file:", Secret::Source::kFile},
    {"env:", Secret::Source::kEnvironment},
};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

/// A name that stays inside the credentials directory, and a variable that a shell could set.
bool is_name(std::string_view text) {
  return !text.empty() && text.front() != '.' &&
         std::all_of(text.begin(), text.end(), is_name_character);
}

Result<Secret::Part> parse_reference(std::string_view text, std::string_view base) {
  const auto refuse = [text](std::string_view why) {
    return fail(ErrorCode::kInvalidArgument, "'${" + std::string(text) + "}' " + std::string(why));
  };
  for (const auto& [prefix, source] : kSchemes) {
    if (!text.starts_with(prefix)) continue;
    const std::string_view name = text.substr(prefix.size());
    if (source == Secret::Source::kFile) {
      if (name.empty()) return refuse("names no file");
      const auto path = std::filesystem::path(base) / std::filesystem::path(name);
      return Secret::Part{.source = source, .text = path.lexically_normal().string()};
    }
    if (!is_name(name)) return refuse("needs a name of letters, digits, '_', '-' and '.'");
    return Secret::Part{.source = source, .text = std::string(name)};
  }
  return refuse("is not one of ${credential:NAME}, ${file:PATH} and ${env:NAME}");
}

const char* variable(const std::string& name) {
  return std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): the process never sets one
}

Result<std::string> read_file(const std::string& path) {
  std::error_code problem;
  if (!std::filesystem::is_regular_file(path, problem)) {
    return fail(ErrorCode::kNotFound, "secret file '" + path + "' is not there or not a file");
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(kSecretBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.fail() && !file.eof())) {
    return fail(ErrorCode::kNotFound, "secret file '" + path + "' cannot be read");
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kSecretBytes) {
    return fail(ErrorCode::kInvalidConfig, "secret file '" + path + "' is larger than 64KiB");
  }
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  if (text.empty()) return fail(ErrorCode::kInvalidConfig, "secret file '" + path + "' is empty");
  return text;
}

Result<std::string> read_part(const Secret::Part& part) {
  switch (part.source) {
    case Secret::Source::kLiteral:
      return part.text;
    case Secret::Source::kFile:
      return read_file(part.text);
    case Secret::Source::kCredential: {
      const char* folder = variable("CREDENTIALS_DIRECTORY");
      if (folder == nullptr) {
        return fail(
            ErrorCode::kNotFound,
            "credential '" + part.text +
                "': $CREDENTIALS_DIRECTORY is not set; systemd sets it for LoadCredential=");
      }
      return read_file((std::filesystem::path(folder) / part.text).string());
    }
    case Secret::Source::kEnvironment: {
      const char* value = variable(part.text);
      if (value == nullptr)
        return fail(ErrorCode::kNotFound, "variable $" + part.text + " is not set");
      if (*value == '\0')
        return fail(ErrorCode::kInvalidConfig, "variable $" + part.text + " is empty");
      return std::string(value);
    }
  }
  return fail(ErrorCode::kNotFound, "unknown kind of secret");
}

}  // namespace

Result<Secret> Secret::parse(std::string_view text, std::string_view base) {
  Secret secret;
  std::string literal;
  const auto end_literal = [&] {
    if (!literal.empty())
      secret.parts_.push_back({.source = Source::kLiteral, .text = std::exchange(literal, {})});
  };
  while (!text.empty()) {
    if (text.starts_with("$$")) {
      literal += '$';
      text.remove_prefix(2);
    } else if (text.starts_with("${")) {
      const std::size_t end = text.find('}');
      if (end == std::string_view::npos) {
        return fail(ErrorCode::kInvalidArgument, "'" + std::string(text) + "' has no closing '}'");
      }
      auto part = parse_reference(text.substr(2, end - 2), base);
      if (!part) return fail(std::move(part.error()));
      end_literal();
      secret.parts_.push_back(std::move(*part));
      text.remove_prefix(end + 1);
    } else {
      literal += text.front();
      text.remove_prefix(1);
    }
  }
  end_literal();
  return secret;
}

Result<std::string> Secret::read() const {
  std::string whole;
  for (const Part& part : parts_) {
    auto text = read_part(part);
    if (!text) return fail(std::move(text.error()));
    whole += *text;
  }
  return whole;
}

bool Secret::is_literal() const {
  return std::all_of(parts_.begin(), parts_.end(),
                     [](const Part& part) { return part.source == Source::kLiteral; });
}

bool Secret::is_reference() const {
  return parts_.size() == 1 && parts_.front().source != Source::kLiteral;
}

std::string to_string(const Secret& secret) {
  std::string text;
  for (const auto& part : secret.parts()) {
    text += part.source == Secret::Source::kLiteral ? part.text : "<secret>";
  }
  return text;
}

}  // namespace leeway::config
