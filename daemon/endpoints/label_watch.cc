#include "daemon/endpoints/label_watch.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "collectors/async/on_pool.h"
#include "collectors/tables/cells.h"
#include "daemon/endpoints/row_wish.h"
#include "daemon/log/log.h"
#include "daemon/store/scored_rows.h"

namespace leeway::endpoint {
namespace {

constexpr std::string_view kSource = "labels";
constexpr std::size_t kMostIds = 50'000;
constexpr std::uint64_t kMostBytes = std::uint64_t{16} << 20U;
constexpr std::size_t kSearchedAgain = 8;

Duration longest_keep(const config::ModelEndpoint& endpoint) {
  Duration keep{0};
  if (endpoint.canary) keep = std::max(keep, endpoint.canary->keep);
  if (endpoint.shadow) keep = std::max(keep, endpoint.shadow->scoring.keep);
  return keep;
}

std::string id_of(const config::Model& model) {
  const auto& on = model.endpoint->labels->on;
  return on ? *on : model.columns.id.value_or("");
}

std::string label_of(const config::Model& model) {
  const auto& name = model.endpoint->labels->name;
  if (name) return *name;
  return model.columns.label ? model.columns.label->name : "";
}

struct Labelled {
  std::string id;
  std::string label;
};

}  // namespace

LabelWatch::LabelWatch(monitor::Services services, monitor::LiveBoard& board,
                       const config::Model& model, ReferenceOf reference, std::uint64_t seed)
    : services_(services),
      board_(board),
      model_(model),
      reference_(std::move(reference)),
      key_(model.key()),
      id_(id_of(model)),
      label_(label_of(model)),
      keep_(longest_keep(*model.endpoint)),
      rounds_(services.clock, model.endpoint->labels->every, key_ + "/labels", seed) {
  const config::EndpointLabels& labels = *model.endpoint->labels;
  for (const std::string& pattern : labels.files) {
    watches_.push_back(std::make_shared<files::FileWatch>(pattern, labels.every));
  }
}

LabelWatch::~LabelWatch() = default;

Task<> LabelWatch::run() {
  while (co_await rounds_.next()) {
    busy_ = true;
    trouble_.clear();
    auto done = co_await round();
    busy_ = false;
    if (!done && done.error().code == ErrorCode::kCancelled) co_return;
    if (!done) trouble_ = done.error().message;
    if (!trouble_.empty()) {
      log::warn("labels not read", {{"model", key_}, {"error", trouble_}});
    }
    monitor::LiveReport report;
    report.details = {{"waiting", waiting_.size()},
                      {"found", found_},
                      {"files", searched_.size()},
                      {"trouble", trouble_}};
    board_.publish(kSource, std::move(report));
  }
}

Async<> LabelWatch::round() {
  auto read = [key = key_](store::Connection& connection) {
    return store::unlabelled_ids(connection, key, kMostIds);
  };
  auto ids = co_await services_.store.read_async(std::move(read));
  if (!ids) co_return fail(std::move(ids.error()).in("looking for rows without labels"));
  const bool rows_were_kept =
      std::ranges::any_of(*ids, [this](const std::string& id) { return !waiting_.contains(id); });
  waiting_ = {ids->begin(), ids->end()};
  auto files = co_await files_to_search(rows_were_kept);
  if (!files) co_return fail(std::move(files.error()));
  for (const files::SeenFile& file : *files) {
    if (!waiting_.empty()) {
      const std::vector<std::string> left(waiting_.begin(), waiting_.end());
      auto found = co_await search(file, left);
      if (!found) {
        const ErrorCode code = found.error().code;
        if (code == ErrorCode::kCancelled) co_return fail(std::move(found.error()));
        trouble_ = std::move(found.error().message);
        if (code == ErrorCode::kUnavailable) continue;  // once more in the next round
      } else {
        found_ += *found;
      }
    }
    searched_[file.path] = file.version();
  }
  co_return Result<>{};
}

/// Oldest first: of two labels of an id the earlier one stays.
Async<std::vector<files::SeenFile>> LabelWatch::files_to_search(bool rows_were_kept) {
  auto work = [watches = watches_, now = services_.clock.now()]() -> Result<files::Poll> {
    files::Poll all;
    for (const auto& watch : watches) {
      files::Poll poll = watch->poll(now);
      std::ranges::move(poll.ready, std::back_inserter(all.ready));
      std::ranges::move(poll.troubles, std::back_inserter(all.troubles));
    }
    return all;
  };
  auto poll = co_await on_pool(services_.pool, std::move(work));
  if (!poll) co_return fail(std::move(poll.error()));
  for (const files::Trouble& trouble : poll->troubles) trouble_ = trouble.error.message;
  std::vector<files::SeenFile>& ready = poll->ready;
  std::ranges::sort(ready, {}, &files::SeenFile::mtime_ns);
  const TimePoint oldest = services_.clock.now() - keep_;
  std::map<std::string, std::string> searched;
  std::vector<files::SeenFile> chosen;
  for (std::size_t i = 0; i < ready.size(); ++i) {
    const auto known = searched_.find(ready[i].path);
    const bool is_known = known != searched_.end() && known->second == ready[i].version();
    if (is_known) searched.insert(*known);
    const bool again = rows_were_kept && i + kSearchedAgain >= ready.size();
    const bool too_old = from_micros(ready[i].mtime_ns / 1000) < oldest;
    if ((!is_known || again) && !too_old) chosen.push_back(std::move(ready[i]));
  }
  searched_ = std::move(searched);  // without those that are gone
  co_return chosen;
}

Async<std::uint64_t> LabelWatch::search(const files::SeenFile& file,
                                        const std::vector<std::string>& ids) {
  const auto reference = reference_();
  tables::RowsPlan plan;
  plan.files = {file.path};
  plan.columns = {cell_column(reference.get(), id_), cell_column(reference.get(), label_)};
  plan.columns[1].written_as_text = true;  // columns.label.positive is what is written there
  plan.key = id_;
  plan.keys = ids;
  plan.rows = 2 * ids.size();  // an id may be there twice
  plan.bytes = kMostBytes;
  plan.missing_values = model_.columns.missing_values;
  auto answer = co_await services_.workers.read_rows(std::move(plan));
  if (!answer) co_return fail(std::move(answer.error()).in("labels"));
  for (const std::string& absent : answer->absent) {
    trouble_ = "labels: '" + file.path + "' has no column '" + absent + "'";
  }
  std::vector<Labelled> labels;
  for (const tables::CellRow& row : answer->rows) {
    if (std::holds_alternative<std::monostate>(row.cells[1])) continue;  // not in yet
    labels.push_back(
        {.id = tables::plain_text(row.cells[0]), .label = tables::plain_text(row.cells[1])});
    waiting_.erase(labels.back().id);
  }
  auto write = [key = key_, labels = std::move(labels)](
                   store::Connection& connection) -> Result<std::uint64_t> {
    std::uint64_t given = 0;
    for (const Labelled& each : labels) {
      auto set = store::set_label(connection, key, each.id, each.label);
      if (!set) return set;
      given += *set;
    }
    return given;
  };
  auto given = co_await services_.store.write(std::move(write));
  if (!given) co_return fail(std::move(given.error()).in("keeping labels"));
  co_return given;
}

}  // namespace leeway::endpoint
