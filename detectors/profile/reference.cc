#include "detectors/profile/reference.h"

#include <array>
#include <cstdio>

#include "detectors/base/compression.h"

namespace leeway::profile {
namespace {

constexpr std::string_view kMagic = "LWREFERE";
constexpr std::uint32_t kVersion = Profile::kVersion;  // they change together
constexpr std::size_t kMaxBody = std::size_t{1} << 30U;
constexpr std::size_t kLeastWindowBytes = 18;

Result<Profile> read_profile(ByteReader& in, const Schema& schema, std::uint32_t version) {
  auto profile = Profile::read(in, version);
  if (!profile) return profile;
  if (auto fits = profile->fits(schema); !fits)
    return fail(ErrorCode::kCorrupt, std::move(fits.error().message));
  return profile;
}

}  // namespace

void Reference::write(ByteWriter& out, std::uint32_t version) const {
  schema.write(out);
  profile.write(out, version);
  out.varint(windows.size());
  for (const Window& window : windows) {
    out.i64(to_micros(window.start));
    window.profile.write(out, version);
  }
  out.text(source);
  out.u8(sampled_edges ? 1 : 0);
}

Result<Reference> Reference::read(ByteReader& in, std::uint32_t version) {
  Reference reference;
  auto schema = Schema::read(in);
  if (!schema) return fail(std::move(schema.error()));
  reference.schema = std::move(*schema);
  auto profile = read_profile(in, reference.schema, version);
  if (!profile) return fail(std::move(profile.error()));
  reference.profile = std::move(*profile);
  const std::size_t count = in.count(kLeastWindowBytes);
  for (std::size_t i = 0; i < count; ++i) {
    const TimePoint start = from_micros(in.i64());
    auto window = read_profile(in, reference.schema, version);
    if (!window) return fail(std::move(window.error()).in("window " + std::to_string(i)));
    if (i > 0 && start <= reference.windows.back().start) {
      return fail(ErrorCode::kCorrupt,
                  "window " + std::to_string(i) + ": does not start after the one before it");
    }
    reference.windows.push_back({.start = start, .profile = std::move(*window)});
  }
  reference.source = in.text();
  reference.sampled_edges = in.u8() != 0;
  if (!in.at_end()) return fail(ErrorCode::kCorrupt, "is cut off or has bytes behind its end");
  return reference;
}

std::string Reference::id() const {
  ByteWriter body;
  write(body, 1);
  std::array<char, 17> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx",
                static_cast<unsigned long long>(hash64(body.bytes())));
  return digits.data();
}

std::string Reference::serialize() const {
  ByteWriter body;
  write(body, kVersion);
  return frame(kMagic, kVersion, compress(body.bytes()));
}

Result<Reference> Reference::deserialize(std::string_view bytes) {
  const auto opened = open_frame(kMagic, bytes);
  if (!opened) return fail(Error(opened.error()).in("reference"));
  if (opened->version < 1 || opened->version > kVersion) {
    return fail(ErrorCode::kCorrupt,
                "reference: version " + std::to_string(opened->version) + " is not known");
  }
  const auto body = decompress(opened->body, kMaxBody);
  if (!body) return fail(Error(body.error()).in("reference"));
  ByteReader in(*body);
  auto reference = read(in, opened->version);
  if (!reference) return fail(std::move(reference.error()).in("reference"));
  return reference;
}

}  // namespace leeway::profile
