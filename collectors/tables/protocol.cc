#include "collectors/tables/protocol.h"

#include "detectors/base/bytes.h"

namespace leeway::tables {
namespace {

constexpr std::string_view kReply = "LWREPLY.";
constexpr std::uint32_t kVersion = 1;
constexpr std::uint8_t kAnswer = 0xFF;  // else the code of an error

}  // namespace

Result<std::size_t> body_length(std::string_view head) {
  ByteReader in(head);
  if (!in.raw(8).starts_with("LW")) return fail(ErrorCode::kCorrupt, "is no frame");
  in.u32();
  const std::uint64_t length = in.u64();
  if (!in.ok() || length > kMaxFrameBody) {
    return fail(ErrorCode::kCorrupt, "announces " + std::to_string(length) + " bytes");
  }
  return static_cast<std::size_t>(length);
}

std::string Reply::encode() const {
  ByteWriter out;
  out.u8(answer ? kAnswer : static_cast<std::uint8_t>(answer.error().code));
  out.text(answer ? *answer : answer.error().message);
  out.u64(resident_bytes);
  out.u64(resident_at_start);
  return frame(kReply, kVersion, out.bytes());
}

Result<Reply> Reply::decode(std::string_view bytes) {
  const auto opened = open_frame(kReply, bytes);
  if (!opened) return fail(opened.error());
  ByteReader in(opened->body);
  const std::uint8_t kind = in.u8();
  std::string text(in.text());
  Reply reply;
  reply.resident_bytes = in.u64();
  reply.resident_at_start = in.u64();
  const bool known = kind == kAnswer || kind <= static_cast<std::uint8_t>(ErrorCode::kCancelled);
  if (opened->version != kVersion || !in.at_end() || !known) {
    return fail(ErrorCode::kCorrupt, "is not well formed");
  }
  if (kind == kAnswer) {
    reply.answer = std::move(text);
  } else {
    reply.answer = fail(static_cast<ErrorCode>(kind), std::move(text));
  }
  return reply;
}

}  // namespace leeway::tables
