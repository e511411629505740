#include <array>

#include "net/connector_fixture.hpp"
#include "net/with_timeout.hpp"

namespace postroom::net {
namespace {

using test::TestServer;

class PlainStream : public ConnectorTest {};

Task<void> upgrade(Connector& connector, const Target& target) {
  auto stream = co_await connector.open(target);
  EXPECT_FALSE(stream->is_encrypted());
  EXPECT_TRUE(stream->tls_facts().version.empty());
  std::string greeting = co_await read_once(*stream);
  EXPECT_EQ(greeting, "220 ready\r\n");
  co_await stream->write("STARTTLS\r\n");
  std::array<char, 8> reply;  // "220 go\r\n" and not a byte more
  std::size_t have = 0;
  while (have < reply.size()) {
    std::size_t n = co_await stream->read_some(std::span(reply).subspan(have));
    have += n;
  }
  co_await stream->start_tls();
  EXPECT_TRUE(stream->is_encrypted());
  std::string answer = co_await ask(*stream, "secret");
  EXPECT_EQ(answer, "secret");
}

TEST_F(PlainStream, UpgradesInPlace) {
  TestServer server(test::starttls_echo("220 go\r\n"), ca_.issue({}));
  run(upgrade(*connector_, plain_target(server, TlsMode::starttls)));
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(PlainStream, RefusesInjectedBytesBehindTheStartTlsReply) {
  TestServer server(test::starttls_echo("220 go\r\n250 injected\r\n"), ca_.issue({}));
  auto error = failure_of(upgrade(*connector_, plain_target(server, TlsMode::starttls)));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), "tls.injected");
  EXPECT_EQ(error->kind(), ErrorKind::tls);
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(PlainStream, ChecksTheCertificateOnUpgrade) {
  TestServer server(test::starttls_echo("220 go\r\n"), test::make_self_signed({}));
  EXPECT_EQ(code_of(upgrade(*connector_, plain_target(server, TlsMode::starttls))),
            "tls.self_signed");
}

Task<void> read_only(Connector& connector, const Target& target) {
  auto stream = co_await connector.open(target);
  std::string ignored = co_await read_once(*stream);
}

TEST_F(PlainStream, GivesUpAfterTheIdleLimit) {
  TestServer server(test::stall());
  Target target = plain_target(server);
  target.idle_limit = 20ms;
  auto error = failure_of(read_only(*connector_, target));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), "net.stalled");
  EXPECT_EQ(error->kind(), ErrorKind::timed_out);
}

TEST_F(PlainStream, GivesUpWritingAfterTheIdleLimit) {
  TestServer deaf([](test::TestPeer& peer) { peer.wait_for_hang_up(); });
  auto flood = [](Connector& connector, const Target& target) -> Task<void> {
    auto stream = co_await connector.open(target);
    std::string much(16 << 20, 'x');
    co_await stream->write(much);
  };
  Target target = plain_target(deaf);
  target.idle_limit = 50ms;
  EXPECT_EQ(code_of(flood(*connector_, target)), "net.stalled");
}

Task<void> read_twice_unusable(Connector& connector, const Target& target, std::string& first,
                               std::string& second) {
  auto stream = co_await connector.open(target);
  Task<std::string> reading = read_once(*stream);
  try {
    std::string ignored = co_await with_timeout(10ms, "reading", std::move(reading));
  } catch (const Error& error) {
    first = error.code();
  }
  stream->close();
  try {
    std::string ignored = co_await read_once(*stream);
  } catch (const Error& error) {
    second = error.code();
  }
}

TEST_F(PlainStream, AReadEndsAtItsLimitAndAClosedStreamSaysSo) {
  TestServer server(test::stall());
  std::string first, second;
  run(read_twice_unusable(*connector_, plain_target(server), first, second));
  EXPECT_EQ(first, "net.timed_out");
  EXPECT_EQ(second, "net.closed");
}

Task<void> note_code(Task<void> task, std::string& code) {
  try {
    co_await std::move(task);
  } catch (const Error& error) {
    code = error.code();
    throw;
  }
}

Task<void> read_and_drop(Stream& stream) { std::string ignored = co_await read_once(stream); }

Task<void> start_reading_and_cancel(TaskGroup& group, Stream& stream, std::string& code) {
  Task<void> reading = note_code(read_and_drop(stream), code);
  co_await group.spawn(std::move(reading));
  group.cancel();
}

Task<void> open_read_cancel(Connector& connector, const Target& target, std::string& code) {
  auto stream = co_await connector.open(target);
  co_await run_group(&start_reading_and_cancel, *stream, code);
}

TEST_F(PlainStream, CancellationReachesAPendingRead) {
  std::string code;
  TestServer plain(test::stall());
  run(open_read_cancel(*connector_, plain_target(plain), code));
  EXPECT_EQ(code, "net.cancelled");
  code.clear();
  TestServer encrypted(test::tls_echo(), ca_.issue({}));
  run(open_read_cancel(*connector_, tls_target(encrypted), code));
  EXPECT_EQ(code, "net.cancelled");
}

Task<void> start_reading_and_close(TaskGroup& group, Stream& stream, std::string& code) {
  Task<void> reading = note_code(read_and_drop(stream), code);
  co_await group.spawn(std::move(reading));
  stream.close();
}
Task<void> open_read_close(Connector& connector, const Target& target, std::string& code) {
  auto stream = co_await connector.open(target);
  co_await run_group(&start_reading_and_close, *stream, code);
}

TEST_F(PlainStream, CloseEndsAPendingRead) {
  TestServer server(test::stall());
  std::string code;
  auto error = failure_of(open_read_close(*connector_, plain_target(server), code));
  EXPECT_EQ(code, "net.closed");
}

Task<void> write_until_broken(Connector& connector, const Target& target) {
  auto stream = co_await connector.open(target);
  std::string much(1 << 20, 'x');
  while (true) co_await stream->write(much);
}

TEST_F(PlainStream, APeerThatHangsUpIsAnErrorNotASignal) {
  TestServer plain([](test::TestPeer& peer) { peer.receive_raw(1); });
  EXPECT_EQ(code_of(write_until_broken(*connector_, plain_target(plain))), "net.closed");
  TestServer encrypted(
      [](test::TestPeer& peer) {
        if (peer.start_tls()) peer.receive();
      },
      ca_.issue({}));
  EXPECT_EQ(code_of(write_until_broken(*connector_, tls_target(encrypted))), "net.closed");
}

TEST_F(PlainStream, IsPrivateOnLoopbackOnly) {
  TestServer server(test::stall());
  auto look = [](Connector& connector, const Target& target) -> Task<bool> {
    auto stream = co_await connector.open(target);
    co_return stream->is_private() && !stream->is_encrypted();
  };
  EXPECT_TRUE(run(look(*connector_, plain_target(server))));
}

}  // namespace
}  // namespace postroom::net
