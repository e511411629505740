#!/usr/bin/env bash
# certificates.sh DIR: an authority of its own (ca.pem) and a certificate from it for localhost and 127.0.0.1
# (server.pem, server.key), good for 30 days. Does nothing where they are already.
set -euo pipefail
cd "$1"
[ ! -s server.pem ] || exit 0
key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
{
  openssl req -x509 "${key[@]}" -days 30 -subj '/CN=Postroom test authority' \
    -addext 'basicConstraints=critical,CA:TRUE' -keyout ca.key -out ca.pem
  openssl req "${key[@]}" -subj '/CN=localhost' -keyout server.key -out server.csr
  printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n' >server.ext
  openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile server.ext -out server.pem
  chmod 644 server.key ca.pem server.pem
} 2>openssl.log || { echo "certificates.sh: $(tail -n 3 openssl.log)" >&2; exit 1; }
