#include "daemon/store/schema.h"

#include <array>
#include <string>

namespace leeway::store {
namespace {

constexpr std::int64_t kApplicationId = 0x4C574159;  // "LWAY"

// Times are microseconds since 1970, states the numbers of their enums.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE source (
  model TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  status INTEGER NOT NULL,
  reason TEXT NOT NULL,
  rows INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (model, name)
) STRICT, WITHOUT ROWID;

-- Profiles are some kilobytes, so these rows are found by rowid and the index stays small.
CREATE TABLE contribution (
  model TEXT NOT NULL,
  source TEXT NOT NULL,
  pane_start INTEGER NOT NULL,
  segment TEXT NOT NULL,
  schema_id INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  extract TEXT NOT NULL,
  profile BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX contribution_pane
  ON contribution (model, pane_start, segment, source, schema_id);
CREATE INDEX contribution_source ON contribution (model, source);

-- Which sources are inside the compacted rows of a pane.
CREATE TABLE compacted (
  model TEXT NOT NULL,
  source TEXT NOT NULL,
  pane_start INTEGER NOT NULL,
  PRIMARY KEY (model, source, pane_start)
) STRICT, WITHOUT ROWID;

CREATE TABLE window (
  model TEXT NOT NULL,
  start_at INTEGER NOT NULL,
  end_at INTEGER NOT NULL,
  state INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  corrections INTEGER NOT NULL,
  reference_id TEXT NOT NULL,
  version TEXT NOT NULL,
  extended_from INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  closed_at INTEGER,
  judged_at INTEGER,
  corrected_at INTEGER,
  note TEXT NOT NULL,
  PRIMARY KEY (model, start_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX window_state ON window (model, state, start_at);
CREATE INDEX window_end ON window (end_at);

CREATE TABLE progress (
  model TEXT PRIMARY KEY,
  watermark INTEGER,
  last_arrival INTEGER,
  last_poll INTEGER,
  closed_windows INTEGER NOT NULL,
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE finding (
  model TEXT NOT NULL,
  window_start INTEGER NOT NULL,
  segment TEXT NOT NULL,
  column_name TEXT NOT NULL,
  measure TEXT NOT NULL,
  position INTEGER NOT NULL,
  value REAL,
  warning REAL,
  critical REAL,
  error_bound REAL NOT NULL,
  noise_floor REAL,
  p_value REAL,
  verdict INTEGER NOT NULL,
  basis INTEGER NOT NULL,
  deciding INTEGER NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (model, window_start, segment, column_name, measure)
) STRICT, WITHOUT ROWID;

CREATE TABLE reference (
  model TEXT NOT NULL,
  id TEXT NOT NULL,
  source TEXT NOT NULL,
  file TEXT NOT NULL,
  rows INTEGER NOT NULL,
  anchor INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  adopted_at INTEGER,
  PRIMARY KEY (model, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE rule_states (
  model TEXT PRIMARY KEY,
  states TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE incident (
  id TEXT PRIMARY KEY,
  model TEXT NOT NULL,
  environment TEXT NOT NULL,
  rule TEXT NOT NULL,
  severity TEXT NOT NULL,
  state INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  resolved_at INTEGER,
  summary TEXT NOT NULL,
  details TEXT NOT NULL,
  retraining_asked INTEGER NOT NULL,
  annotation TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_opened ON incident (opened_at, id);
CREATE INDEX incident_firing ON incident (model) WHERE state = 0;

CREATE TABLE delivery (
  sequence INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  target TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  dedupe TEXT NOT NULL,
  content_type TEXT NOT NULL,
  payload TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  state INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_at INTEGER NOT NULL,
  in_doubt INTEGER NOT NULL,
  last_status INTEGER NOT NULL,
  last_error TEXT NOT NULL,
  remote_id TEXT NOT NULL,
  ended_at INTEGER,
  UNIQUE (target, dedupe)
) STRICT;
CREATE INDEX delivery_pending ON delivery (target, next_attempt_at) WHERE state = 0;
CREATE INDEX delivery_order ON delivery (target, subject, sequence) WHERE state = 0;
CREATE INDEX delivery_dead ON delivery (target) WHERE state = 2;
CREATE INDEX delivery_ended ON delivery (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE attempt (
  sequence INTEGER PRIMARY KEY,
  delivery TEXT NOT NULL,
  at INTEGER NOT NULL,
  number INTEGER NOT NULL,
  took INTEGER NOT NULL,
  status INTEGER NOT NULL,
  error TEXT NOT NULL
) STRICT;
CREATE INDEX attempt_delivery ON attempt (delivery);

CREATE TABLE retraining (
  id TEXT PRIMARY KEY,
  model TEXT NOT NULL,
  environment TEXT NOT NULL,
  target TEXT NOT NULL,
  state INTEGER NOT NULL,
  cause INTEGER NOT NULL,
  hold INTEGER NOT NULL,
  asked_by TEXT NOT NULL,
  incident_id TEXT NOT NULL,
  details TEXT NOT NULL,
  reason TEXT NOT NULL,
  requested_at INTEGER NOT NULL,
  approved_at INTEGER,
  approved_by TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  sent_at INTEGER,
  accepted_at INTEGER,
  run_id TEXT NOT NULL,
  ended_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX retraining_requested ON retraining (requested_at, id);
CREATE INDEX retraining_sent ON retraining (model, sent_at);
CREATE INDEX retraining_delivery ON retraining (delivery_id);
-- One in flight a model: what the code decides, the table enforces.
CREATE UNIQUE INDEX retraining_in_flight ON retraining (model) WHERE ended_at IS NULL;

CREATE TABLE firing (
  schedule TEXT PRIMARY KEY,
  specification TEXT NOT NULL,
  last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE counter (
  name TEXT NOT NULL,
  labels TEXT NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (name, labels)
) STRICT, WITHOUT ROWID;

CREATE TABLE act (
  sequence INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  subject TEXT NOT NULL,
  details TEXT NOT NULL
) STRICT;
CREATE INDEX act_at ON act (at);
)sql";

// Rows of a source in a compacted pane, to tell a file that grows from one that changes the past.
constexpr const char* kVersion2 =
    "ALTER TABLE compacted ADD COLUMN rows INTEGER NOT NULL DEFAULT 0;";

// The significance level of findings that are judged by p-value, and what moved: [[what, reference
// share, current share], ...].
constexpr const char* kVersion3 = R"sql(
ALTER TABLE finding ADD COLUMN alpha REAL;
ALTER TABLE finding ADD COLUMN shifts TEXT NOT NULL DEFAULT '[]';
)sql";

// What sources say of the columns, until their windows are settled.
constexpr const char* kVersion4 = R"sql(
CREATE TABLE schema_change (
  model TEXT NOT NULL,
  source TEXT NOT NULL,
  column_name TEXT NOT NULL,
  verdict INTEGER NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (model, source, column_name)
) STRICT, WITHOUT ROWID;
)sql";

// Findings of the clock, what happened to a model, and what sources beside batches keep.
constexpr const char* kVersion5 = R"sql(
CREATE TABLE live_sample (
  model TEXT NOT NULL,
  path TEXT NOT NULL,
  part TEXT NOT NULL,
  at INTEGER NOT NULL,
  value REAL,
  threshold REAL,
  verdict INTEGER NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (model, path, part, at)
) STRICT, WITHOUT ROWID;
CREATE INDEX live_sample_at ON live_sample (at);

CREATE TABLE event (
  model TEXT NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  note TEXT NOT NULL,
  before_text TEXT NOT NULL,
  after_text TEXT NOT NULL,
  PRIMARY KEY (model, at, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_at ON event (at);

CREATE TABLE source_state (
  model TEXT NOT NULL,
  source TEXT NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (model, source)
) STRICT, WITHOUT ROWID;
)sql";

// The file of the rows that were drawn of a contribution.
constexpr const char* kVersion6 =
    "ALTER TABLE contribution ADD COLUMN sample TEXT NOT NULL DEFAULT '';";

// Rows that an endpoint was asked about, which wait for labels.
constexpr const char* kVersion7 = R"sql(
CREATE TABLE scored_row (
  model TEXT NOT NULL,
  source TEXT NOT NULL,
  row_key INTEGER NOT NULL,
  at INTEGER NOT NULL,
  event_at INTEGER,
  id TEXT NOT NULL,
  answers TEXT NOT NULL,
  inputs TEXT NOT NULL,
  label TEXT,
  PRIMARY KEY (model, source, row_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX scored_row_at ON scored_row (model, source, at);
CREATE INDEX scored_row_waits ON scored_row (model, id) WHERE label IS NULL;
)sql";

// When an event had not happened yet.
constexpr const char* kVersion8 = "ALTER TABLE event ADD COLUMN since_at INTEGER;";

constexpr std::array kSteps = {kVersion1, kVersion2, kVersion3, kVersion4,
                               kVersion5, kVersion6, kVersion7, kVersion8};

Result<std::int64_t> number(Connection& connection, std::string_view pragma) {
  auto value = connection.value<std::int64_t>(pragma);
  if (!value) return fail(std::move(value.error()));
  return value->value_or(0);
}

Result<> check_owner(Connection& connection) {
  auto tables = number(connection, "SELECT count(*) FROM sqlite_schema");
  if (!tables) return fail(std::move(tables.error()));
  auto owner = number(connection, "PRAGMA application_id");
  if (!owner) return fail(std::move(owner.error()));
  if (*tables != 0 && *owner != kApplicationId) {
    return fail(ErrorCode::kCorrupt, "leeway.db belongs to another program");
  }
  return {};
}

}  // namespace

Result<> migrate(Connection& connection) {
  auto owned = check_owner(connection);
  if (!owned) return owned;
  auto version = number(connection, "PRAGMA user_version");
  if (!version) return fail(std::move(version.error()));
  if (*version > static_cast<std::int64_t>(kSteps.size())) {
    return fail(ErrorCode::kInvalidConfig, "leeway.db has schema " + std::to_string(*version) +
                                               " of a later Leeway; this one knows " +
                                               std::to_string(kSteps.size()));
  }
  for (auto step = static_cast<std::size_t>(*version); step < kSteps.size(); ++step) {
    const std::string next = std::to_string(step + 1);
    auto done = connection.script("BEGIN IMMEDIATE;" + std::string(kSteps[step]) +
                                  "PRAGMA application_id = " + std::to_string(kApplicationId) +
                                  ";" + "PRAGMA user_version = " + next + "; COMMIT;");
    if (!done) return fail(std::move(done.error()).in("bringing leeway.db to schema " + next));
  }
  return {};
}

}  // namespace leeway::store
