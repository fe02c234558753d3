#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/config/key_text.h"
#include "daemon/config/keys.h"
#include "daemon/config/load.h"
#include "detectors/drift/dialects.h"
#include "detectors/multivariate/measures.h"

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

/// With a capital letter and a full stop.
std::string sentence(std::string_view text) {
  std::string out(text);
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z')
    out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out + ".";
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

std::string columns_text(const drift::Measure& measure) {
  if (measure.numeric && measure.categorical) return "numeric, categorical";
  return measure.numeric ? "numeric" : "categorical";
}

std::string number_text(double value) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

/// Of drift::Measure and multivariate::MeasureInfo.
template <class Measure>
std::string values_text(const Measure& measure) {
  return number_text(measure.least) +
         (std::isinf(measure.most) ? " and more" : " to " + number_text(measure.most));
}

/// "warning at 0.1, critical at 0.25", "critical if p < 0.05", "learned", "none: informs only".
std::string limits_text(const drift::Measure& measure) {
  switch (measure.limits_from) {
    case drift::LimitsFrom::kLearned:
      return "learned";
    case drift::LimitsFrom::kDeviations:
      return "mean + 3 standard deviations over the reference's windows";
    case drift::LimitsFrom::kNothing:
      return "none: informs only";
    case drift::LimitsFrom::kDialect:
      break;
  }
  constexpr std::array<std::string_view, 4> kLines = {"value >= ", "value > ", "p < ", "p <= "};
  const std::string line(kLines.at(static_cast<std::size_t>(measure.line)));
  std::string text;
  if (measure.limits.warning) text += "warning if " + line + number_text(*measure.limits.warning);
  if (measure.limits.critical) {
    text += (text.empty() ? "" : ", ") + ("critical if " + line) +
            number_text(*measure.limits.critical);
  }
  return text;
}

void write_measures(std::span<const drift::Measure> measures, std::string& out) {
  out += "| measure | columns | values | grid | limits | meaning |\n|---|---|---|---|---|---|\n";
  for (const drift::Measure& measure : measures) {
    out += "| " + code(measure.name) + " | " + columns_text(measure) + " | " +
           values_text(measure) + " | " + (measure.needs_rows ? "exact only" : "yes") + " | " +
           limits_text(measure) + " | " + std::string(measure.sentence) + " |\n";
  }
}

constexpr std::string_view kMeasuresIntroduction = R"(
## Measures

What `drift.numeric` and `drift.categorical` name, as the dialect `leeway-1` defines it. The first of a list decides, the
others inform. A measure that the grid cannot give is exact only: it needs the rows of both sides at hand. Limits that are
learned come from the reference's own windows.

)";

constexpr std::string_view kMultivariateIntroduction = R"(
## Measures of several columns

What `drift.multivariate` names: features, predictions and scores that are numbers, booleans or categories, compared all
at once, so that a change of how they depend on each other is seen where no single column changed. They look at up to
1,000 rows that are drawn of each window, and 2,000 of the reference. Limits are learned: each window of the reference is
compared with all others. A column that by itself tells those windows apart (a counter, a time in numbers) is left out.
Nothing is measured by default: each measure takes a share of `false_alarms` from the columns, and some CPU time.

)";

constexpr std::string_view kEmbeddingIntroduction = R"(
Columns of type `embedding` (lists of one length; `columns.types` has to say so) are judged by these, of which the first
decides.

)";

template <class Measure>
void write_short(std::span<const Measure> measures, std::string& out) {
  out += "| measure | values | meaning |\n|---|---|---|\n";
  for (const Measure& measure : measures) {
    out += "| " + code(measure.name) + " | " + values_text(measure) + " | " +
           std::string(measure.sentence) + " |\n";
  }
}

constexpr std::string_view kDialectsIntroduction = R"(
## Dialects

Sets of exact definitions, so that a team keeps the numbers it knows. What a dialect does not define anew is as above.
Where it decides by p-value, limits in `drift.thresholds` are significance levels.
)";

void write_dialects(std::string& out) {
  out += kDialectsIntroduction;
  for (const drift::Dialect& dialect : drift::kDialects) {
    out += "\n### " + code(dialect.name) + "\n\n" + sentence(dialect.sentence) + "\n";
    if (dialect.measures().empty()) continue;
    out += "\n";
    write_measures(dialect.measures(), out);
  }
}

}  // namespace

std::string reference_page() {
  std::string out(kIntroduction);
  std::vector<const Section*> sections;
  collect(kRoot, sections);
  for (const Section* section : sections) write(*section, out);
  out += kMeasuresIntroduction;
  write_measures(drift::measures(), out);
  out += kMultivariateIntroduction;
  write_short(multivariate::measures(), out);
  out += kEmbeddingIntroduction;
  write_short(multivariate::embedding_measures(), out);
  write_dialects(out);
  return out;
}

}  // namespace leeway::config
