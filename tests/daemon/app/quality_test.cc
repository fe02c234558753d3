#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "detectors/drift/measures.h"
#include "tests/daemon/app/models.h"

namespace leeway::tests {
namespace {

using std::chrono::hours;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;
using testing::UnorderedElementsAre;

class Quality : public testing::Test {
 protected:
  Quality() { world_.write("january.csv", csv_of(january())); }

  void start(const std::string& more) {
    app_.configure(january_model(world_, "flights", more));
    ASSERT_TRUE(app_.start());
  }
  void live_through(const std::string& day, const std::string& csv) {
    std::filesystem::create_directories(world_.path("incoming"));
    world_.write("incoming/" + day + ".csv", csv);
    world_.pass(hours(24));
  }
  void live_through(const Flights& flights) { live_through(flights.day, csv_of({flights})); }

  /// "column: verdict, note" of the findings of one measure in the newest window.
  std::vector<std::string> newest(const std::string& measure) {
    std::vector<std::string> found;
    const auto windows = app_.windows();
    for (const auto& each : windows.back().at("findings").as_array()) {
      const auto& finding = each.as_object();
      if (text(finding, "measure") != measure) continue;
      std::string told = text(finding, "column") + ": " + text(finding, "verdict");
      if (const std::string note = text(finding, "note"); !note.empty()) told += ", " + note;
      found.push_back(std::move(told));
    }
    return found;
  }
  std::optional<double> exported(const std::string& column, const std::string& measure) {
    return app_.metric(
        "leeway_column_quality_ratio{environment=\"production\",model=\"flights\",column=\"" +
        column + "\",measure=\"" + measure + "\"}");
  }

  World world_{"2001-02-02T06:00:00Z"};
  RunningApp app_{world_, "leeway"};
};

constexpr const char* kRules =
    "    quality:\n"
    "      columns:\n"
    "        delay: { min: -10, max: 10 }\n"
    "        carrier: { one_of: [AA, DL, UA, US, WN], pattern: '^[A-Z]{2}$' }\n";

TEST_F(Quality, ValuesThatBreakARuleOpenAnIncident) {
  start(kRules);
  live_through({.day = february(1)});
  EXPECT_THAT(newest("range"), ElementsAre("delay: ok"));
  EXPECT_THAT(newest("set"), ElementsAre("carrier: ok"));
  EXPECT_THAT(newest("pattern"), ElementsAre("carrier: ok"));
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), IsEmpty());

  std::string lower = csv_of({{.day = february(2)}});
  for (std::size_t at = 0; (at = lower.find(",WN", at)) != std::string::npos; ++at) {
    lower.replace(at, 3, ",wn");
  }
  live_through(february(2), lower);
  ASSERT_EQ(newest("set").size(), 1U);
  EXPECT_THAT(newest("set").front(), StartsWith("carrier: critical, "));
  EXPECT_THAT(newest("set").front(), testing::EndsWith(" % of 400 values are not in the set that "
                                                       "is given"));
  EXPECT_THAT(newest("pattern").front(), testing::EndsWith(" do not match ^[A-Z]{2}$"));
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), ElementsAre("column_broken"));
  EXPECT_NEAR(*exported("carrier", "set"), 0.2, 0.1);

  live_through({.day = february(3), .late = 20.0});
  EXPECT_THAT(newest("range"), ElementsAre("delay: critical, 100.0 % of 400 values are not between "
                                           "-10 and 10"));
  EXPECT_EQ(exported("delay", "range"), 1.0);
}

TEST_F(Quality, NumbersBeyondTheReferencesRangeAreAWarning) {
  start("");
  live_through({.day = february(1)});
  for (const std::string& found : newest("range")) EXPECT_EQ(found, "delay: ok");
  live_through({.day = february(2), .late = 20.0});
  EXPECT_THAT(newest("range"), ElementsAre("delay: warning, 100.0 % of 400 values lie beyond the "
                                           "reference's range"));
}

TEST_F(Quality, RowsThatComeTwiceAreSeenWhereSomebodyAsks) {
  start(
      "    quality: { duplicates: { rows: { critical: 0.2 } } }\n"
      "    rules: [{ name: twice, if: quality.duplicate_rows > threshold }]\n");
  live_through({.day = february(1)});
  EXPECT_THAT(newest("duplicate_rows"), ElementsAre(": ok"));
  const std::string csv = csv_of({{.day = february(2)}});
  live_through(february(2), csv + csv.substr(csv.find('\n') + 1));
  EXPECT_THAT(newest("duplicate_rows"),
              ElementsAre(": critical, 50.0 % of 800 rows repeat another row"));
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), UnorderedElementsAre("twice", "column_broken"));
}

TEST_F(Quality, AColumnThatHasBecomeConstantIsBroken) {
  start("");
  std::string csv = "at,delay,carrier\n";
  for (int i = 0; i < 400; ++i) {
    csv += february(1) + "T12:00:00Z," + std::to_string(i % 20 - 10) + "e-1,AA\n";
  }
  live_through(february(1), csv);
  EXPECT_THAT(newest("constant"),
              ElementsAre("carrier: critical, 100.0 % of 400 values are one and the same"));
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), ElementsAre("column_broken"));
}

TEST_F(Quality, FewerRowsThanTheFactorThatIsSetAreCritical) {
  start(
      "    quality: { volume: { warning: 1.5, critical: 3 } }\n"
      "    rules: [{ name: few, if: volume.ratio < 0.5 }]\n");
  live_through({.day = february(1), .rows = 300});
  EXPECT_THAT(newest("volume"), ElementsAre(": ok"));
  live_through({.day = february(2), .rows = 100});
  EXPECT_THAT(newest("volume").front(), StartsWith(": critical, 100 rows, about 400 expected"));
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), UnorderedElementsAre("few", "volume_changed"));
}

/// 400 orders of a day. A broken day has something wrong in every column but `at`, in a share of
/// its rows that each comment says.
std::string orders(const std::string& day, bool broken) {
  constexpr std::array kCarriers = {"AA", "DL", "UA"};
  std::string csv;
  for (int i = 0; i < 400; ++i) {
    const auto breaks = [broken, i](int every, int at) { return broken && i % every == at; };
    const auto two_digits = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    csv += day + "T" + two_digits(i / 60 + 8) + ":" + two_digits(i % 60) + ":00Z";
    csv += "," + day + "-" + std::to_string(breaks(4, 3) ? i - 1 : i);             // 25 %
    csv += "," + std::to_string(breaks(5, 0) ? 99.0 : i * 37 % 200 * 0.1);         // 20 %
    csv += "," + (breaks(10, 0) ? "1000.5" : std::to_string(i * 53 % 400 * 0.5));  // 10 %
    csv += "," +
           std::string(breaks(20, 0) ? "aa" : kCarriers[static_cast<std::size_t>(i) % 3]);  // 5 %
    csv += "," + std::string(breaks(25, 0) ? "?" : "N") + std::to_string(100 + i % 7);      // 4 %
    csv += "," + std::string(broken || i % 2 == 0 ? "yes" : "no");                      // constant
    csv += "," + (breaks(8, 1) ? "" : std::to_string(i * 29 % 300 * 0.25));             // 12.5 %
    csv += "," + (breaks(16, 5) ? "inf" : std::to_string(i * 31 % 300 * 0.25)) + "\n";  // 6.25 %
  }
  // Every fifth row of a broken day comes once more.
  std::string again;
  std::size_t line = 0;
  for (std::size_t at = 0; broken && at < csv.size(); ++line) {
    const std::size_t end = csv.find('\n', at) + 1;
    if (line % 4 == 0) again += csv.substr(at, end - at);
    at = end;
  }
  return csv + again;
}

constexpr const char* kOrders = "at,id,delay,amount,carrier,tail,paid,weight,speed\n";

class BrokenOrders : public Quality {
 protected:
  BrokenOrders() {
    std::string january = kOrders;
    for (const Flights& day : tests::january()) january += orders(day.day, false);
    world_.write("january.csv", january);
    app_.configure(
        "models:\n  - name: flights\n    batches: { files: " + world_.path("incoming").string() +
        "/*.csv, every: 1h }\n    reference: " + world_.path("january.csv").string() +
        "\n    columns: { timestamp: at, id: id, private: [weight] }\n"
        "    quality:\n"
        "      columns:\n"
        "        delay: { min: -10, max: 30 }\n"
        "        carrier: { one_of: [AA, DL, UA] }\n"
        "        tail: { pattern: '^N[0-9]{3}$' }\n"
        "      duplicates: { rows: { critical: 0.1 } }\n");
  }

  /// "column measure verdict" of all findings that are not ok, but for those of drift.
  std::vector<std::string> not_ok() {
    std::vector<std::string> found;
    const auto windows = app_.windows();
    for (const auto& each : windows.back().at("findings").as_array()) {
      const auto& finding = each.as_object();
      const std::string measure = text(finding, "measure");
      if (text(finding, "verdict") == "ok" || drift::find_measure(measure) != nullptr) continue;
      found.push_back(text(finding, "column") + " " + measure + " " + text(finding, "verdict"));
    }
    return found;
  }
};

TEST_F(BrokenOrders, AreToldByExactlyTheirFindings) {
  ASSERT_TRUE(app_.start());
  live_through(february(1), kOrders + orders(february(1), false));
  EXPECT_THAT(not_ok(), IsEmpty());
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), IsEmpty());

  live_through(february(2), kOrders + orders(february(2), true));
  EXPECT_THAT(not_ok(), UnorderedElementsAre(" duplicate_rows critical", "id duplicates critical",
                                             "delay range critical", "amount range warning",
                                             "carrier set critical", "carrier unseen warning",
                                             "tail pattern critical", "tail unseen warning",
                                             "paid constant critical", "weight missing critical",
                                             "speed non_finite warning"));
  EXPECT_THAT(newest("duplicate_rows"),
              ElementsAre(": critical, 20.0 % of 500 rows repeat another row"));
  EXPECT_THAT(newest("missing"), Contains(StartsWith("weight: critical, 10.0 %")));
  EXPECT_THAT(rules_of(app_.incidents(), "firing"), Contains("column_broken"));

  EXPECT_NEAR(*exported("id", "duplicates"), 0.4, 1e-9);  // 100 in the day, 100 come again
  EXPECT_NEAR(*exported("delay", "range"), 0.2, 0.05);
  EXPECT_NEAR(*exported("amount", "range"), 0.1, 0.05);
  EXPECT_NEAR(*exported("carrier", "set"), 0.08, 1e-9);  // each one of them comes again
  EXPECT_GT(*exported("tail", "pattern"), 0.03);
  EXPECT_EQ(exported("paid", "constant"), 1.0);
  EXPECT_GT(*exported("speed", "non_finite"), 0.04);
  EXPECT_NEAR(*app_.metric("leeway_window_duplicate_rows_ratio{environment=\"production\","
                           "model=\"flights\"}"),
              0.2, 1e-9);
}

}  // namespace
}  // namespace leeway::tests
