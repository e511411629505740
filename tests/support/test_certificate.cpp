#include <atomic>
#include <fstream>
#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include "base/base64.hpp"
#include "tests/support/test_tls.hpp"

namespace postroom::test {
namespace {

template <class T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* it) const { Free(it); }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY, EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, Deleter<X509, X509_free>>;

template <class Write>
std::string to_pem(Write write) {
  BIO* bio = BIO_new(BIO_s_mem());
  write(bio);
  char* text = nullptr;
  long size = BIO_get_mem_data(bio, &text);
  std::string pem(text, static_cast<std::size_t>(size));
  BIO_free(bio);
  return pem;
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (!extension) throw std::runtime_error("bad certificate extension " + value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate make(const CertificatePlan& plan, const Certificate* issuer, bool is_ca) {
  static std::atomic<long> serial = 1000;
  Key key(EVP_EC_gen("P-256"));
  X509Ptr certificate(X509_new());
  X509* it = certificate.get();
  X509_set_version(it, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(it), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(it), 86'400L * plan.valid_from_days);
  X509_gmtime_adj(X509_getm_notAfter(it), 86'400L * plan.valid_to_days);
  X509_set_pubkey(it, key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(it), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(plan.common_name.c_str()), -1,
                             -1, 0);

  X509Ptr issuer_certificate;
  Key issuer_key;
  if (issuer) {
    BIO* bio = BIO_new_mem_buf(issuer->certificate_pem.data(),
                               static_cast<int>(issuer->certificate_pem.size()));
    issuer_certificate.reset(PEM_read_bio_X509(bio, nullptr, nullptr, nullptr));
    BIO_free(bio);
    bio = BIO_new_mem_buf(issuer->key_pem.data(), static_cast<int>(issuer->key_pem.size()));
    issuer_key.reset(PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr));
    BIO_free(bio);
  }
  X509* by = issuer ? issuer_certificate.get() : it;
  X509_set_issuer_name(it, X509_get_subject_name(by));
  add_extension(it, by, NID_basic_constraints, is_ca ? "critical,CA:TRUE" : "CA:FALSE");
  add_extension(it, by, NID_subject_key_identifier, "hash");
  std::string names;
  for (const auto& name : plan.names) names += (names.empty() ? "" : ",") + name;
  if (!names.empty()) add_extension(it, by, NID_subject_alt_name, names);
  if (X509_sign(it, issuer ? issuer_key.get() : key.get(), EVP_sha256()) == 0) {
    throw std::runtime_error("a test certificate could not be signed");
  }
  return {to_pem([&](BIO* out) { PEM_write_bio_X509(out, it); }), to_pem([&](BIO* out) {
            PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

std::filesystem::path write_temporary(const std::string& pem) {
  std::string name = (std::filesystem::temp_directory_path() / "postroom-pem-XXXXXX").string();
  int fd = ::mkstemp(name.data());
  if (fd < 0) throw std::runtime_error("no temporary file");
  ::close(fd);
  std::ofstream(name, std::ios::binary) << pem;
  return name;
}

}  // namespace

Certificate make_self_signed(const CertificatePlan& plan) { return make(plan, nullptr, false); }

TestCa::TestCa(const std::string& common_name)
    : own_(make({.common_name = common_name, .names = {}, .valid_to_days = 300}, nullptr, true)),
      file_(write_temporary(own_.certificate_pem)) {}

TestCa::~TestCa() {
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
}

Certificate TestCa::issue(const CertificatePlan& plan) const { return make(plan, &own_, false); }

std::string pin_of(const Certificate& certificate) {
  BIO* bio = BIO_new_mem_buf(certificate.key_pem.data(), -1);
  Key key(PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr));
  BIO_free(bio);
  unsigned char* der = nullptr;
  int size = i2d_PUBKEY(key.get(), &der);
  unsigned char digest[32];
  unsigned int length = 0;
  EVP_Digest(der, static_cast<std::size_t>(size), digest, &length, EVP_sha256(), nullptr);
  OPENSSL_free(der);
  return base::to_base64(std::string_view(reinterpret_cast<const char*>(digest), length));
}

TemporaryPem::TemporaryPem(const std::string& pem) : file_(write_temporary(pem)) {}

TemporaryPem::~TemporaryPem() {
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
}

}  // namespace postroom::test
