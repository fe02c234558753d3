#include <string>
#include <string_view>
#include <vector>

#include "daemon/config/keys.h"
#include "daemon/config/load.h"

namespace leeway::config {
namespace {

constexpr std::string_view kIntroduction = R"(# Configuration

Made from the description of the keys in `daemon/config`; do not edit. `deploy/leeway.yaml` shows every key at work, and
`leeway schema` prints the same description as a JSON Schema for editors.

- **Strict.** Unknown and repeated keys, wrong types and values out of range are errors. `leeway check-config` shows all of
  them at once, each with its line and the nearest valid name.
- **Layers.** A model is `defaults`, then each set that it `extends`, then what it says itself. Sections merge key by key,
  lists and single values replace, an empty value removes, and `rules` merge by name.
- **Many models.** `include` reads more files. `for_each` makes one model for each row of a list or CSV file, and
  `${each.KEY}` in any text is the row's value.
- **Secrets** are never written in the file: `${credential:NAME}` is read from systemd's credentials directory,
  `${file:PATH}` from a file, `${env:NAME}` from the environment, each time it is used. `$$` is a dollar.
- **Units.** Durations are `250ms`, `90s`, `1h30m`, `7d` or `2w`; sizes `64MiB` or `10GB`; rates `3 per week` (hour, day,
  week, month, year).
- **Paths** are relative to the folder of the file that names them.
)";

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string one_type(const Key& key) {
  switch (key.type) {
    case Type::kText:
      return "text";
    case Type::kName:
      return "name";
    case Type::kBoolean:
      return "`true`, `false`";
    case Type::kInteger:
      return "whole number";
    case Type::kNumber:
      return "number";
    case Type::kDuration:
      return "duration";
    case Type::kSize:
      return "size";
    case Type::kRate:
      return "rate";
    case Type::kHold:
      return "`N windows` or duration";
    case Type::kTime:
      return "time";
    case Type::kEndpoint:
      return "address and port";
    case Type::kLink:
      return "http(s) address";
    case Type::kPath:
      return "path";
    case Type::kSecret:
      return "secret reference";
    case Type::kHidden:
      return "text, with secret references";
    case Type::kHiddenLink:
      return "http(s) address, with secret references";
    case Type::kRule:
      return "condition";
    case Type::kCron:
      return "cron line";
    case Type::kTimeZone:
      return "time zone";
    case Type::kForEach:
      return "rows, or `{ file: CSV }`";
    case Type::kSection:
    case Type::kChoice:
      break;
  }
  std::string out;
  if (key.type == Type::kSection) return "section";
  for (const auto choice : key.choices) out += (out.empty() ? "" : ", ") + code(choice);
  return out;
}

std::string type_text(const Key& key) {
  std::string text = one_type(key);
  if (key.shape == Shape::kList) text = "list: " + text;
  if (key.shape == Shape::kNamed) text = "by name: " + text;
  if (!key.word.empty()) text = code(key.word) + " or " + text;
  return text;
}

std::string default_text(const Key& key) {
  if (key.required) return "*required*";
  if (!key.derived.empty()) return std::string(key.derived);
  if (key.fallback.empty() || key.fallback == "{}") return "";
  return code(key.fallback);
}

std::string range_text(const Key& key) {
  if (key.low.empty()) return "";
  return std::string(key.low) + " to " + std::string(key.high);
}

std::string heading(const Section& section) {
  return section.name.empty() ? "The file" : std::string(section.name);
}

/// Sections in the order in which they are first mentioned.
void collect(const Section& section, std::vector<const Section*>& sections) {
  for (const Section* known : sections) {
    if (known == &section) return;
  }
  sections.push_back(&section);
  for (const Key& key : section.keys) {
    if (key.section != nullptr) collect(*key.section, sections);
  }
}

void write(const Section& section, std::string& out) {
  out += "\n## " + heading(section) + "\n\n" + std::string(section.sentence) + "\n\n";
  out += "| key | type | default | range | meaning |\n|---|---|---|---|---|\n";
  for (const Key& key : section.keys) {
    out += "| " + code(key.name) + " | " + type_text(key) + " | " + default_text(key) + " | " +
           range_text(key) + " | " + std::string(key.sentence) + " |\n";
  }
}

}  // namespace

std::string reference_page() {
  std::string out(kIntroduction);
  std::vector<const Section*> sections;
  collect(kRoot, sections);
  for (const Section* section : sections) write(*section, out);
  return out;
}

}  // namespace leeway::config
