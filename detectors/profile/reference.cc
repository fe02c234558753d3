#include "detectors/profile/reference.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "detectors/base/compression.h"
#include "detectors/profile/bins.h"

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

void write_windows(ByteWriter& out, const std::vector<Reference::Window>& windows,
                   std::uint32_t version) {
  out.varint(windows.size());
  for (const Reference::Window& window : windows) {
    out.i64(to_micros(window.start));
    window.profile.write(out, version);
  }
}

Result<std::vector<Reference::Window>> read_windows(ByteReader& in, const Schema& schema,
                                                    std::uint32_t version) {
  std::vector<Reference::Window> windows;
  const std::size_t count = in.count(kLeastWindowBytes);
  for (std::size_t i = 0; i < count; ++i) {
    const TimePoint start = from_micros(in.i64());
    auto window = read_profile(in, schema, version);
    if (!window) return fail(std::move(window.error()).in("window " + std::to_string(i)));
    if (i > 0 && start <= windows.back().start) {
      return fail(ErrorCode::kCorrupt,
                  "window " + std::to_string(i) + ": does not start after the one before it");
    }
    windows.push_back({.start = start, .profile = std::move(*window)});
  }
  return windows;
}

Result<std::vector<Reference::Part>> read_parts(ByteReader& in, const Schema& schema,
                                                std::uint32_t version) {
  std::vector<Reference::Part> parts;
  const std::size_t count = in.count(kLeastWindowBytes);
  for (std::size_t i = 0; i < count; ++i) {
    std::string segment(in.text());
    if (segment.empty() || (i > 0 && segment <= parts.back().segment)) {
      return fail(ErrorCode::kCorrupt, "segments are out of order");
    }
    auto profile = read_profile(in, schema, version);
    if (!profile) return fail(std::move(profile.error()).in("a segment"));
    auto windows = read_windows(in, schema, version);
    if (!windows) return fail(std::move(windows.error()).in("a segment"));
    parts.push_back({.segment = std::move(segment),
                     .profile = std::move(*profile),
                     .windows = std::move(*windows)});
  }
  return parts;
}

}  // namespace

void Reference::write(ByteWriter& out, std::uint32_t version) const {
  schema.write(out);
  profile.write(out, version);
  write_windows(out, windows, version);
  out.text(source);
  out.u8(sampled_edges ? 1 : 0);
  // Nothing at all without parts, so that a reference of version 1 keeps its id.
  if (parts.empty()) return;
  out.varint(parts.size());
  for (const Part& part : parts) {
    out.text(part.segment);
    part.profile.write(out, version);
    write_windows(out, part.windows, version);
  }
}

Result<Reference> Reference::read(ByteReader& in, std::uint32_t version) {
  Reference reference;
  auto schema = Schema::read(in);
  if (!schema) return fail(std::move(schema.error()));
  reference.schema = std::move(*schema);
  auto profile = read_profile(in, reference.schema, version);
  if (!profile) return fail(std::move(profile.error()));
  reference.profile = std::move(*profile);
  auto windows = read_windows(in, reference.schema, version);
  if (!windows) return fail(std::move(windows.error()));
  reference.windows = std::move(*windows);
  reference.source = in.text();
  reference.sampled_edges = in.u8() != 0;
  if (version >= 2 && !in.at_end()) {
    auto parts = read_parts(in, reference.schema, version);
    if (!parts) return fail(std::move(parts.error()));
    reference.parts = std::move(*parts);
  }
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

std::optional<Reference> Reference::of_segment(std::string_view segment) const {
  const auto found = std::find_if(parts.begin(), parts.end(),
                                  [segment](const Part& part) { return part.segment == segment; });
  if (found == parts.end()) return std::nullopt;
  Reference alone;
  alone.schema = with_bins_of(schema, found->profile);
  alone.profile = found->profile;
  alone.windows = found->windows;
  alone.source = source;
  alone.sampled_edges = sampled_edges;
  return alone;
}

}  // namespace leeway::profile
