// Probes of real servers: nginx with TLS and client certificates, the node exporter, Prometheus.
#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>

#include "collectors/endpoints/prober.h"
#include "tests/support/certificates.h"
#include "tests/support/coroutines.h"
#include "tests/support/http_get.h"
#include "tests/support/process.h"

namespace leeway::endpoints {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using tests::Command;
using tests::Process;

const tests::Certificates& certificates() {
  static const tests::Certificates made;
  return made;
}

class ServersTest : public testing::Test {
 protected:
  static std::filesystem::path tool(std::string_view name) {
    return std::filesystem::path(LEEWAY_SOURCE_DIR) / ".cache/tools/usr" / name;
  }
  static bool missing(std::string_view name) { return !std::filesystem::exists(tool(name)); }

  void start(std::string_view name, std::vector<std::string> arguments) {
    auto process = Process::start({.program = tool(name),
                                   .arguments = std::move(arguments),
                                   .output = folder_ / "server.log",
                                   .working_directory = folder_.path()});
    ASSERT_TRUE(process.has_value()) << process.error().message;
    server_ = std::make_unique<Process>(std::move(*process));
    ASSERT_TRUE(tests::wait_for_port(port_, seconds(20)))
        << tests::read_file(folder_ / "server.log");
  }

  void start_nginx(const std::string& server) {
    const std::string folder = folder_.path();
    const auto conf = folder_.write(
        "nginx.conf", "daemon off; pid " + folder + "/pid; error_log " + folder +
                          "/error.log; worker_processes 1; events {}\n"
                          "http { access_log off; client_body_temp_path " +
                          folder + "/a; proxy_temp_path " + folder + "/b; fastcgi_temp_path " +
                          folder + "/c; uwsgi_temp_path " + folder + "/d; scgi_temp_path " +
                          folder + "/e;\nserver { listen 127.0.0.1:" + std::to_string(port_) +
                          server + " } }\n");
    start("sbin/nginx", {"-p", folder, "-c", conf, "-e", folder + "/error.log"});
  }

  std::string url(std::string_view scheme, std::string_view path) const {
    return std::string(scheme) + "://localhost:" + std::to_string(port_) + std::string(path);
  }

  ProbeResult probe(ProbeTarget target) {
    target.name = "m";
    const auto endpoint = prober_->open(std::move(target));
    EXPECT_TRUE(endpoint.has_value()) << endpoint.error().message;
    return tests::run(io_, (*endpoint)->probe());
  }

  tests::TemporaryFolder folder_;
  std::uint16_t port_ = tests::free_port();
  std::unique_ptr<Process> server_;
  asio::io_context io_;
  std::unique_ptr<Clock> clock_ = make_real_clock(io_.get_executor());
  std::unique_ptr<Prober> prober_ = make_prober(*clock_);
};

TEST_F(ServersTest, NginxTakesOurClientCertificateAndIsVerified) {
  if (missing("sbin/nginx")) GTEST_SKIP() << "nginx is missing; deploy/setup test fetches it";
  const auto& made = certificates();
  start_nginx(
      " ssl; ssl_certificate " + made.server() + "; ssl_certificate_key " + made.server_key() +
      "; ssl_client_certificate " + made.authority() +
      "; ssl_verify_client on; location / { return 200 '{\"name\":\"$ssl_server_name\",\"client\":"
      "\"$ssl_client_s_dn\"}'; }");
  ProbeTarget target{.url = url("https", "/health")};
  target.tls = {.ca_file = made.authority(),
                .certificate_file = made.client(),
                .key_file = made.client_key()};
  target.checks = {{.subject = Check::Subject::kJsonPointer,
                    .test = Check::Test::kEquals,
                    .name = "/client",
                    .text = "CN=a client"},
                   {.subject = Check::Subject::kJsonPointer,
                    .test = Check::Test::kEquals,
                    .name = "/name",
                    .text = "localhost"}};
  const auto fine = probe(target);
  EXPECT_TRUE(fine.up) << fine.sentence;
  EXPECT_TRUE(fine.timings.dns && fine.timings.connect && fine.timings.tls &&
              fine.timings.first_byte && fine.timings.body);
  ASSERT_TRUE(fine.certificate.has_value());  // made just now, for a day from an hour ago on
  EXPECT_EQ(fine.certificate->until - fine.certificate->from, std::chrono::hours(25));
  EXPECT_LE(fine.certificate->until - fine.at, std::chrono::hours(24));
  EXPECT_GT(fine.certificate->until - fine.at, std::chrono::hours(23));

  auto without = target;
  without.tls.certificate_file.clear();
  without.tls.key_file.clear();
  const auto refused = probe(without);
  EXPECT_FALSE(refused.up);
  EXPECT_THAT(refused.sentence, HasSubstr("status 400 Bad Request"));

  auto stranger = target;
  stranger.tls.ca_file = made.stranger();
  const auto untrusted = probe(stranger);
  EXPECT_EQ(untrusted.failed_in, net::Phase::kTls);
  EXPECT_THAT(untrusted.sentence, HasSubstr("certificate verify failed"));
}

TEST_F(ServersTest, NginxKeepsTheConnectionOfAProbe) {
  if (missing("sbin/nginx")) GTEST_SKIP() << "nginx is missing; deploy/setup test fetches it";
  start_nginx("; location / { return 503; } location /ok { return 200 ready; }");
  const auto endpoint = prober_->open({.name = "m", .url = url("http", "/ok")});
  ASSERT_TRUE(endpoint.has_value());
  EXPECT_FALSE(tests::run(io_, (*endpoint)->probe()).timings.reused);
  const auto second = tests::run(io_, (*endpoint)->probe());
  EXPECT_TRUE(second.up);
  EXPECT_TRUE(second.timings.reused);
  EXPECT_EQ(second.body_bytes, 5U);
  // nginx' own page says nothing that the status does not.
  EXPECT_EQ(probe({.url = url("http", "/")}).sentence, "status 503 Service Unavailable");
}

TEST_F(ServersTest, TheNodeExportersPageIsReadWhole) {
  if (missing("bin/prometheus-node-exporter")) {
    GTEST_SKIP() << "the node exporter is missing; deploy/setup test fetches it";
  }
  start("bin/prometheus-node-exporter",
        {"--web.listen-address=127.0.0.1:" + std::to_string(port_)});
  const auto endpoint = prober_->open({.name = "m", .url = url("http", "/")});
  ASSERT_TRUE(endpoint.has_value());
  const auto scrape = tests::run(io_, (*endpoint)->scrape("/metrics"));
  ASSERT_TRUE(scrape.has_value()) << scrape.error().message;
  EXPECT_EQ(scrape->rejected, 0U) << (scrape->rejected == 0 ? "" : scrape->examples[0].reason);
  EXPECT_EQ(scrape->duplicates, 0U);
  EXPECT_FALSE(scrape->truncated);
  EXPECT_GT(scrape->samples.size(), 100U);
  const auto found =
      std::ranges::find(scrape->samples, std::string("node_memory_MemTotal_bytes"), &Sample::name);
  ASSERT_NE(found, scrape->samples.end());
  EXPECT_GT(found->value, 1e6);
}

TEST_F(ServersTest, PrometheusIsProbedAndScrapedInOpenMetrics) {
  if (missing("bin/prometheus"))
    GTEST_SKIP() << "Prometheus is missing; deploy/setup test fetches it";
  const auto conf = folder_.write("prometheus.yml", "scrape_configs: []\n");
  start("bin/prometheus",
        {"--config.file=" + conf.string(), "--storage.tsdb.path=" + (folder_ / "data").string(),
         "--web.listen-address=127.0.0.1:" + std::to_string(port_)});
  ASSERT_TRUE(tests::wait_for_ok(port_, "/-/ready", seconds(30)));
  ProbeTarget target{.url = url("http", "/-/ready")};
  target.checks = {
      {.subject = Check::Subject::kBody, .test = Check::Test::kMatches, .text = "is Ready"}};
  const auto result = probe(target);
  EXPECT_TRUE(result.up) << result.sentence;
  const auto endpoint = prober_->open({.name = "m", .url = url("http", "/")});
  ASSERT_TRUE(endpoint.has_value());
  const auto scrape = tests::run(io_, (*endpoint)->scrape("/metrics"));
  ASSERT_TRUE(scrape.has_value()) << scrape.error().message;
  EXPECT_EQ(scrape->rejected, 0U) << (scrape->rejected == 0 ? "" : scrape->examples[0].reason);
  EXPECT_FALSE(scrape->truncated);
  const auto found =
      std::ranges::find(scrape->samples, std::string("prometheus_build_info"), &Sample::name);
  ASSERT_NE(found, scrape->samples.end());
  EXPECT_EQ(found->value, 1.0);
}

}  // namespace
}  // namespace leeway::endpoints
