#include "collectors/tables/number_coder.h"

#include <bit>
#include <cmath>
#include <limits>

#include "detectors/profile/distinct.h"

namespace leeway::tables {

template <class T>
class NumberCoder::Codes final : public ValueCode {
 public:
  explicit Codes(NumberCoder& coder) : coder_(&coder) {}

  void codes(const Vector& values, std::span<std::uint32_t> out) override {
    const auto given = values.values<T>();
    for (std::size_t i = 0; i < given.size(); ++i) {
      out[i] = values.valid(i) ? coder_->code(static_cast<double>(given[i])) : kMissing;
    }
  }

 private:
  NumberCoder* coder_;
};

namespace {

constexpr std::size_t kFirstSlots = 256;

}  // namespace

NumberCoder::NumberCoder(const MissingValues& missing)
    : missing_(&missing),
      numbers_(kFirst, std::numeric_limits<double>::quiet_NaN()),
      slots_(kFirstSlots, 0) {}

NumberCoder::~NumberCoder() = default;

ValueCode& NumberCoder::code_for(std::string_view type_name) {
  for (const auto& [name, code] : codes_) {
    if (name == type_name) return *code;
  }
  std::unique_ptr<ValueCode> made;
  const bool known = with_type(type_name, [this, &made]<class T>(T) {
    made = std::make_unique<Codes<T>>(*this);
    return true;
  });
  LEEWAY_ASSERT(known, "the caller has asked reads()");
  return *codes_.emplace_back(type_name, std::move(made)).second;
}

std::uint32_t NumberCoder::code(double value) {
  value += 0.0;  // -0 and 0 are one number
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = profile::Distinct::hash_of(value) & mask;
  for (; slots_[at] != 0; at = (at + 1) & mask) {
    if (std::bit_cast<std::uint64_t>(numbers_[slots_[at]]) == bits) return slots_[at];
  }
  if (missing_->has_numbers() && missing_->contains(value)) return kConfigured;
  if (numbers_.size() - kFirst == kMost) {
    full_ = true;
    return kMissing;
  }
  const auto next = static_cast<std::uint32_t>(numbers_.size());
  numbers_.push_back(value);
  slots_[at] = next;
  if (2 * numbers_.size() > slots_.size()) grow();
  return next;
}

void NumberCoder::grow() {
  slots_.assign(2 * slots_.size(), 0);
  const std::size_t mask = slots_.size() - 1;
  for (std::uint32_t code = kFirst; code < numbers_.size(); ++code) {
    std::size_t at = profile::Distinct::hash_of(numbers_[code]) & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = code;
  }
}

}  // namespace leeway::tables
