#include "tests/support/webhook_receiver.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <set>
#include <sstream>
#include <thread>
#include <utility>

#include "tests/support/socket.h"

namespace leeway::tests {
namespace {

constexpr auto kIdle = std::chrono::hours(1);  // stop() ends the wait

Deadline in_an_hour() { return std::chrono::steady_clock::now() + kIdle; }

ReceivedRequest received(HttpMessage message) {
  ReceivedRequest request;
  std::istringstream(message.start_line) >> request.method >> request.target;
  request.headers = std::move(message.headers);
  request.body = std::move(message.body);
  return request;
}

std::string written(const Answer& answer) {
  std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " Answer\r\n";
  for (const auto& [name, value] : answer.headers) text += name + ": " + value + "\r\n";
  if (answer.status != 204) {
    text += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n";
  }
  return text + "\r\n" + answer.body;
}

}  // namespace

/// State shared by the threads: one that accepts and one a connection.
class WebhookReceiver::Server {
 public:
  Server(Plan plan, Socket listener)
      : plan_(std::move(plan)), listener_(std::move(listener)), port_(listener_.port()) {
    acceptor_ = std::thread([this] { accept(); });
  }
  ~Server() { stop(); }

  std::uint16_t port() const { return port_; }

  std::vector<ReceivedRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return requests_.size();
  }

  bool wait_for(std::size_t count, std::chrono::milliseconds deadline) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, deadline, [&] { return answered_ >= count; });
  }

  void set_plan(Plan plan) {
    const std::lock_guard lock(plan_mutex_);
    plan_ = std::move(plan);
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      shutdown(listener_.descriptor(), SHUT_RDWR);
      for (const int connection : connections_) shutdown(connection, SHUT_RDWR);
    }
    changed_.notify_all();
    if (acceptor_.joinable()) acceptor_.join();
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
    listener_ = Socket();
  }

 private:
  void accept() {
    while (auto ready = listener_.accept(in_an_hour())) {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      connections_.insert(ready->descriptor());
      threads_.emplace_back([this, connection = std::move(*ready)]() mutable {
        serve(connection);
        const std::lock_guard closing(mutex_);
        connections_.erase(connection.descriptor());
        connection = Socket();
      });
    }
  }

  void serve(const Socket& connection) {
    HttpReader reader(connection);
    while (auto message = reader.next(in_an_hour())) {
      if (!answer(connection, received(std::move(*message)))) return;
    }
  }

  /// Whether the connection stays.
  bool answer(const Socket& connection, ReceivedRequest request) {
    std::size_t n = 0;
    {
      const std::lock_guard lock(mutex_);
      n = requests_.size();
      requests_.push_back(request);
    }
    const Answer answer = planned(n, request);
    if (!pause(answer.delay)) return false;
    const bool stays = !answer.close && connection.send(written(answer), in_an_hour()).has_value();
    {
      const std::lock_guard lock(mutex_);
      if (stays) requests_[n].answered = answer.status;
      ++answered_;
    }
    changed_.notify_all();
    return stays;
  }

  Answer planned(std::size_t n, const ReceivedRequest& request) {
    const std::lock_guard lock(plan_mutex_);
    return plan_(n, request);
  }

  /// False if stop() came meanwhile.
  bool pause(std::chrono::milliseconds delay) {
    std::unique_lock lock(mutex_);
    if (delay.count() > 0) changed_.wait_for(lock, delay, [this] { return stopping_; });
    return !stopping_;
  }

  std::mutex plan_mutex_;
  Plan plan_;
  Socket listener_;
  std::uint16_t port_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<ReceivedRequest> requests_;
  std::size_t answered_ = 0;
  std::set<int> connections_;
  bool stopping_ = false;
  std::thread acceptor_;
  std::vector<std::thread> threads_;
};

std::string ReceivedRequest::header(std::string_view name) const {
  const auto found = headers.find(std::string(name));
  return found == headers.end() ? std::string() : found->second;
}

WebhookReceiver::WebhookReceiver()
    : WebhookReceiver([](std::size_t, const ReceivedRequest&) { return Answer{}; }) {}

WebhookReceiver::WebhookReceiver(Plan plan, std::uint16_t port) {
  auto listener = Socket::listen(port);
  LEEWAY_ASSERT(listener, "a test asks for a port that is free");
  server_ = std::make_unique<Server>(std::move(plan), std::move(*listener));
}

WebhookReceiver::~WebhookReceiver() = default;

std::uint16_t WebhookReceiver::port() const { return server_->port(); }

std::string WebhookReceiver::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port()) + std::string(path);
}

std::vector<ReceivedRequest> WebhookReceiver::requests() const { return server_->requests(); }
std::size_t WebhookReceiver::count() const { return server_->count(); }

bool WebhookReceiver::wait_for(std::size_t count, std::chrono::milliseconds deadline) const {
  return server_->wait_for(count, deadline);
}

void WebhookReceiver::set_plan(Plan plan) { server_->set_plan(std::move(plan)); }
void WebhookReceiver::stop() { server_->stop(); }

namespace {

/// Nothing unless it is canonical base64 with padding.
std::optional<std::string> base64_decoded(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  std::string bytes(text.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(length) - padding);
  return bytes;
}

std::string base64(const unsigned char* bytes, std::size_t length) {
  std::string text((length + 2) / 3 * 4 + 1, '\0');
  const int written = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes,
                                      static_cast<int>(length));
  text.resize(static_cast<std::size_t>(written));
  return text;
}

bool has_signature(const std::string& list, const std::string& wanted) {
  std::istringstream signatures(list);
  for (std::string one; signatures >> one;) {
    if (one == wanted) return true;
  }
  return false;
}

}  // namespace

std::string webhook_signature(std::string_view secret, std::string_view id,
                              std::string_view timestamp, std::string_view body) {
  constexpr std::string_view kPrefix = "whsec_";
  if (!secret.starts_with(kPrefix)) return {};
  const auto key = base64_decoded(secret.substr(kPrefix.size()));
  if (!key) return {};
  std::string content(id);
  content.append(".").append(timestamp).append(".").append(body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  HMAC(EVP_sha256(), key->data(), static_cast<int>(key->size()),
       reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest.data(),
       &length);
  return "v1," + base64(digest.data(), length);
}

std::string signature_fault(const ReceivedRequest& request, std::string_view secret,
                            std::int64_t now) {
  constexpr std::int64_t kTolerance = 300;
  for (const char* name : {"webhook-id", "webhook-timestamp", "webhook-signature"}) {
    if (request.header(name).empty()) return std::string("no ") + name;
  }
  const std::string timestamp = request.header("webhook-timestamp");
  std::int64_t time = 0;
  const char* end = timestamp.data() + timestamp.size();
  if (std::from_chars(timestamp.data(), end, time).ptr != end)
    return "webhook-timestamp is no number";
  if (std::abs(now - time) > kTolerance) {
    return "webhook-timestamp is " + std::to_string(std::abs(now - time)) + " s off";
  }
  const std::string wanted =
      webhook_signature(secret, request.header("webhook-id"), timestamp, request.body);
  if (wanted.empty()) return "the secret is not 'whsec_' and base64";
  return has_signature(request.header("webhook-signature"), wanted) ? "" : "no signature matches";
}

}  // namespace leeway::tests
