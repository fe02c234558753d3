#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>
#include <utility>
#include <vector>

#include "daemon/exporter/exporter.h"
#include "tests/support/coroutines.h"

namespace leeway::exporter {

inline std::string joined(const std::vector<std::shared_ptr<const std::string>>& pieces) {
  std::string out;
  for (const auto& piece : pieces) out += *piece;
  return out;
}

/// Unpacks a whole gzip stream; fails unless it is exactly one, with the right checksum.
inline std::string gunzip(const std::string& bytes) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string out;
  std::string buffer(std::size_t{64} << 10U, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  int result = Z_OK;
  while (result == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    result = inflate(&stream, Z_NO_FLUSH);
    out.append(buffer, 0, buffer.size() - stream.avail_out);
  }
  EXPECT_EQ(result, Z_STREAM_END) << (stream.msg != nullptr ? stream.msg : "");
  EXPECT_EQ(stream.avail_in, 0U) << "bytes behind the end";
  inflateEnd(&stream);
  return out;
}

inline std::string text_of(const Page& page) {
  const std::string bytes = joined(page.pieces);
  EXPECT_EQ(bytes.size(), page.bytes);
  return page.gzip ? gunzip(bytes) : bytes;
}

inline Series series(Family family, double value,
                     std::vector<std::pair<std::string_view, std::string>> more = {},
                     Detail detail = Detail::kModel, std::string model = "flight-delay") {
  Series out{.family = family, .labels = {}, .value = value, .detail = detail};
  out.labels = {{"environment", "production"}, {"model", std::move(model)}};
  for (auto& label : more) out.labels.push_back(std::move(label));
  return out;
}

/// An exporter on a virtual clock.
class ExporterFixture : public testing::Test {
 protected:
  std::string page(Format format = {}) {
    tests::Started<std::shared_ptr<const Page>> started(io_, exporter_.page(format));
    clock_.settle();
    EXPECT_TRUE(started.done());
    return text_of(*started.value());
  }

  asio::io_context io_;
  VirtualClock clock_{io_.get_executor(), TimePoint{}};
  Exporter exporter_{io_.get_executor(), clock_};
};

}  // namespace leeway::exporter
