// leeway_receiver [--port N] [--port-file FILE] [--log FILE]: a webhook receiver for the demo and
// the tests. It listens on loopback (port 0: any free one, written to --port-file), prints one line
// per webhook in plain words, and appends it to --log as one JSON object {"id", "body"} before it
// answers. Runs until it is killed.

#include <unistd.h>

#include <boost/json.hpp>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tests/support/webhook_receiver.h"

namespace {

namespace json = boost::json;
using leeway::tests::Answer;
using leeway::tests::ReceivedRequest;
using leeway::tests::WebhookReceiver;

struct Options {
  std::uint16_t port = 0;
  std::filesystem::path port_file;
  std::filesystem::path log;
};

Options parse(int argc, char** argv) {
  if (argc % 2 == 0) throw std::invalid_argument("an option without its value");
  Options options;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--port") {
      options.port = static_cast<std::uint16_t>(std::stoul(argv[i + 1]));
    } else if (name == "--port-file") {
      options.port_file = argv[i + 1];
    } else if (name == "--log") {
      options.log = argv[i + 1];
    } else {
      throw std::invalid_argument("unknown option " + std::string(name));
    }
  }
  return options;
}

/// Written under another name first: whoever sees the file sees all of it.
void write_port(const std::filesystem::path& file, std::uint16_t port) {
  const std::filesystem::path partial = file.string() + ".partial";
  std::ofstream(partial) << port << '\n';
  std::filesystem::rename(partial, file);
}

std::string text_at(const json::value& body, std::string_view pointer) {
  boost::system::error_code missing;
  const json::value* found = body.find_pointer(pointer, missing);
  if (found == nullptr) return {};
  return found->is_string() ? std::string(found->get_string()) : json::serialize(*found);
}

/// Of an incident its summary; a request for retraining has none.
std::string in_words(const json::value& body) {
  const std::string summary = text_at(body, "/data/summary");
  if (!summary.empty()) return summary;
  return text_at(body, "/data/model") + ", asked for by " + text_at(body, "/data/asked_by");
}

Answer take(const ReceivedRequest& request, std::ofstream& log) {
  boost::system::error_code malformed;
  json::value body = json::parse(request.body, malformed);
  if (malformed) return {.status = 400, .headers = {}, .body = "no JSON"};
  std::cout << "webhook " << text_at(body, "/type") << ": " << in_words(body) << std::endl;
  if (log.is_open()) {
    log << json::object{{"id", request.header("webhook-id")}, {"body", std::move(body)}}
        << std::endl;
  }
  return {};
}

[[noreturn]] void run(const Options& options) {
  std::ofstream log;
  if (!options.log.empty()) log.open(options.log, std::ios::app);
  const auto plan = [&log](std::size_t, const ReceivedRequest& request) {
    return take(request, log);
  };
  const WebhookReceiver receiver(plan, options.port);
  if (!options.port_file.empty()) write_port(options.port_file, receiver.port());
  while (true) pause();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(parse(argc, argv));
  } catch (const std::exception& error) {
    std::cerr << "leeway_receiver: " << error.what() << '\n';
    return 1;
  }
}
