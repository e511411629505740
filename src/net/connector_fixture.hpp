// What the connector's tests share: opening, talking and failing in one line each.
#pragma once

#include <array>
#include <cstdlib>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "net/connector.hpp"
#include "net/task_group.hpp"
#include "tests/support/test_tls.hpp"

namespace postroom::net {

using base::Error;
using base::ErrorKind;
using namespace std::chrono_literals;

inline Task<void> open_and_close(Connector& connector, const Target& target) {
  auto stream = co_await connector.open(target);
  stream->close();
}

// The error that opening ends in.
inline std::optional<Error> failure_of(Task<void> task) {
  try {
    run(std::move(task));
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

inline std::string code_of(Task<void> task) {
  auto error = failure_of(std::move(task));
  return error ? error->code() : "no error";
}

inline Task<std::string> ask(Stream& stream, std::string_view question) {
  co_await stream.write(question);
  std::string answer;
  std::array<char, 16384> buffer;
  while (answer.size() < question.size()) {
    std::size_t n = co_await stream.read_some(buffer);
    if (n == 0) break;
    answer.append(buffer.data(), n);
  }
  co_return answer;
}

inline Task<std::string> read_once(Stream& stream) {
  std::array<char, 4096> buffer;
  std::size_t n = co_await stream.read_some(buffer);
  co_return std::string(buffer.data(), n);
}

class ConnectorTest : public ::testing::Test {
 protected:
  // Without the system's certificates: loading them costs more than all these tests, and no test
  // may lean on them.
  static void SetUpTestSuite() {
    ::setenv("SSL_CERT_FILE", "/dev/null", 1);
    ::setenv("SSL_CERT_DIR", "/nonexistent", 1);
  }

  // Against the certificate for localhost that `ca_` issued.
  Target tls_target(const test::TestServer& server, std::string host = "localhost") const {
    return Target{.host = std::move(host), .port = server.port(), .policy = {ca_.file()}};
  }
  Target plain_target(const test::TestServer& server, TlsMode mode = TlsMode::none) const {
    return Target{.host = "127.0.0.1", .port = server.port(), .tls = mode, .policy = {ca_.file()}};
  }

  test::TestCa ca_{"Postroom test CA"};
  std::unique_ptr<Connector> connector_ = make_connector();
};

}  // namespace postroom::net
