#include "collectors/endpoints/dialect.h"

#include <algorithm>
#include <array>
#include <utility>

#include "collectors/endpoints/json.h"
#include "collectors/net/url.h"

namespace leeway::endpoints {
namespace {

constexpr std::size_t kShown = 200;

std::string_view reason_of(int status) {
  struct Reason {
    int status;
    std::string_view text;
  };
  constexpr auto kReasons = std::to_array<Reason>({
      {301, " Moved Permanently"},
      {302, " Found"},
      {307, " Temporary Redirect"},
      {308, " Permanent Redirect"},
      {400, " Bad Request"},
      {401, " Unauthorized"},
      {403, " Forbidden"},
      {404, " Not Found"},
      {405, " Method Not Allowed"},
      {408, " Request Timeout"},
      {412, " Precondition Failed"},
      {413, " Content Too Large"},
      {415, " Unsupported Media Type"},
      {422, " Unprocessable Content"},
      {424, " Failed Dependency"},
      {429, " Too Many Requests"},
      {500, " Internal Server Error"},
      {502, " Bad Gateway"},
      {503, " Service Unavailable"},
      {504, " Gateway Timeout"},
  });
  const auto* found = std::ranges::find(kReasons, status, &Reason::status);
  return found == kReasons.end() ? "" : found->text;
}

/// One line of printable text, shortened where no character of UTF-8 is torn apart.
std::string tidy(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    if (!control) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
    if (out.size() > kShown + 4) break;
  }
  if (out.size() > kShown) {
    std::size_t end = kShown;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U) --end;
    out.resize(end);
    out += "...";
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

/// {"error": "..."} (Open Inference, TensorFlow Serving), {"error": {"message": "..."}} (OpenAI),
/// {"message": "..."} (MLflow, TorchServe), {"detail": "..."} (FastAPI).
std::string said_in_json(const json::value& body) {
  const auto* error = member(&body, "error");
  for (const auto* place : {member(error, "message"), error, member(&body, "message"),
                            member(&body, "error_description"), member(&body, "detail")}) {
    if (auto text = text_of(place); !text.empty()) return text;
  }
  return "";
}

std::string base_of(const net::Url& url, const std::string& credentials) {
  return (url.tls ? "https://" : "http://") + credentials + url.authority;
}

/// "user:password@" as it is written in `text`.
std::string credentials_in(std::string_view text) {
  const auto begin = text.find("://") + 3;
  const auto at = text.substr(begin, text.find('/', begin) - begin).rfind('@');
  return at == std::string_view::npos ? "" : std::string(text.substr(begin, at + 1));
}

std::string_view take_segment(std::string_view& path) {
  const auto end = std::min(path.find('/'), path.size());
  const auto segment = path.substr(0, end);
  path.remove_prefix(std::min(end + 1, path.size()));
  return segment;
}

}  // namespace

Result<Site> locate_path(const ProbeTarget& target) {
  auto url = net::parse_url(target.url);
  if (!url) return fail(ErrorCode::kInvalidConfig, "url: " + url.error().message);
  Site site{.base = base_of(*url, credentials_in(target.url)),
            .path = url->target,
            .model = target.model,
            .version = target.version,
            .signature = target.signature};
  return site;
}

Result<Site> Dialect::locate(const ProbeTarget& target) const { return locate_path(target); }

Health Dialect::judge(const net::HttpResponse& response, const Site&) const {
  if (response.status >= 200 && response.status < 300) return {.up = true, .ready = true};
  return {.up = false, .ready = false, .sentence = complaint(response)};
}

std::optional<Ask> Dialect::metadata(const Site&) const { return std::nullopt; }

Result<Metadata> Dialect::read_metadata(const net::HttpResponse&, const Site&) const {
  return fail(ErrorCode::kNotFound, "this protocol has no metadata");
}

Result<Ask> Dialect::ask(const Site&, const Rows&, const Metadata*) const {
  return fail(ErrorCode::kInvalidArgument, "this protocol does not score rows");
}

Result<Ask> Dialect::ask_with(const Site&, std::string) const {
  return fail(ErrorCode::kInvalidArgument, "this protocol does not score rows");
}

Result<Scores> Dialect::read_scores(const net::HttpResponse& response, const Site&,
                                    std::size_t rows) const {
  auto body = parse_json(response.body);
  if (!body) return fail(std::move(body.error()).in("the answer"));
  const auto* predictions = member(&*body, "predictions");
  auto outputs = read_outputs(predictions == nullptr ? *body : *predictions, rows);
  if (!outputs) return fail(std::move(outputs.error()).in("the answer"));
  Scores scores;
  scores.outputs = std::move(*outputs);
  return scores;
}

Result<Site> locate_model(const ProbeTarget& target, std::string_view prefix) {
  auto site = locate_path(target);
  if (!site) return site;
  std::string_view path = std::string_view(site->path).substr(0, site->path.find('?'));
  const auto at = path.find(prefix);
  std::string before(path.substr(0, at));
  if (at != std::string_view::npos) {
    path.remove_prefix(at + prefix.size());
    const std::string name(take_segment(path));
    std::string version;
    if (take_segment(path) == "versions") version = take_segment(path);
    if (site->model.empty()) site->model = name;
    if (site->version.empty()) site->version = version;
  }
  while (before.ends_with('/')) before.pop_back();
  site->base += before;
  site->path.clear();
  return site;
}

Result<Site> with_model(Result<Site> site, std::string_view where) {
  if (!site || !site->model.empty()) return site;
  return fail(ErrorCode::kInvalidConfig,
              "model: must be given, or the URL must name it: " + std::string(where));
}

Ask post_json(std::string url, std::string body) {
  return {.method = "POST",
          .url = std::move(url),
          .body = std::move(body),
          .content_type = "application/json"};
}

std::string complaint(const net::HttpResponse& response) {
  std::string out = "status " + std::to_string(response.status);
  out += reason_of(response.status);
  if (response.status >= 300 && response.status < 400) {
    const auto where = response.headers.find("location");
    if (where) out += " to " + net::redacted(*where);
    return out + ", and redirects are not followed";
  }
  const auto type = response.headers.find("content-type").value_or("");
  const bool markup = type.starts_with("text/html");  // a proxy's page says nothing in 200 bytes
  if (response.body.empty() || markup) return out;
  std::string said;
  if (response.body.front() == '{') {
    if (const auto body = parse_json(response.body)) said = said_in_json(*body);
  }
  const std::string shown = tidy(said.empty() ? std::string_view(response.body) : said);
  return shown.empty() ? out : out + ": " + shown;
}

Result<> accepted(const net::HttpResponse& response) {
  const int status = response.status;
  if (status >= 200 && status < 300) return {};
  const bool again = status == 408 || status == 425 || status == 429 || status >= 500;
  return fail(again ? ErrorCode::kUnavailable : ErrorCode::kInvalidArgument, complaint(response));
}

}  // namespace leeway::endpoints
