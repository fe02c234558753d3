#include "daemon/exporter/exporter.h"

#include <prometheus/registry.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <numeric>
#include <optional>
#include <utility>

#include "daemon/exporter/blocks.h"
#include "daemon/exporter/own_text.h"
#include "daemon/exporter/process_metrics.h"

namespace leeway::exporter {
namespace {

using prometheus::MetricFamily;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Bytes that are compressed in a turn: well below a millisecond.
constexpr std::size_t kTurn = std::size_t{64} << 10U;

/// Changes that come together are rendered together.
constexpr Duration kDelay = milliseconds(5);

/// An encoding that nobody asked for in this time is not prepared ahead.
constexpr Duration kForget = minutes(10);

constexpr Duration kOwnAge = seconds(1);

std::size_t index_of(Encoding encoding) { return static_cast<std::size_t>(encoding); }

MetricFamily gauge(std::string name, std::string help, double value,
                   std::vector<prometheus::ClientMetric::Label> labels = {}) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = value;
  return {std::move(name), std::move(help), prometheus::MetricType::Gauge, {std::move(metric)}};
}

}  // namespace

class Exporter::Impl {
 public:
  Impl(asio::any_io_executor executor, Clock& clock, ExporterOptions options)
      : executor_(std::move(executor)), clock_(clock), options_(options) {}

  void publish(std::string_view key, const ModelMetrics& metrics) {
    auto model = std::make_unique<ModelText>(render(key, metrics));
    count(*model, true);
    if (const auto before = blocks_.put(std::move(model))) count(*before, false);
    changed();
  }

  void remove(std::string_view key) {
    const auto before = blocks_.remove(key);
    if (!before) return;
    count(*before, false);
    changed();
  }

  prometheus::Registry& registry() { return registry_; }

  std::shared_ptr<const Page> ready_page(Format format) {
    const auto encoding = format.gzip ? Encoding::kGzip : Encoding::kPlain;
    asked_[index_of(encoding)] = clock_.monotonic();
    auto& page = pages_[(format.open_metrics ? 2U : 0U) + (format.gzip ? 1U : 0U)];
    refresh_own();
    if (page) return page;
    std::size_t budget = kTurn;
    if (!prepare(encoding, budget)) return nullptr;
    page = make_page(format);
    return page;
  }

  Task<std::shared_ptr<const Page>> page(Format format) {
    for (;;) {
      if (auto page = ready_page(format)) co_return page;
      co_await asio::post(executor_, asio::use_awaitable);
    }
  }

  std::size_t series() const {
    const auto end = lines_.begin() + static_cast<std::ptrdiff_t>(most_) + 1;
    return std::accumulate(lines_.begin(), end, std::size_t{0});
  }

  std::size_t dropped() const {
    return std::accumulate(lines_.begin(), lines_.end(), std::size_t{0}) - series();
  }

 private:
  void count(const ModelText& model, bool more) {
    for (std::size_t i = 0; i < kDetails; ++i) {
      lines_[i] += more ? model.lines[i] : std::size_t{0} - model.lines[i];
    }
  }

  void changed() {
    const Detail before = std::exchange(most_, most_detail());
    if (most_ != before) blocks_.spoil_all();
    pages_ = {};
    if (dropped() != dropped_shown_) own_read_.reset();
    if (!alarm_set_ && (wanted(Encoding::kPlain) || wanted(Encoding::kGzip))) {
      prepare_after(kDelay);
    }
  }

  /// How much detail fits into max_series.
  Detail most_detail() const {
    std::size_t total = std::accumulate(lines_.begin(), lines_.end(), std::size_t{0});
    auto most = Detail::kErrorBound;
    while (total > options_.max_series && most > Detail::kColumn) {
      total -= lines_[static_cast<std::size_t>(most)];
      most = static_cast<Detail>(static_cast<std::size_t>(most) - 1);
    }
    return most;
  }

  bool wanted(Encoding encoding) const {
    const auto& asked = asked_[index_of(encoding)];
    return asked && clock_.monotonic() - *asked < kForget;
  }

  // Ahead of the next scrape, a little in each turn.
  void prepare_after(Duration delay) {
    alarm_set_ = true;
    alarm_ = clock_.call_after(delay, [this] {
      alarm_set_ = false;
      std::size_t budget = kTurn;
      for (const auto encoding : {Encoding::kPlain, Encoding::kGzip}) {
        if (wanted(encoding) && !prepare(encoding, budget)) return prepare_after(Duration(0));
      }
    });
  }

  /// True when all parts are ready, false when the budget was used up before.
  bool prepare(Encoding encoding, std::size_t& budget) {
    for (auto& block : blocks_) {
      if (block->ready[index_of(encoding)]) continue;
      for (const auto& family : kFamilies) {
        Part& part = block->parts[static_cast<std::size_t>(family.family)];
        while (!part.is_ready(encoding)) {
          if (budget == 0) return false;
          const auto used = part.prepare(encoding, block->models, family.family, most_, deflater(),
                                         wanted(Encoding::kPlain));
          budget -= std::min(budget, used);
        }
      }
      block->ready[index_of(encoding)] = true;
    }
    return true;
  }

  Deflater& deflater() {
    if (!deflater_) deflater_.emplace();
    return *deflater_;
  }

  void refresh_own() {
    const Duration now = clock_.monotonic();
    if (own_read_ && now - *own_read_ < kOwnAge) return;
    own_read_ = now;
    dropped_shown_ = dropped();
    pages_ = {};
    own_ = process_metrics();
    for (auto& family : registry_.Collect()) own_.push_back(std::move(family));
    own_.push_back(gauge("leeway_build_info", "The version that is running.", 1.0,
                         {{"version", LEEWAY_VERSION}}));
    own_.push_back(gauge("leeway_series_dropped",
                         "Series left out because there would be more than exporter.max_series.",
                         static_cast<double>(dropped_shown_)));
    std::ranges::sort(own_, {}, &MetricFamily::name);
  }

  /// The families that have lines; all parts are ready.
  OwnText::Shown shown_families() {
    OwnText::Shown shown{};
    for (const auto& block : blocks_) {
      for (std::size_t i = 0; i < shown.size(); ++i) {
        shown[i] = shown[i] || block->parts[i].has_lines();
      }
    }
    return shown;
  }

  std::shared_ptr<const Page> make_page(Format format) {
    OwnText& own = own_text_[format.open_metrics ? 1 : 0];
    own.update(own_, shown_families(), format.open_metrics);
    auto page = std::make_shared<Page>();
    page->content_type = format.open_metrics
                             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                             : "text/plain; version=0.0.4; charset=utf-8";
    page->gzip = format.gzip;
    page->pieces = format.gzip ? gzip_pieces(own) : plain_pieces(own);
    for (const auto& piece : page->pieces) page->bytes += piece->size();
    return page;
  }

  std::vector<Piece> plain_pieces(OwnText& own) {
    std::vector<Piece> pieces;
    for (std::size_t slot = 0; slot < OwnText::kSlots; ++slot) {
      if (own.text(slot)) pieces.push_back(own.text(slot));
      if (slot == kFamilies.size()) break;
      for (const auto& block : blocks_) {
        const auto& text = block->parts[slot].text();
        pieces.insert(pieces.end(), text.begin(), text.end());
      }
    }
    return pieces;
  }

  std::vector<Piece> gzip_pieces(OwnText& own) {
    GzipJoin join;
    for (std::size_t slot = 0; slot < OwnText::kSlots; ++slot) {
      if (own.text(slot)) join.add(own.deflated(slot, deflater()));
      if (slot == kFamilies.size()) break;
      for (const auto& block : blocks_) {
        for (const auto& part : block->parts[slot].deflated()) join.add(part);
      }
    }
    return std::move(join).finish();
  }

  asio::any_io_executor executor_;
  Clock& clock_;
  ExporterOptions options_;
  prometheus::Registry registry_;
  Blocks blocks_;
  std::array<std::size_t, kDetails> lines_{};
  Detail most_ = Detail::kErrorBound;
  std::vector<MetricFamily> own_;
  std::optional<Duration> own_read_;
  std::size_t dropped_shown_ = 0;
  std::array<OwnText, 2> own_text_;  ///< by format
  std::array<std::shared_ptr<const Page>, 4> pages_;
  std::array<std::optional<Duration>, 2> asked_;  ///< when last, by encoding
  std::optional<Deflater> deflater_;
  bool alarm_set_ = false;
  Alarm alarm_;
};

Exporter::Exporter(asio::any_io_executor executor, Clock& clock, ExporterOptions options)
    : impl_(std::make_unique<Impl>(std::move(executor), clock, options)) {}
Exporter::~Exporter() = default;

void Exporter::publish(std::string_view model, const ModelMetrics& metrics) {
  impl_->publish(model, metrics);
}
void Exporter::remove(std::string_view model) { impl_->remove(model); }
prometheus::Registry& Exporter::registry() { return impl_->registry(); }
std::size_t Exporter::series() const { return impl_->series(); }
std::size_t Exporter::dropped() const { return impl_->dropped(); }

std::shared_ptr<const Page> Exporter::ready_page(Format format) {
  return impl_->ready_page(format);
}

Task<std::shared_ptr<const Page>> Exporter::page(Format format) { return impl_->page(format); }

}  // namespace leeway::exporter
