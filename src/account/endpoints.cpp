#include "account/endpoints.hpp"

#include <fmt/format.h>

#include "account/provider_table.hpp"
#include "base/error.hpp"

namespace postroom::account {
namespace {

struct Ports {
  std::uint16_t implicit;
  std::uint16_t starttls;
};

constexpr Ports ports_of(Service service) {
  return service == Service::imap ? Ports{993, 143} : Ports{465, 587};
}

Tls tls_by_port(Service service, std::uint16_t port) {
  Ports ports = ports_of(service);
  if (port == ports.implicit) return Tls::implicit;
  if (port == ports.starttls || (service == Service::smtp && port == 25)) return Tls::starttls;
  // An unusual port: the modern default of each service.
  return service == Service::imap ? Tls::implicit : Tls::starttls;
}

std::uint16_t port_by_tls(Service service, std::optional<Tls> tls) {
  Ports ports = ports_of(service);
  Tls mode = tls.value_or(service == Service::imap ? Tls::implicit : Tls::starttls);
  return mode == Tls::implicit ? ports.implicit : ports.starttls;
}

}  // namespace

Endpoint complete(Service service, const EndpointFields& fields, std::string_view user) {
  const Provider* provider =
      fields.host ? provider_of_host(*fields.host) : provider_of_address(user);
  Endpoint endpoint;
  if (fields.host) {
    endpoint.host = *fields.host;
  } else if (provider) {
    endpoint.host = service == Service::imap ? provider->imap_host : provider->smtp_host;
  } else {
    throw base::Error(
        base::ErrorKind::config, "connect.no_host",
        fmt::format("no {} host is given, and the user name's domain is not in the provider table",
                    service == Service::imap ? "IMAP" : "SMTP"),
        service == Service::imap ? "add host: to the connect step"
                                 : "add smtp: { host: ... } to the connect step");
  }
  bool known_service =
      provider &&
      endpoint.host == (service == Service::imap ? provider->imap_host : provider->smtp_host);
  if (known_service && !fields.port && !fields.tls) {
    endpoint.port = service == Service::imap ? provider->imap_port : provider->smtp_port;
    endpoint.tls = service == Service::imap ? provider->imap_tls : provider->smtp_tls;
    return endpoint;
  }
  endpoint.port = fields.port.value_or(port_by_tls(service, fields.tls));
  endpoint.tls = fields.tls.value_or(tls_by_port(service, endpoint.port));
  return endpoint;
}

}  // namespace postroom::account
