#pragma once

#include <span>
#include <string_view>

/// The configuration language, once, as data. Validation, suggestions, defaults, `leeway schema`,
/// `config show` and deploy/CONFIGURATION.md are made from it.
namespace leeway::config {

enum class Type {
  kText,
  kName,    ///< letters, digits and . _ -; it becomes a label, a file name, a part of an address
  kChoice,  ///< one of Key::choices
  kBoolean,
  kInteger,
  kNumber,
  kDuration,  ///< "1h30m"
  kSize,      ///< "10GiB"
  kRate,      ///< "3 per week"
  kHold,      ///< "2 windows" or a duration
  kTime,      ///< "2026-12-01" or with a time of day
  kEndpoint,  ///< "127.0.0.1:9960"
  kLink,      ///< http:// or https://, for people
  kPath,      ///< relative to the folder of its file; globs where the sentence says so
  kSecret,    ///< a reference and nothing else
  kHidden,    ///< text that may contain references
  kHiddenLink,
  kRule,  ///< checked by the room of the rules
  kCron,
  kPattern,  ///< a regular expression
  kTimeZone,
  kForEach,  ///< a list of rows, or { file: CSV }
  kSection,
};

/// How many there are of it.
enum class Shape {
  kOne,
  kList,   ///< one alone may stand without the brackets, unless it is a section
  kNamed,  ///< a section whose keys the user chooses
};

using Words = std::span<const std::string_view>;

struct Section;

struct Key {
  std::string_view name;
  Type type = Type::kText;
  Shape shape = Shape::kOne;
  bool required = false;
  bool alternative =
      false;  ///< at most one of the section's alternatives; setting one drops an inherited other
  bool own = false;       ///< says what a model is: not inherited through `defaults` and the like
  bool nonempty = false;  ///< a list with at least one item
  bool plain_names = false;        ///< the user's keys are of kName
  bool partial = false;            ///< models in part: nothing is required, no default is filled in
  std::string_view fallback = {};  ///< the default, as YAML
  std::string_view derived = {};   ///< how the default is made from other values, in words
  std::string_view low = {};       ///< smallest and largest value, in the type's own form
  std::string_view high = {};
  Words choices = {};  ///< of kChoice; words beside conditions of kRule; the user's keys of kNamed
  const Section* section = nullptr;
  std::string_view word = {};      ///< may stand instead of the section: "learned"
  std::string_view merge_by = {};  ///< lists with this key merge item by item
  std::string_view sentence = {};
};

struct Section {
  std::string_view name;  ///< dotted, as messages and planned() call it: "window", "target.webhook"
  std::string_view sentence;
  std::span<const Key> keys;
  std::string_view short_form = {};  ///< the key that a bare value stands for
  bool one_alternative = false;      ///< exactly one of the alternatives, not at most one

  const Key* find(std::string_view key) const;
};

extern const Section kRoot;
extern const Section kIncluded;  ///< what an included file may hold
extern const Section kModel;
extern const Section kEndpoint;  ///< a model's `endpoint`
extern const Section kEndpointAuth;
extern const Section kEndpointTls;
extern const Section kEndpointLabels;
extern const Section kCanary;
extern const Section kShadow;
extern const Section kQuality;   ///< a model's `quality`
extern const Section kRegistry;  ///< a model's `registry`

/// Keys and words of later versions: refused, and said to be known. `section` as in Section::name,
/// or with the key for a word ("reference", "rolling").
bool is_planned(std::string_view section, std::string_view word);

}  // namespace leeway::config
