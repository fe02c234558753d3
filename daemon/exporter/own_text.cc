#include "daemon/exporter/own_text.h"

#include <memory>
#include <utility>

#include "daemon/exporter/text.h"

namespace leeway::exporter {

void OwnText::update(const std::vector<prometheus::MetricFamily>& own, const Shown& shown,
                     bool open_metrics) {
  auto next = own.begin();
  for (std::size_t i = 0; i < kSlots; ++i) {
    std::string text;
    const bool last = i == kFamilies.size();
    for (; next != own.end() && (last || next->name < kFamilies[i].name); ++next) {
      if (!next->metric.empty()) append_family(text, *next, open_metrics);
    }
    if (!last && shown[i]) {
      const auto& family = kFamilies[i];
      append_header(text, family.name, family.type, family.help, open_metrics);
    }
    if (last && open_metrics) text += "# EOF\n";
    Slot& slot = slots_[i];
    if (slot.text ? *slot.text == text : text.empty()) continue;
    slot.text = text.empty() ? nullptr : std::make_shared<const std::string>(std::move(text));
    slot.deflated.reset();
  }
}

const Deflated& OwnText::deflated(std::size_t slot, Deflater& deflater) {
  auto& cached = slots_[slot].deflated;
  if (!cached) cached = deflater.deflate(*slots_[slot].text);
  return *cached;
}

}  // namespace leeway::exporter
