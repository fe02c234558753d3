#pragma once

#include <zlib.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace leeway::exporter {

using Piece = std::shared_ptr<const std::string>;

/// A text compressed so that it can stand anywhere in a gzip stream: raw deflate blocks that end at
/// a byte and refer to nothing before them, and what is needed for the checksum of the whole.
struct Deflated {
  Piece bytes;
  std::uint32_t crc = 0;
  std::uint32_t length = 0;  ///< of the text
  std::uint32_t shift = 0;   ///< moves a checksum over `length` bytes, made once
};

/// Makes such pieces; one compressor and its memory, used again for each text. Not thread-safe.
class Deflater {
 public:
  Deflater();
  ~Deflater();
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  Deflated deflate(std::string_view text);

 private:
  z_stream stream_{};
  std::string buffer_;
};

/// Joins deflated texts to one gzip stream (RFC 1952), which shares their bytes.
class GzipJoin {
 public:
  GzipJoin();

  void add(const Deflated& part);

  /// The pieces of the whole stream.
  std::vector<Piece> finish() &&;

 private:
  std::vector<Piece> pieces_;
  std::uint32_t crc_ = 0;
  std::uint32_t length_ = 0;  ///< modulo 2^32, as gzip wants
};

}  // namespace leeway::exporter
