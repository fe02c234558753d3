#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collectors/async/async.h"
#include "collectors/async/clock.h"
#include "daemon/exporter/families.h"

namespace prometheus {
class Registry;
}

namespace leeway::exporter {

/// What a series is about, in the order in which it is given up when there are too many, last
/// first.
enum class Detail : std::uint8_t {
  kModel,       ///< of a model, an incident, a delivery: never dropped
  kColumn,      ///< of a column that is not ok
  kOk,          ///< of a column that is ok
  kSegment,     ///< of a segment
  kInforming,   ///< a measure that does not decide
  kErrorBound,  ///< how exact a value is
};
inline constexpr std::size_t kDetails = 6;

/// What a series of a histogram shows, in the family's unit.
struct Distribution {
  std::vector<double> bounds;         ///< upper ones, ascending, finite
  std::vector<std::uint64_t> counts;  ///< at most that bound, so ascending too; as many
  std::uint64_t count = 0;            ///< of all, so at least the last of them
  double sum = 0.0;

  bool operator==(const Distribution&) const = default;
};

struct Series {
  Family family;
  std::vector<std::pair<std::string_view, std::string>> labels;  ///< in the order of the family
  double value = 0.0;
  Detail detail = Detail::kModel;
  std::shared_ptr<const Distribution> distribution = {};  ///< of a histogram, instead of a value
};

/// Everything that is exported of one model.
struct ModelMetrics {
  std::vector<Series> series;
};

/// One answer to a scrape.
struct Page {
  std::string content_type;
  bool gzip = false;
  std::vector<std::shared_ptr<const std::string>> pieces;
  std::size_t bytes = 0;
};

/// What a scraper takes; from its Accept and Accept-Encoding fields.
struct Format {
  bool open_metrics = false;
  bool gzip = false;

  bool operator==(const Format&) const = default;
};
Format negotiate(std::string_view accept, std::string_view accept_encoding);

struct ExporterOptions {
  std::size_t max_series = 200'000;
};

/// The metrics page, from a snapshot: a scrape computes nothing.
///
/// The lines of a family for a block of models are one piece, rendered and compressed when one of
/// its models has changed, a little at a time (below a millisecond a turn), and shared by all pages
/// in which it stays the same. Belongs to the thread of its io_context.
class Exporter {
 public:
  Exporter(asio::any_io_executor executor, Clock& clock, ExporterOptions options = {});
  ~Exporter();
  Exporter(const Exporter&) = delete;
  Exporter& operator=(const Exporter&) = delete;

  /// Replaces what is shown of a model. Series of one family must differ in their labels.
  void publish(std::string_view model, const ModelMetrics& metrics);
  void remove(std::string_view model);

  /// Leeway's own counters and histograms; shown with process_* and leeway_build_info, read at most
  /// once a second. Names that are in families.h do not belong here.
  prometheus::Registry& registry();

  /// The page as of now; null if rendering what changed would take longer than a turn may.
  std::shared_ptr<const Page> ready_page(Format format);

  /// The same, rendered over as many turns as it takes.
  Task<std::shared_ptr<const Page>> page(Format format);

  std::size_t series() const;  ///< shown
  std::size_t dropped() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace leeway::exporter
