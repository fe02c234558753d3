#include "daemon/delivery/standard_webhooks.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

namespace leeway::delivery {
namespace {

constexpr std::string_view kPrefix = "whsec_";

using Bytes = std::vector<unsigned char>;

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string base64(const unsigned char* bytes, std::size_t size) {
  Bytes encoded(4 * ((size + 2) / 3) + 1);
  const int length = EVP_EncodeBlock(encoded.data(), bytes, static_cast<int>(size));
  return {encoded.begin(), encoded.begin() + length};
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  Bytes decoded(text.size() / 4 * 3);
  const int length = EVP_DecodeBlock(decoded.data(), raw(text), static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  // EVP_DecodeBlock counts the padding as zero bytes.
  const auto padding = std::count(text.end() - 2, text.end(), '=');
  return std::string(decoded.begin(), decoded.begin() + length - padding);
}

}  // namespace

Result<WebhookSecrets> WebhookSecrets::parse(const std::vector<std::string>& texts) {
  if (texts.size() > 2) {
    return fail(ErrorCode::kInvalidConfig, "at most two secrets, the old and the new one");
  }
  WebhookSecrets secrets;
  for (const std::string& text : texts) {
    auto key = text.starts_with(kPrefix)
                   ? from_base64(std::string_view(text).substr(kPrefix.size()))
                   : std::nullopt;
    if (!key || key->size() < 24 || key->size() > 64) {
      return fail(ErrorCode::kInvalidConfig,
                  "a webhook secret is whsec_ and the base64 of 24 to 64 bytes");
    }
    secrets.keys_.push_back(std::move(*key));
  }
  return secrets;
}

std::string WebhookSecrets::sign(std::string_view id, TimePoint at, std::string_view body) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  const std::string signed_text =
      std::string(id) + "." + std::to_string(seconds) + "." + std::string(body);
  std::string signatures;
  for (const std::string& key : keys_) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    const auto* done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                            raw(signed_text), signed_text.size(), digest.data(), &size);
    LEEWAY_ASSERT(done != nullptr, "HMAC-SHA256 is in every OpenSSL");
    signatures += (signatures.empty() ? "v1," : " v1,") + base64(digest.data(), size);
  }
  return signatures;
}

}  // namespace leeway::delivery
