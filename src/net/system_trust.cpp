#include "net/system_trust.hpp"

#include <cstdlib>
#include <memory>
#include <unordered_map>

#include <openssl/err.h>
#include <openssl/pem.h>

namespace postroom::net {
namespace {

const char* place(const char* variable, const char* otherwise) {
  const char* value = ::secure_getenv(variable);
  return value && *value ? value : otherwise;
}

// The bundle's certificates by subject; they stay for the life of the process.
using Bundle = std::unordered_multimap<unsigned long, X509*>;

Bundle load_bundle() {
  Bundle bundle;
  const char* file = place(X509_get_default_cert_file_env(), X509_get_default_cert_file());
  BIO* bio = BIO_new_file(file, "r");
  while (bio) {
    X509* certificate = PEM_read_bio_X509_AUX(bio, nullptr, nullptr, nullptr);
    if (!certificate) break;
    bundle.emplace(X509_NAME_hash_ex(X509_get_subject_name(certificate), nullptr, nullptr, nullptr),
                   certificate);
  }
  BIO_free(bio);
  ERR_clear_error();  // the end of the file is an error to OpenSSL
  return bundle;
}

// As X509_LOOKUP_hash_dir does: what fits goes into the store, and `found` borrows it from there.
int find_in_bundle(X509_LOOKUP* lookup, X509_LOOKUP_TYPE type, const X509_NAME* name,
                   X509_OBJECT* found) {
  if (type != X509_LU_X509) return 0;
  static const Bundle bundle = load_bundle();
  auto [first, last] = bundle.equal_range(X509_NAME_hash_ex(name, nullptr, nullptr, nullptr));
  X509* match = nullptr;
  for (auto it = first; it != last; ++it) {
    if (X509_NAME_cmp(X509_get_subject_name(it->second), name) != 0) continue;
    X509_STORE_add_cert(X509_LOOKUP_get_store(lookup), it->second);
    if (!match) match = it->second;
  }
  // The extra reference is never given back: the bundle's certificates live as long as the process.
  return match && X509_OBJECT_set1_X509(found, match) == 1;
}

X509_LOOKUP_METHOD* make_bundle_method() {
  X509_LOOKUP_METHOD* method = X509_LOOKUP_meth_new("postroom bundle");
  if (method) X509_LOOKUP_meth_set_get_by_subject(method, find_in_bundle);
  return method;
}

}  // namespace

void add_system_trust(X509_STORE* store) {
  static X509_LOOKUP_METHOD* const bundle = make_bundle_method();
  if (X509_LOOKUP* folder = X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir())) {
    X509_LOOKUP_add_dir(folder, place(X509_get_default_cert_dir_env(), X509_get_default_cert_dir()),
                        X509_FILETYPE_PEM);
  }
  if (bundle) X509_STORE_add_lookup(store, bundle);
  ERR_clear_error();
}

}  // namespace postroom::net
