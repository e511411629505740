#include "net/dialer.hpp"

#include <vector>

#include <sys/socket.h>
#include <unistd.h>

#include "net/connector_fixture.hpp"
#include "net/with_timeout.hpp"

namespace postroom::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using test::TestServer;
using Steady = std::chrono::steady_clock;

tcp::endpoint at(const char* address, std::uint16_t port) {
  return {asio::ip::make_address(address), port};
}

// An address that never answers: a listener whose queue is full drops every further SYN.
class Blackhole {
 public:
  Blackhole() {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    auto any = at("127.0.0.2", 0);
    EXPECT_EQ(::bind(listener_, any.data(), static_cast<socklen_t>(any.size())), 0);
    EXPECT_EQ(::listen(listener_, 0), 0);
    socklen_t size = static_cast<socklen_t>(endpoint_.capacity());
    ::getsockname(listener_, endpoint_.data(), &size);
    for (int i = 0; i < 8; ++i) {
      int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      EXPECT_NE(::connect(fd, endpoint_.data(), static_cast<socklen_t>(endpoint_.size())), 0);
      fillers_.push_back(fd);
    }
  }
  ~Blackhole() {
    for (int fd : fillers_) ::close(fd);
    ::close(listener_);
  }
  const tcp::endpoint& endpoint() const { return endpoint_; }

 private:
  int listener_ = -1;
  tcp::endpoint endpoint_ = at("127.0.0.2", 0);
  std::vector<int> fillers_;
};

Task<void> race_to(Endpoints endpoints, std::chrono::milliseconds delay, std::uint16_t& reached) {
  auto socket = co_await race(std::move(endpoints), "test:1", delay);
  reached = socket.remote_endpoint().port();
}

TEST(Race, TheSecondAddressWinsWhenTheFirstIsSilent) {
  Blackhole silent;
  TestServer server(test::stall());
  std::uint16_t reached = 0;
  auto before = Steady::now();
  run(race_to({silent.endpoint(), at("127.0.0.1", server.port())}, 20ms, reached));
  EXPECT_EQ(reached, server.port());
  EXPECT_GE(Steady::now() - before, 20ms);
}

TEST(Race, ARefusalStartsTheNextAtOnce) {
  TestServer server(test::stall());
  std::uint16_t reached = 0;
  auto before = Steady::now();
  run(race_to({at("127.0.0.1", test::refused_port()), at("127.0.0.1", server.port())}, 1h,
              reached));
  EXPECT_EQ(reached, server.port());
  EXPECT_LT(Steady::now() - before, 30s);
}

TEST(Race, TheFirstAddressHasAHeadStart) {
  TestServer first(test::stall());
  TestServer second(test::stall());
  std::uint16_t reached = 0;
  run(race_to({at("127.0.0.1", first.port()), at("127.0.0.1", second.port())}, 1h, reached));
  EXPECT_EQ(reached, first.port());
}

TEST(Race, ReportsTheMostTellingFailure) {
  std::uint16_t reached = 0;
  Endpoints endpoints{at("127.0.0.1", test::refused_port()), at("127.0.0.1", test::refused_port())};
  auto error = failure_of(race_to(endpoints, 1h, reached));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), "net.refused");
  EXPECT_TRUE(error->transient());
}

TEST(Race, SilenceEndsWithTheCallersLimit) {
  Blackhole silent;
  std::uint16_t reached = 0;
  Task<void> racing = race_to({silent.endpoint()}, 1h, reached);
  EXPECT_EQ(code_of(with_timeout(20ms, "connecting", std::move(racing))), "net.timed_out");
}

TEST(Resolver, FamiliesTakeTurnsAndTheFirstLeads) {
  Endpoints in{at("::1", 1), at("::2", 1), at("::3", 1), at("10.0.0.1", 1)};
  EXPECT_EQ(interleave_families(in),
            (Endpoints{at("::1", 1), at("10.0.0.1", 1), at("::2", 1), at("::3", 1)}));
  Endpoints v4_first{at("10.0.0.1", 1), at("::1", 1)};
  EXPECT_EQ(interleave_families(v4_first), v4_first);
}

TEST(Resolver, TakesLiteralsAsTheyAre) {
  EXPECT_EQ(run(resolve("127.0.0.1", 25)), Endpoints{at("127.0.0.1", 25)});
  EXPECT_EQ(run(resolve("::1", 25)), Endpoints{at("::1", 25)});
}

TEST(Resolver, FindsLocalhost) {
  Endpoints found = run(resolve("localhost", 25));
  ASSERT_FALSE(found.empty());
  for (const auto& endpoint : found) EXPECT_TRUE(endpoint.address().is_loopback());
}

Task<void> look_up_and_cancel(TaskGroup& group) {
  auto look_up = []() -> Task<void> { Endpoints found = co_await resolve("localhost", 25); };
  Task<void> looking = look_up();
  co_await group.spawn(std::move(looking));
  group.cancel();
}

// The answer comes to a loop that may be gone: the sanitizers watch.
TEST(Resolver, AnAbandonedLookUpHurtsNobody) {
  for (int i = 0; i < 50; ++i) run(run_group(&look_up_and_cancel));
}

class Connect : public ConnectorTest {};

TEST_F(Connect, NamesHostAndPortOfARefusal) {
  Target target{.host = "127.0.0.1", .port = test::refused_port(), .tls = TlsMode::none};
  auto error = failure_of(open_and_close(*connector_, target));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::network);
  EXPECT_EQ(error->code(), "net.refused");
  EXPECT_TRUE(error->message().contains("127.0.0.1:" + std::to_string(target.port)))
      << error->message();
  EXPECT_FALSE(error->hint().empty());
}

TEST_F(Connect, SaysThatAHostIsUnknown) {
  for (std::string host : {std::string("bad host name"), std::string(), std::string("a\0b", 3),
                           std::string(300, 'x')}) {
    Target target{.host = host, .port = 1, .tls = TlsMode::none};
    auto error = failure_of(open_and_close(*connector_, target));
    ASSERT_TRUE(error) << host;
    EXPECT_EQ(error->code(), "net.unknown_host") << host;
    EXPECT_FALSE(error->hint().empty());
  }
}

TEST(IsLoopback, KnowsThisMachine) {
  for (const char* host :
       {"localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(is_loopback(host)) << host;
  }
  for (const char* host :
       {"", "localhost.example.com", "127.0.0.1.example.com", "10.0.0.1", "::", "128.0.0.1"}) {
    EXPECT_FALSE(is_loopback(host)) << host;
  }
}

TEST(HostPort, PutsBracketsAroundIpv6) {
  EXPECT_EQ(to_host_port("imap.example.com", 993), "imap.example.com:993");
  EXPECT_EQ(to_host_port("2001:db8::1", 993), "[2001:db8::1]:993");
}

}  // namespace
}  // namespace postroom::net
