#include "daemon/monitor/references.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>
#include <map>
#include <utility>

#include "collectors/async/on_pool.h"
#include "daemon/log/log.h"
#include "daemon/monitor/multivariate.h"
#include "daemon/monitor/reference_file.h"
#include "daemon/monitor/settings.h"
#include "daemon/store/files.h"
#include "daemon/store/references.h"
#include "daemon/store/windows.h"
#include "detectors/base/bytes.h"
#include "detectors/threshold/change_inside.h"

namespace leeway::monitor {
namespace {

namespace json = boost::json;

constexpr std::uint32_t kMostTimesAnew = 3;
constexpr std::size_t kMaxReferenceBytes = std::size_t{256} << 20U;

/// What Progress::state of a model says of its reference.
struct Kept {
  std::string key;  ///< of what it was made from
  std::string id;
  bool provisional = false;
  Origin origin;
  std::optional<LearnedAnew> learned_anew = {};
};

std::string encode(const Kept& kept) {
  json::array segments;
  for (const tables::Segments& segment : kept.origin.segments) {
    segments.push_back(
        json::object{{"column", segment.column}, {"values", json::value_from(segment.values)}});
  }
  json::array columns;
  for (const tables::ObservedColumn& column : kept.origin.columns) {
    columns.push_back(json::object{{"name", column.name}, {"type", column.file_type}});
  }
  json::object object{{"version", 1},
                      {"reference_key", kept.key},
                      {"reference", kept.id},
                      {"provisional", kept.provisional},
                      {"segments", std::move(segments)},
                      {"columns", std::move(columns)}};
  if (kept.learned_anew) {
    object["learned_anew"] = json::object{{"from", to_micros(kept.learned_anew->from)},
                                          {"times", kept.learned_anew->times},
                                          {"note", kept.learned_anew->note}};
  }
  return json::serialize(object);
}

std::optional<Kept> decode(const std::string& text) {
  boost::system::error_code error;
  const json::value parsed = json::parse(text, error);
  if (error || !parsed.is_object()) return std::nullopt;
  const json::object& object = parsed.as_object();
  try {
    Kept kept;
    kept.key = json::value_to<std::string>(object.at("reference_key"));
    kept.id = json::value_to<std::string>(object.at("reference"));
    kept.provisional = object.at("provisional").as_bool();
    for (const json::value& each : object.at("segments").as_array()) {
      kept.origin.segments.push_back(
          {.column = json::value_to<std::string>(each.at("column")),
           .values = json::value_to<std::vector<std::string>>(each.at("values"))});
    }
    if (const json::value* anew = object.if_contains("learned_anew")) {
      kept.learned_anew = {.from = from_micros(json::value_to<std::int64_t>(anew->at("from"))),
                           .times = json::value_to<std::uint32_t>(anew->at("times")),
                           .note = json::value_to<std::string>(anew->at("note"))};
    }
    const json::value* columns = object.if_contains("columns");
    if (columns == nullptr) return kept;  // of an early version: types are compared loosely
    for (const json::value& each : columns->as_array()) {
      kept.origin.columns.push_back({.name = json::value_to<std::string>(each.at("name")),
                                     .file_type = json::value_to<std::string>(each.at("type"))});
    }
    return kept;
  } catch (const std::exception&) {
    return std::nullopt;  // of a later version: it is learned anew
  }
}

std::filesystem::path reference_file(const store::Store& store, const std::string& id) {
  return store.references() / (id + ".reference");
}

std::filesystem::path rows_file(const store::Store& store, const std::string& id) {
  return store.references() / (id + ".rows");
}

std::filesystem::path sample_file(const store::Store& store, const std::string& id) {
  return store.references() / (id + ".sample");
}

Result<std::vector<files::SeenFile>> listed(const std::vector<std::string>& patterns) {
  std::vector<files::SeenFile> found;
  for (const std::string& pattern : patterns) {
    files::Listing listing = files::list_files(pattern);
    if (!listing.troubles.empty()) {
      files::Trouble& trouble = listing.troubles.front();
      return fail(std::move(trouble.error).in("'" + trouble.path + "'"));
    }
    if (listing.files.empty())
      return fail(ErrorCode::kNotFound, "no file matches '" + pattern + "'");
    found.insert(found.end(), listing.files.begin(), listing.files.end());
  }
  return found;
}

/// Adds rows to a whole and to the window they belong to; contributions come in order of time.
Result<> add(profile::Profile& whole, std::vector<profile::Reference::Window>& windows,
             const profile::Schema& schema, TimePoint start, const profile::Profile& rows) {
  if (windows.empty() || windows.back().start != start)
    windows.push_back({.start = start, .profile = profile::Profile::empty_for(schema)});
  if (Result<> merged = windows.back().profile.merge(rows); !merged) return merged;
  return whole.merge(rows);
}

/// What is to be said of learning that goes on behind a change.
LearnedAnew anew_behind(const threshold::ChangeInside& change, const profile::Reference& learned,
                        const std::optional<LearnedAnew>& before) {
  const TimePoint from = learned.windows[change.first].start;
  return {.from = from,
          .times = (before ? before->times : 0) + 1,
          .note = "learned anew from " + to_rfc3339(from) +
                  " on, since the windows before differ: " + change.sentence};
}

}  // namespace

Result<profile::Reference> reference_of(const profile::Reference& provisional,
                                        const std::vector<store::Contribution>& contributions) {
  profile::Reference reference = provisional;
  const profile::Schema& schema = reference.schema;
  reference.profile = profile::Profile::empty_for(schema);
  reference.windows.clear();
  reference.parts.clear();
  std::map<std::string, profile::Reference::Part> parts;
  for (const store::Contribution& contribution : contributions) {
    if (contribution.schema_id != schema.id()) continue;
    auto rows = profile::Profile::deserialize(contribution.profile);
    if (!rows) return fail(std::move(rows.error()).in("reading a contribution"));
    const TimePoint start = contribution.pane_start;
    Result<> added;
    if (contribution.segment.empty()) {
      added = add(reference.profile, reference.windows, schema, start, *rows);
    } else {
      const auto [part, fresh] = parts.try_emplace(contribution.segment);
      if (fresh)
        part->second = {.segment = contribution.segment,
                        .profile = profile::Profile::empty_for(schema)};
      added = add(part->second.profile, part->second.windows, schema, start, *rows);
    }
    if (!added) return fail(std::move(added.error()));
  }
  for (auto& [segment, part] : parts) reference.parts.push_back(std::move(part));
  reference.source = "learned from " + std::to_string(reference.windows.size()) + " windows";
  return reference;
}

References::References(Services services, std::shared_ptr<const config::Config> config,
                       const config::Model& model)
    : services_(services), config_(std::move(config)), model_(&model) {}

void References::set_config(std::shared_ptr<const config::Config> config,
                            const config::Model& model) {
  config_ = std::move(config);
  model_ = &model;
}

std::string References::key_of(const std::vector<files::SeenFile>& files) const {
  ByteWriter out;
  out.u64(learning_hash(*model_));
  for (const files::SeenFile& file : files) {
    out.text(file.path);
    out.text(file.version());
  }
  return std::to_string(hash64(out.bytes()));
}

Async<std::shared_ptr<const ActiveReference>> References::load() {
  const std::string& profile = model_->reference.profile;
  if (model_->reference.files.empty() && profile.empty()) {
    auto learned = co_await stored("windows:" + key_of({}));
    if (!learned) co_return fail(std::move(learned.error()));
    if (!*learned) co_return fail(ErrorCode::kNotFound, "nothing learned yet");
    co_return std::move(*learned);
  }
  auto work = [patterns = profile.empty() ? model_->reference.files : std::vector{profile}] {
    return listed(patterns);
  };
  auto files = co_await on_pool(services_.pool, std::move(work));
  if (!files) co_return fail(std::move(files.error()).in("reference"));
  const std::string key = key_of(*files);
  auto kept = co_await stored(key);
  if (!kept) co_return fail(std::move(kept.error()));
  // Those of early versions say nothing of segments.
  const bool complete = *kept && (!(*kept)->segments.empty() || (*kept)->origin.segments.empty());
  if (complete) co_return std::move(*kept);

  std::vector<std::filesystem::path> paths;
  for (const files::SeenFile& file : *files) paths.emplace_back(file.path);
  std::string source = source_of(paths);
  auto making = model_->reference.profile.empty() ? learn(std::move(paths), std::move(source))
                                                  : read_profile(paths.front());
  auto made = co_await std::move(making);
  if (!made) co_return fail(std::move(made.error()).in("reference"));
  co_return co_await keep(std::move(*made), key, false);
}

Async<References::Made> References::read_profile(std::filesystem::path path) {
  auto work = [path, columns = model_->columns]() -> Result<Made> {
    const std::string where = "'" + path.string() + "'";
    auto bytes = store::read_file(path, kMaxReferenceBytes);
    if (!bytes) return fail(std::move(bytes.error()));
    auto file = ReferenceFile::decode(*bytes);
    if (!file) return fail(std::move(file.error()).in(where));
    if (auto fine = fits(*file, columns); !fine) return fail(std::move(fine.error()).in(where));
    Made made;
    made.reference = std::move(file->reference);
    made.origin = {.segments = std::move(file->segments), .columns = std::move(file->columns)};
    return made;
  };
  co_return co_await on_pool(services_.pool, std::move(work));
}

Async<References::Made> References::learn(std::vector<std::filesystem::path> paths,
                                          std::string source) {
  tables::LearnPlan plan;
  plan.files = std::move(paths);
  plan.source = std::move(source);
  plan.rules = column_rules(*model_);
  plan.panes = {.size = model_->window.slide, .time_zone = model_->window.time_zone};
  plan.seed = hash64(model_->key());
  plan.scratch = {.directory = worker_scratch(services_.store),
                  .stem = "reference-" + std::to_string(hash64(model_->key())),
                  .extract_rows = kReferenceRows,
                  .sample_rows = sample_rows(*model_)};
  auto answer = co_await services_.workers.learn(std::move(plan));
  if (!answer) co_return fail(std::move(answer.error()));
  auto reference = profile::Reference::deserialize(answer->reference);
  if (!reference) co_return fail(std::move(reference.error()));
  for (const std::string& note : answer->notes)
    log::debug("reference", {{"model", model_->key()}, {"note", note}});
  Made made;
  made.reference = std::move(*reference);
  made.extract = std::move(answer->extract);
  made.origin = {.segments = std::move(answer->segments),
                 .columns = std::move(answer->columns),
                 .sample = answer->sample.value_or("")};
  co_return made;
}

Async<std::shared_ptr<const ActiveReference>> References::keep(Made made, std::string key,
                                                               bool provisional) {
  const std::string id = made.reference.id();
  store::Reference row{.model = model_->key(),
                       .id = id,
                       .source = made.reference.source,
                       .file = id + ".reference",
                       .rows = made.reference.profile.rows,
                       .anchor = false,
                       .created_at = services_.clock.now(),
                       .adopted_at = {}};
  const std::string state =
      encode({.key = key, .id = id, .provisional = provisional, .origin = made.origin});

  // Files first, then the row that names them: a crash in between leaves a file that nobody names.
  auto work = [made = std::move(made), from = worker_scratch(services_.store),
               file = reference_file(services_.store, id), rows = rows_file(services_.store, id),
               sample = sample_file(services_.store, id), model = *model_,
               provisional]() mutable -> Result<std::shared_ptr<const ActiveReference>> {
    if (Result<> written = store::write_durably(file, made.reference.serialize()); !written) {
      return fail(std::move(written.error()));
    }
    std::optional<std::filesystem::path> extract;
    if (made.extract) {
      if (Result<> moved = store::adopt_durably(from / *made.extract, rows); !moved)
        return fail(std::move(moved.error()));
      extract = rows;
    }
    if (!made.origin.sample.empty()) {
      if (Result<> moved = store::adopt_durably(from / made.origin.sample, sample); !moved)
        return fail(std::move(moved.error()));
      made.origin.sample = sample;
    }
    return activate(std::move(made.reference), extract, std::move(made.origin), model, provisional);
  };
  auto active = co_await on_pool(services_.pool, std::move(work));
  if (!active) co_return fail(std::move(active.error()).in("keeping the reference"));

  auto write = [row, state](store::Connection& connection) -> Result<> {
    if (Result<> saved = store::save_reference(connection, row); !saved) return saved;
    if (Result<> adopted = store::adopt_reference(connection, row.model, row.id, row.created_at);
        !adopted)
      return adopted;
    auto progress = store::progress(connection, row.model);
    if (!progress) return fail(std::move(progress.error()));
    store::Progress next = progress->value_or(store::Progress{});
    next.model = row.model;
    next.state = state;
    return store::save_progress(connection, next);
  };
  if (auto written = co_await services_.store.write(std::move(write)); !written) {
    co_return fail(std::move(written.error()).in("adopting the reference"));
  }
  log::info("reference adopted", {{"model", row.model},
                                  {"reference", id},
                                  {"rows", row.rows},
                                  {"source", row.source},
                                  {"provisional", provisional}});
  co_return std::move(*active);
}

Async<std::shared_ptr<const ActiveReference>> References::stored(std::string key) {
  auto read = [model = model_->key()](store::Connection& connection) {
    return store::progress(connection, model);
  };
  auto progress = co_await services_.store.read_async(std::move(read));
  if (!progress) co_return fail(std::move(progress.error()));
  std::shared_ptr<const ActiveReference> nothing;
  if (!*progress) co_return nothing;
  const std::optional<Kept> kept = decode((*progress)->state);
  if (!kept || kept->key != key) co_return nothing;

  auto work = [file = reference_file(services_.store, kept->id),
               rows = rows_file(services_.store, kept->id),
               sample = sample_file(services_.store, kept->id), kept = *kept,
               model = *model_]() mutable -> Result<std::shared_ptr<const ActiveReference>> {
    auto bytes = store::read_file(file, kMaxReferenceBytes);
    if (!bytes) return fail(std::move(bytes.error()));
    auto reference = profile::Reference::deserialize(*bytes);
    if (!reference) return fail(std::move(reference.error()).in("'" + file.string() + "'"));
    std::error_code missing;
    std::optional<std::filesystem::path> extract;
    if (std::filesystem::exists(rows, missing)) extract = rows;
    if (std::filesystem::exists(sample, missing)) kept.origin.sample = sample;
    auto active = activate(std::move(*reference), extract, kept.origin, model, kept.provisional);
    if (!active || !kept.learned_anew) return active;
    auto anew = std::make_shared<ActiveReference>(**active);
    anew->learned_anew = kept.learned_anew;
    return anew;
  };
  auto active = co_await on_pool(services_.pool, std::move(work));
  if (!active) {
    log::warn("stored reference unusable",
              {{"model", model_->key()}, {"error", active.error().message}});
    co_return nothing;
  }
  co_return std::move(*active);
}

Async<> References::save_state(std::string state) {
  auto write = [model = model_->key(),
                state = std::move(state)](store::Connection& connection) -> Result<> {
    auto progress = store::progress(connection, model);
    if (!progress) return fail(std::move(progress.error()));
    store::Progress next = progress->value_or(store::Progress{});
    next.model = model;
    next.state = state;
    return store::save_progress(connection, next);
  };
  co_return co_await services_.store.write(std::move(write));
}

Async<std::shared_ptr<const ActiveReference>> References::begin_learning(files::SeenFile file) {
  auto made = co_await learn({file.path}, "columns of " + file.path);
  if (!made) co_return fail(std::move(made.error()));
  // Only columns and cells: the rows of this file come in as a batch like any other.
  made->reference.profile = profile::Profile::empty_for(made->reference.schema);
  made->reference.windows.clear();
  made->reference.parts.clear();
  made->extract.reset();
  made->origin.sample.clear();
  co_return co_await keep(std::move(*made), "windows:" + key_of({}), true);
}

Async<std::shared_ptr<const ActiveReference>> References::finish_learning(
    std::shared_ptr<const ActiveReference> provisional, std::vector<TimePoint> windows) {
  const store::PaneRange range{
      .begin = windows.front(), .end = windows.back() + Duration{1}, .segment = {}};
  auto read = [model = model_->key(), range](store::Connection& connection) {
    return store::contributions(connection, model, range);
  };
  auto contributions = co_await services_.store.read_async(std::move(read));
  if (!contributions) co_return fail(std::move(contributions.error()));

  const std::string stem = "learned-" + std::to_string(hash64(model_->key()));
  const std::string name = stem + ".rows";
  struct Learned {
    Made made;
    std::optional<LearnedAnew> anew;
  };
  auto work = [contributions = std::move(*contributions), provisional, name,
               sample = stem + ".sample", min_rows = model_->window.min_rows,
               seed = hash64(model_->key()), scratch = services_.store.scratch(),
               to = worker_scratch(services_.store)]() -> Result<Learned> {
    Learned learned;
    Made& made = learned.made;
    auto gathered = reference_of(provisional->reference, contributions);
    if (!gathered) return fail(std::move(gathered.error()));
    made.reference = std::move(*gathered);
    made.origin = provisional->origin;
    if (const auto change = threshold::change_inside(made.reference, min_rows, seed)) {
      learned.anew = anew_behind(*change, made.reference, provisional->learned_anew);
      if (learned.anew->times <= kMostTimesAnew) return learned;
      made.reference.source += ", which change inside: " + change->sentence;
    }
    std::vector<std::filesystem::path> extracts;
    bool complete = made.reference.profile.rows <= kReferenceRows;
    for (const store::Contribution& contribution : contributions) {
      const bool of_all = contribution.segment.empty();
      if (!of_all || contribution.schema_id != made.reference.schema.id()) continue;
      complete = complete && !contribution.extract.empty();
      extracts.push_back(scratch / contribution.extract);
    }
    if (complete) {
      if (Result<> merged = tables::merge_extracts(extracts, to / name); !merged)
        return fail(std::move(merged.error()));
      made.extract = name;
    }
    made.origin.sample.clear();
    auto drawn = gather_samples(contributions, made.reference.schema.id(), scratch, to / sample);
    if (!drawn) return fail(std::move(drawn.error()));
    if (*drawn) made.origin.sample = sample;
    return learned;
  };
  auto learned = co_await on_pool(services_.pool, std::move(work));
  if (!learned) co_return fail(std::move(learned.error()).in("learning from windows"));
  const std::string key = "windows:" + key_of({});
  if (learned->anew) {
    log::warn("windows change while they are learned from",
              {{"model", model_->key()}, {"change", learned->anew->note}});
  }
  if (!learned->anew || learned->anew->times > kMostTimesAnew)
    co_return co_await keep(std::move(learned->made), key, false);

  auto anew = std::make_shared<ActiveReference>(*provisional);
  anew->learned_anew = std::move(learned->anew);
  auto saved = co_await save_state(encode({.key = key,
                                           .id = anew->id,
                                           .provisional = true,
                                           .origin = anew->origin,
                                           .learned_anew = anew->learned_anew}));
  if (!saved) co_return fail(std::move(saved.error()).in("learning anew"));
  co_return anew;
}

}  // namespace leeway::monitor
