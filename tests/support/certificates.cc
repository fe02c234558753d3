#include "tests/support/certificates.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace leeway::tests {
namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;

struct Pair {
  Key key;
  Certificate certificate;
};

void extend(X509* certificate, int nid, const char* value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

/// Signed by `issuer`, or by itself.
Pair make(const std::string& name, const Pair* issuer, const char* alternative_names,
          long lifetime = 24L * 3600) {
  Pair pair{Key(EVP_EC_gen("P-256")), Certificate(X509_new())};
  X509* certificate = pair.certificate.get();
  X509_set_version(certificate, 2);
  static long serial = 0;
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), lifetime);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  const Pair& signer = issuer != nullptr ? *issuer : pair;
  X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate.get()));
  X509_set_pubkey(certificate, pair.key.get());
  if (issuer == nullptr) extend(certificate, NID_basic_constraints, "critical,CA:TRUE");
  if (alternative_names != nullptr) extend(certificate, NID_subject_alt_name, alternative_names);
  X509_sign(certificate, signer.key.get(), EVP_sha256());
  return pair;
}

void write(const std::filesystem::path& path, const Pair& pair, bool key) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (file == nullptr) std::abort();
  if (key) {
    PEM_write_PrivateKey(file, pair.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  } else {
    PEM_write_X509(file, pair.certificate.get());
  }
  std::fclose(file);
}

}  // namespace

Certificates::Certificates() {
  std::string name = std::filesystem::temp_directory_path() / "leeway-certificates-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  folder_ = name;
  const Pair authority = make("Test authority", nullptr, nullptr);
  const Pair server = make("localhost", &authority, "DNS:localhost,IP:127.0.0.1");
  const Pair expired = make("localhost", &authority, "DNS:localhost,IP:127.0.0.1", -60);
  const Pair client = make("a client", &authority, nullptr);
  write(folder_ / "authority.pem", authority, false);
  write(folder_ / "stranger.pem", make("Another authority", nullptr, nullptr), false);
  write(folder_ / "server.pem", server, false);
  write(folder_ / "server.key", server, true);
  write(folder_ / "expired.pem", expired, false);
  write(folder_ / "expired.key", expired, true);
  write(folder_ / "client.pem", client, false);
  write(folder_ / "client.key", client, true);
}

Certificates::~Certificates() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace leeway::tests
