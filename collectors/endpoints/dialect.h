#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/endpoints/probe.h"
#include "collectors/net/http_client.h"
#include "detectors/base/result.h"

namespace leeway::endpoints {

/// What a dialect understood of a target's URL and keys.
struct Site {
  std::string base;  ///< "http://host:port" and a path that all requests share; no '/' at its end
  std::string path;  ///< the rest of the URL's path and its query, for dialects that post there
  std::string model{};
  std::string version{};
  std::string signature{};
};

/// A request of a dialect, without what is the same for all requests of a target.
struct Ask {
  std::string method = "GET";
  std::string url;
  std::string body{};
  std::string content_type{};
  net::Headers headers{};
};

/// What the answer to a health request means.
struct Health {
  bool up = true;
  std::optional<bool> ready{};
  std::string sentence{};  ///< why not
};

/// How one kind of server is asked and understood. Asks nobody itself: it writes requests and reads
/// answers, so a recorded exchange is all a test needs. Stateless.
class Dialect {
 public:
  virtual ~Dialect() = default;

  /// kInvalidConfig if the URL or the model's name do not do. By default locate_path().
  virtual Result<Site> locate(const ProbeTarget& target) const;

  virtual Ask health(const Site& site, const ProbeTarget& target) const = 0;

  /// By default any 2xx is ready and everything else is not up.
  virtual Health judge(const net::HttpResponse& response, const Site& site) const;

  virtual std::optional<Ask> metadata(const Site& site) const;
  virtual Result<Metadata> read_metadata(const net::HttpResponse& response, const Site& site) const;

  /// @param known  what the server said about the model, if it was asked
  virtual Result<Ask> ask(const Site& site, const Rows& rows, const Metadata* known) const;
  virtual Result<Ask> ask_with(const Site& site, std::string body) const;

  /// By default the body, or its member "predictions", is read by read_outputs().
  /// @param rows  how many were asked about; 0: not known
  virtual Result<Scores> read_scores(const net::HttpResponse& response, const Site& site,
                                     std::size_t rows) const;
};

// What dialects share.

/// The URL's server as the base, the rest of it as the path.
Result<Site> locate_path(const ProbeTarget& target);

/// The model's and version's names of the path "/PREFIX/NAME[/versions/VERSION]...", and what
/// stands before it; the keys `model` and `version` of the target win.
Result<Site> locate_model(const ProbeTarget& target, std::string_view prefix);

/// kInvalidConfig unless the site has a model.
Result<Site> with_model(Result<Site> site, std::string_view where);

Ask post_json(std::string url, std::string body);

/// What a server says about its error, from the places where servers say it, at most 200 bytes of
/// one line: "status 503 Service Unavailable: model is loading".
std::string complaint(const net::HttpResponse& response);

/// kUnavailable for 408, 425, 429 and 5xx, kInvalidArgument for the rest, with complaint(); fine
/// for 2xx.
Result<> accepted(const net::HttpResponse& response);

}  // namespace leeway::endpoints
