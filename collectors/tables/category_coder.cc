#include "collectors/tables/category_coder.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#include "detectors/base/bytes.h"

namespace leeway::tables {
namespace {

constexpr std::size_t kMaxName = 4096;         // bytes; longer values are not remembered
constexpr double kExact = 9007199254740992.0;  // 2^53: whole doubles below it are integers

/// The bits of a value that fits 16 bytes: what the cache compares.
struct Key {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  bool operator==(const Key&) const = default;
  std::size_t slot() const { return ((low ^ std::rotl(high, 29)) * 0x9E3779B97F4A7C15ULL) >> 56U; }
};

Key key_of(std::int64_t value) { return {std::bit_cast<std::uint64_t>(value), 0}; }
Key key_of(double value) { return {std::bit_cast<std::uint64_t>(value), 0}; }
Key key_of(bool value) { return {value ? 1U : 0U, 0}; }
Key key_of(const Text& text) { return std::bit_cast<Key>(text); }

/// A long text is a pointer, and what it points to changes.
template <class T>
bool is_cached(const T&) {
  return true;
}
bool is_cached(const Text& text) { return text.is_short(); }

template <class T>
const T& value_of(const T& value) {
  return value;
}
std::string_view value_of(const Text& text) { return text.view(); }

}  // namespace

/// The codes of a whole vector, with a cache of recent values before the hash table: where a file
/// has no dictionary, this is called for every row.
template <class T>
class CategoryCoder::Codes final : public ValueCode {
 public:
  explicit Codes(CategoryCoder& coder) : coder_(&coder) {}

  void codes(const Vector& values, std::span<std::uint32_t> out) override {
    const auto given = values.values<T>();
    for (std::size_t i = 0; i < given.size(); ++i) {
      out[i] = values.valid(i) ? code(given[i]) : kMissing;
    }
  }

 private:
  struct Entry {
    Key key;
    std::uint32_t code = kMissing;
    bool used = false;
  };

  std::uint32_t code(const T& value) {
    if (!is_cached(value)) return coder_->code(value_of(value));
    const Key key = key_of(value);
    Entry& entry = cache_[key.slot()];
    if (!entry.used || !(entry.key == key)) {
      entry = {.key = key, .code = coder_->code(value_of(value)), .used = true};
    }
    return entry.code;
  }

  CategoryCoder* coder_;
  std::array<Entry, 256> cache_{};
};

CategoryCoder::CategoryCoder(std::shared_ptr<const profile::Categories> known,
                             const MissingValues& missing, Options options)
    : known_(std::move(known)), missing_(&missing), options_(options) {}

CategoryCoder::~CategoryCoder() = default;

ValueCode& CategoryCoder::code_for(Kind kind) {
  const auto made = [this]<class T>(std::size_t at, T) -> ValueCode& {
    if (!codes_[at]) codes_[at] = std::make_unique<Codes<T>>(*this);
    return *codes_[at];
  };
  switch (kind) {
    case Kind::kBoolean:
      return made(0, bool{});
    case Kind::kInteger:
      return made(1, std::int64_t{});
    case Kind::kReal:
      return made(2, double{});
    default:
      return made(3, Text{});
  }
}

std::uint32_t CategoryCoder::code(std::string_view text) {
  if (missing_->contains(text)) return text.empty() ? kEmpty : kConfigured;
  return options_.boolean ? boolean(text) : look_up(text);
}

std::uint32_t CategoryCoder::code(std::int64_t number) {
  if (missing_->has_numbers() && missing_->contains(static_cast<double>(number))) {
    return kConfigured;
  }
  if (options_.boolean && number != 0 && number != 1) return kTypeError;
  if (options_.boolean) return code(number == 1);
  std::array<char, 24> text;
  const auto written = std::to_chars(text.begin(), text.end(), number);
  return look_up({text.data(), static_cast<std::size_t>(written.ptr - text.data())});
}

std::uint32_t CategoryCoder::code(double number) {
  if (std::isnan(number)) return kMissing;
  if (std::abs(number) < kExact && std::trunc(number) == number) {
    return code(static_cast<std::int64_t>(number));
  }
  if (missing_->contains(number)) return kConfigured;
  if (options_.boolean) return kTypeError;
  std::array<char, kNumberBytes> text;
  return look_up(write_number(number, text));
}

std::uint32_t CategoryCoder::code(bool value) { return look_up(value ? "true" : "false"); }

std::uint32_t CategoryCoder::boolean(std::string_view text) {
  for (const std::string_view yes : {"true", "True", "TRUE", "t", "T", "yes", "Yes", "YES", "1"}) {
    if (text == yes) return code(true);
  }
  for (const std::string_view no : {"false", "False", "FALSE", "f", "F", "no", "No", "NO", "0"}) {
    if (text == no) return code(false);
  }
  return kTypeError;
}

std::uint32_t CategoryCoder::look_up(std::string_view name) {
  const std::uint64_t hash = hash64(name);
  if (known_) {
    if (const auto index = known_->find(name, hash)) return kFirst + *index;
  }
  if (const auto found = new_codes_.find(name); found != new_codes_.end()) return found->second;
  if (new_names_.size() == options_.max_new || name.size() > kMaxName ||
      new_bytes_ + name.size() > options_.max_bytes) {
    others_.add_hash(hash);
    return kOther;
  }
  const std::uint32_t next = end();
  new_names_.emplace_back(name);
  new_bytes_ += name.size();
  new_codes_.emplace(new_names_.back(), next);
  return next;
}

std::uint32_t CategoryCoder::end() const {
  return kFirst + static_cast<std::uint32_t>((known_ ? known_->size() : 0) + new_names_.size());
}

std::string_view CategoryCoder::name(std::uint32_t code) const {
  const std::size_t index = code - kFirst;
  const std::size_t known = known_ ? known_->size() : 0;
  return index < known ? known_->name(index) : new_names_[index - known];
}

}  // namespace leeway::tables
