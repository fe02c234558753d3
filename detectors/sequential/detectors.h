#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "detectors/base/parameter.h"
#include "detectors/base/result.h"
#include "detectors/sequential/detector.h"

namespace leeway::sequential {

/// A detector by name, with what its parameters are.
struct DetectorKind {
  std::string_view name;
  std::string_view sentence;  ///< what it is, for the documentation
  Input input;
  std::span<const Parameter> parameters;
  std::unique_ptr<Detector> (*make)(const Parameters& parameters);
  /// What one parameter allows another; empty where they do not depend on each other.
  Result<> (*consistent)(const Parameters& parameters) = nullptr;
};

/// All of them, in the order in which they are documented. The one list: what is not here does not
/// exist.
std::span<const DetectorKind> detectors();

const DetectorKind* find_detector(std::string_view name);

/// A detector together with what it is, to be saved. What deserialize() gives back goes on with the
/// next value as this one does.
class SequentialDetector {
 public:
  /// kNotFound, with what was probably meant, or kInvalidConfig, with all that is wrong.
  static Result<SequentialDetector> make(std::string_view name,
                                         const Parameters::Given& given = {});

  Detector& operator*() const { return *detector_; }
  Detector* operator->() const { return detector_.get(); }
  std::string_view name() const { return kind_->name; }

  /// A frame with magic, version, length and checksum. Some 200 bytes, with ADWIN and KSWIN 16 and
  /// 8 bytes for each bucket and value that they hold.
  std::string serialize() const;
  /// kCorrupt for bytes that serialize() cannot have written.
  static Result<SequentialDetector> deserialize(std::string_view bytes);

 private:
  SequentialDetector(const DetectorKind& kind, Parameters parameters);

  const DetectorKind* kind_;
  Parameters parameters_;
  std::unique_ptr<Detector> detector_;
};

}  // namespace leeway::sequential
