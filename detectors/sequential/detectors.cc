#include "detectors/sequential/detectors.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "detectors/base/names.h"
#include "detectors/sequential/adwin.h"
#include "detectors/sequential/charts.h"
#include "detectors/sequential/cusum.h"
#include "detectors/sequential/ddm.h"
#include "detectors/sequential/hddm.h"
#include "detectors/sequential/kswin.h"
#include "detectors/sequential/page_hinkley.h"

namespace leeway::sequential {
namespace {

constexpr std::string_view kMagic = "LWSEQDET";
constexpr std::uint32_t kVersion = 1;

template <class T>
std::unique_ptr<Detector> make(const Parameters& parameters) {
  return std::make_unique<T>(parameters);
}

template <class T>
DetectorKind kind(std::string_view name, std::string_view sentence, Input input) {
  DetectorKind kind{.name = name,
                    .sentence = sentence,
                    .input = input,
                    .parameters = T::parameters(),
                    .make = &make<T>};
  if constexpr (requires { &T::consistent; }) kind.consistent = &T::consistent;
  return kind;
}

const auto& list() {
  static const std::array kinds{
      kind<HddmA>("hddm_a", "Means before and after a cut, with Hoeffding's bound.",
                  Input::kShares),
      kind<HddmW>("hddm_w", "The same with weighted averages; quicker at abrupt changes.",
                  Input::kShares),
      kind<Adwin>("adwin", "A window as long as its values look alike.", Input::kNumbers),
      kind<PageHinkley>("page_hinkley", "The sum of deviations from the running mean.",
                        Input::kNumbers),
      kind<PageHinkleyOneSided>("page_hinkley_one_sided",
                                "The same for a rise only, with a sum that stays above 0.",
                                Input::kNumbers),
      kind<Cusum>("cusum", "Sums of deviations from a known mean, in standard deviations.",
                  Input::kNumbers),
      kind<CusumWarmUp>("cusum_warm_up", "The same, from a mean that the first values give.",
                        Input::kNumbers),
      kind<EwmaChart>("ewma", "The exponentially weighted average against a known mean.",
                      Input::kNumbers),
      kind<Shewhart>("shewhart", "Each value against a known mean.", Input::kNumbers),
      kind<Ddm>("ddm", "The error rate of a model against its least so far.", Input::kShares),
      kind<Eddm>("eddm", "The distance between errors of a model against its largest so far.",
                 Input::kErrors),
      kind<Kswin>("kswin", "The newest values against older ones by Kolmogorov-Smirnov.",
                  Input::kNumbers),
  };
  return kinds;
}

Result<const DetectorKind*> known_kind(std::string_view name) {
  if (const DetectorKind* kind = find_detector(name)) return kind;
  std::vector<std::string_view> names;
  for (const DetectorKind& kind : detectors()) names.push_back(kind.name);
  const auto near = nearest_name(name, names);
  return fail(ErrorCode::kNotFound, "unknown detector '" + std::string(name) + "'" +
                                        (near ? "; did you mean '" + *near + "'?" : ""));
}

Result<Parameters> checked(const DetectorKind& kind, Result<Parameters> parameters) {
  if (!parameters) return fail(std::move(parameters.error()).in(kind.name));
  if (!kind.consistent) return parameters;
  if (auto good = kind.consistent(*parameters); !good)
    return fail(std::move(good.error()).in(kind.name));
  return parameters;
}

}  // namespace

std::span<const DetectorKind> detectors() { return list(); }

const DetectorKind* find_detector(std::string_view name) {
  const auto found = std::ranges::find(list(), name, &DetectorKind::name);
  return found == list().end() ? nullptr : &*found;
}

SequentialDetector::SequentialDetector(const DetectorKind& kind, Parameters parameters)
    : kind_(&kind), parameters_(std::move(parameters)), detector_(kind.make(parameters_)) {}

Result<SequentialDetector> SequentialDetector::make(std::string_view name,
                                                    const Parameters::Given& given) {
  const auto kind = known_kind(name);
  if (!kind) return fail(kind.error());
  auto parameters = checked(**kind, Parameters::check((*kind)->parameters, given));
  if (!parameters) return fail(parameters.error());
  return SequentialDetector(**kind, std::move(*parameters));
}

std::string SequentialDetector::serialize() const {
  ByteWriter body;
  body.text(kind_->name);
  parameters_.write(body);
  detector_->write(body);
  return frame(kMagic, kVersion, body.bytes());
}

Result<SequentialDetector> SequentialDetector::deserialize(std::string_view bytes) {
  const auto corrupt = [](Error error) {
    return fail(Error{ErrorCode::kCorrupt, std::move(error.message)}.in("saved detector"));
  };
  const auto opened = open_frame(kMagic, bytes);
  if (!opened) return corrupt(opened.error());
  if (opened->version != kVersion)
    return corrupt({.message = "version " + std::to_string(opened->version) + " is not known"});
  ByteReader in(opened->body);
  const auto kind = known_kind(in.text());
  if (!kind) return corrupt(kind.error());
  auto parameters = checked(**kind, Parameters::read((*kind)->parameters, in));
  if (!parameters) return corrupt(parameters.error());
  SequentialDetector saved(**kind, std::move(*parameters));
  saved.detector_->read(in);
  if (!in.at_end()) return corrupt({.message = "its state is not well formed"});
  return saved;
}

}  // namespace leeway::sequential
