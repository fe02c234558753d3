// leeway_receiver [--port N] [--port-file FILE] [--log FILE]: a webhook receiver for the demo and
// the tests. It listens on loopback (port 0: any free one, written to --port-file), prints one line
// per webhook in plain words, appends it to --log as one JSON object {"id", "body"}, and answers
// 204 once the line is in the file.

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

namespace {

namespace http = boost::beast::http;
namespace json = boost::json;
using boost::asio::ip::tcp;
using Request = http::request<http::string_body>;

struct Options {
  unsigned short port = 0;
  std::filesystem::path port_file;
  std::filesystem::path log;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--port") {
      options.port = static_cast<unsigned short>(std::stoul(argv[i + 1]));
    } else if (name == "--port-file") {
      options.port_file = argv[i + 1];
    } else if (name == "--log") {
      options.log = argv[i + 1];
    } else {
      throw std::invalid_argument("unknown option " + std::string(name));
    }
  }
  if (argc % 2 == 0) throw std::invalid_argument("an option without its value");
  return options;
}

/// Written under another name first: whoever sees the file sees all of it.
void write_port(const std::filesystem::path& file, unsigned short port) {
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

std::string in_words(const json::value& body) {
  return text_at(body, "/type") + ": " + text_at(body, "/data/summary");
}

http::status take(const Request& request, std::ofstream& log) {
  if (request.method() != http::verb::post) return http::status::method_not_allowed;
  boost::system::error_code malformed;
  json::value body = json::parse(request.body(), malformed);
  if (malformed) return http::status::bad_request;
  std::cout << "webhook " << in_words(body) << std::endl;
  if (log.is_open()) {
    const json::object line = {{"id", std::string(request["webhook-id"])},
                               {"body", std::move(body)}};
    log << line << std::endl;
  }
  return http::status::no_content;
}

/// One request per connection: a client that keeps its connection open would keep the next one
/// waiting.
void serve(tcp::socket& socket, std::ofstream& log) {
  boost::beast::flat_buffer buffer;
  Request request;
  http::read(socket, buffer, request);
  http::response<http::empty_body> response{take(request, log), request.version()};
  response.keep_alive(false);
  response.prepare_payload();
  http::write(socket, response);
  socket.shutdown(tcp::socket::shutdown_send);
}

void run(const Options& options) {
  boost::asio::io_context context;
  tcp::acceptor acceptor(context, {boost::asio::ip::address_v4::loopback(), options.port});
  std::ofstream log;
  if (!options.log.empty()) log.open(options.log, std::ios::app);
  if (!options.port_file.empty()) write_port(options.port_file, acceptor.local_endpoint().port());
  for (;;) {
    tcp::socket socket = acceptor.accept();
    try {
      serve(socket, log);
    } catch (const boost::system::system_error& gone) {
      std::cerr << "leeway_receiver: a client went away: " << gone.code().message() << '\n';
    }
  }
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
