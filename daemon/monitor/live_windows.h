#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "daemon/monitor/intake.h"
#include "daemon/store/windows.h"

namespace leeway::monitor {

/// A reference without windows of its own (no timestamps, or too few days) says nothing about how
/// far windows stray; so many judged ones are learned from instead.
inline constexpr std::size_t kLiveWindows = 14;

bool lacks_windows(const ActiveReference& reference);

/// How many falsely critical windows are expected with these thresholds: what the windows of the
/// reference vouch for and what fixed thresholds add. Nothing while the reference is learned.
std::optional<double> false_alarms_per_day(const ActiveReference& reference,
                                           const config::Model& model);

/// The same reference with such windows and what was folded for them.
Result<std::shared_ptr<const ActiveReference>> learned_from(
    const ActiveReference& reference, const config::Model& model,
    const std::vector<store::Window>& windows,
    const std::vector<store::Contribution>& contributions);

/// The same reference with the first windows that were judged against it, and with thresholds and
/// an expected volume learned from them; unchanged while there are fewer. How far they lie from the
/// reference plays no part, only how far they lie from each other.
Async<std::shared_ptr<const ActiveReference>> with_live_windows(
    Services services, config::Model model, std::shared_ptr<const ActiveReference> reference);

}  // namespace leeway::monitor
