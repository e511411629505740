#include "net/client_certificate.hpp"

#include <openssl/pem.h>

#include "net/connector_fixture.hpp"
#include "net/tls_context.hpp"

namespace postroom::net {
namespace {

using test::Certificate;
using test::TemporaryPem;

std::string under_passphrase(const std::string& key_pem) {
  BIO* in = BIO_new_mem_buf(key_pem.data(), -1);
  EVP_PKEY* key = PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr);
  BIO_free(in);
  BIO* out = BIO_new(BIO_s_mem());
  PEM_write_bio_PKCS8PrivateKey(out, key, EVP_aes_128_cbc(), "hush", 4, nullptr, nullptr);
  char* text = nullptr;
  long size = BIO_get_mem_data(out, &text);
  std::string pem(text, static_cast<std::size_t>(size));
  BIO_free(out);
  EVP_PKEY_free(key);
  return pem;
}

std::optional<Error> failure_of_policy(const TlsPolicy& policy) {
  try {
    TlsContext context(policy);
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

class ClientCertificate : public ConnectorTest {};

TEST_F(ClientCertificate, EveryFaultOfItsFilesHasItsWords) {
  Certificate own = ca_.issue({.common_name = "client", .names = {}});
  Certificate other = ca_.issue({.common_name = "other", .names = {}});
  TemporaryPem certificate(own.certificate_pem), key(own.key_pem), other_key(other.key_pem),
      both(own.certificate_pem + own.key_pem), locked(under_passphrase(own.key_pem)),
      rubbish("nothing");
  struct Case {
    TlsPolicy policy;
    std::string code;
    std::string word;
  };
  const Case cases[] = {
      {{{}, {}, certificate.file(), key.file()}, "no error", ""},
      {{{}, {}, both.file()}, "no error", ""},
      {{{}, {}, certificate.file()}, "tls.bad_client_key", "no private key"},
      {{{}, {}, certificate.file(), other_key.file()}, "tls.bad_client_key", "another certificate"},
      {{{}, {}, certificate.file(), locked.file()}, "tls.bad_client_key", "passphrase"},
      {{{}, {}, certificate.file(), rubbish.file()}, "tls.bad_client_key", "no private key"},
      {{{}, {}, certificate.file(), "/nonexistent/key"}, "tls.bad_client_key", "No such file"},
      {{{}, {}, rubbish.file(), key.file()}, "tls.bad_client_certificate", "no certificate"},
      {{{}, {}, "/nonexistent/pem", key.file()}, "tls.bad_client_certificate", "No such file"},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.word);
    auto error = failure_of_policy(each.policy);
    EXPECT_EQ(error ? error->code() : "no error", each.code);
    if (!error) continue;
    EXPECT_EQ(error->kind(), ErrorKind::config);
    EXPECT_TRUE(error->message().contains(each.word)) << error->message();
    EXPECT_FALSE(error->hint().empty());
  }
}

}  // namespace
}  // namespace postroom::net
