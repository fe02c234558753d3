#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/async/clock.h"
#include "daemon/app/app.h"
#include "daemon/store/sqlite.h"
#include "tests/support/coroutines.h"
#include "tests/support/temp_folder.h"
#include "tests/support/webhook_receiver.h"

namespace leeway::tests {

/// A day of flights as a file has them.
struct Flights {
  std::string day;  ///< "2001-01-31"; rows are spread evenly over it
  std::size_t rows = 400;
  double late = 0.0;           ///< added to every delay, whose standard deviation is 1
  double missing = 0.0;        ///< share of delays that are empty
  std::string extra = {};      ///< a further column of this name
  bool without_delay = false;  ///< the column is not there
  bool delay_is_text = false;
  std::uint64_t seed = 0;  ///< besides the day
  double apart = 0.0;      ///< between the mean delays of one carrier and the next
  double late_aa = 0.0;    ///< added to the delays of carrier AA
};

/// at,delay,carrier: a time stamp, a number and one of five names.
std::string csv_of(const std::vector<Flights>& days);

class RunningApp;

/// A machine: its time, its files, somebody who receives webhooks. One thread.
class World {
 public:
  explicit World(std::string_view start);
  ~World();

  /// Lets time pass. Whatever is to be sent at a moment has been answered before it moves on.
  void pass(Duration duration);
  void pass_to(std::string_view time);

  /// Lets things happen at this moment until `condition` holds; false after 20 s of a person's
  /// time.
  bool until(const std::function<bool()>& condition);

  template <class T>
  T await(Task<T> task) {
    Started<T> started(io, std::move(task));
    EXPECT_TRUE(until([&started] { return started.done(); }));
    return std::move(started.value());
  }

  /// Writes a file in one go, with the time of now; a path below `folder`.
  std::filesystem::path write(const std::string& name, std::string_view content);
  std::filesystem::path path(const std::string& name) const { return folder / name; }

  /// The bodies that arrived at a path of the receiver.
  std::vector<boost::json::object> received(std::string_view target = "/hook") const;

  /// How many requests of any method arrived at a path of the receiver.
  std::size_t receiver_hits(std::string_view target) const;

  asio::io_context io;
  VirtualClock clock;
  TempFolder folder;
  WebhookReceiver receiver;

 private:
  friend class RunningApp;
  void drain();

  std::vector<RunningApp*> apps_;
};

/// One daemon of the world, in this process: its workers are processes of their own.
class RunningApp {
 public:
  /// @param name  of its configuration file and its state directory
  RunningApp(World& world, std::string name);
  ~RunningApp();  ///< stops it

  /// Writes the configuration: `models` and what else there is, below server, state and targets
  /// (`hook` and `pipeline`, at those paths of the receiver).
  void configure(std::string_view rest);

  Result<> start();  ///< create and start
  Result<> reload();
  Result<> stop();
  bool is_running() const { return app_ != nullptr; }
  app::App& app() { return *app_; }

  /// GET below /api/v1/ as a client sees it.
  boost::json::object get(const std::string& resource);
  /// Any request; the body.
  std::string request(const std::string& method, const std::string& target, int status = 200);

  boost::json::object model(std::size_t index = 0);  ///< of status
  std::vector<boost::json::object> list(const std::string& what, const std::string& query = "");
  std::vector<boost::json::object> windows() { return list("windows"); }
  std::vector<boost::json::object> incidents() { return list("incidents"); }
  std::vector<boost::json::object> retrainings() { return list("retrainings"); }

  /// The value of a line of /metrics; nothing if there is no such line.
  std::optional<double> metric(const std::string& series);

 private:
  friend class World;
  bool has_due_deliveries();

  World& world_;
  std::string name_;
  std::unique_ptr<app::App> app_;
  std::unique_ptr<store::Connection> database_;
};

/// The whole content of a file.
std::string read_text(const std::filesystem::path& path);

/// The text of a member; "" for null.
std::string text(const boost::json::object& object, std::string_view key);

/// The rules of the incidents in a state, in the order they opened.
std::vector<std::string> rules_of(const std::vector<boost::json::object>& incidents,
                                  std::string_view state);

}  // namespace leeway::tests
