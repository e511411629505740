// The scripted stream is test support, but every protocol's tests lean on it, so it is tested too.
#include "tests/support/scripted_stream.hpp"

#include <stdexcept>

#include <gtest/gtest-spi.h>

#include "net/connector_fixture.hpp"

namespace postroom::test {
namespace {

using base::Error;
using net::code_of;
using net::run;

Task<void> write_it(net::Stream& stream, std::string_view bytes) { co_await stream.write(bytes); }

Task<std::string> read_line(net::Stream& stream) {
  std::string line;
  char c = 0;
  while (!line.ends_with("\r\n")) {
    std::size_t n = co_await stream.read_some(std::span(&c, 1));
    if (n == 0) break;
    line += c;
  }
  co_return line;
}

Task<void> log_in(net::Stream& stream) {
  std::string greeting = co_await read_line(stream);
  co_await stream.write("A1 STARTTLS\r\n");
  std::string reply = co_await read_line(stream);
  if (reply.empty()) throw Error(base::ErrorKind::network, "net.closed", "closed");
  co_await stream.start_tls();
  co_await stream.write("A2 LOG");
  co_await stream.write("IN a b\r\nA3 NOOP\r\n");
  std::string done = co_await read_line(stream);
  if (done.empty()) throw Error(base::ErrorKind::network, "net.closed", "closed");
}

constexpr auto login_script = R"(
  # comment
  S: * OK ready
  C: A1 STARTTLS
  S: A1 OK
  TLS
  C~ A2 LOGIN * *
  C: A3 NOOP
  S- A3 \x4fK\r\n
)";

TEST(ScriptedStream, PlaysAConversationInAnyChunks) {
  for (std::size_t chunk : {std::size_t{1}, std::size_t{7}, SIZE_MAX}) {
    auto peer =
        std::make_shared<ScriptedPeer>(Script::parse(login_script), PeerOptions{.chunk = chunk});
    auto stream = peer->open();
    EXPECT_FALSE(stream->is_encrypted());
    run(log_in(*stream));
    EXPECT_TRUE(stream->is_encrypted());
    EXPECT_EQ(peer->remaining(), "");
    EXPECT_EQ(peer->round_trips(), 2u);
    EXPECT_EQ(peer->write_calls(), 3u);
    EXPECT_FALSE(peer->is_closed());
    stream.reset();
    EXPECT_TRUE(peer->is_closed());
  }
}

TEST(ScriptedStream, FailsAtEveryStep) {
  Script script = Script::parse(login_script);
  for (std::size_t k = 0; k < script.step_count(); ++k) {
    for (Failure failure : all_failures) {
      SCOPED_TRACE(k);
      auto peer = std::make_shared<ScriptedPeer>(script);
      peer->fail_at_step(k, failure);
      auto stream = peer->open();
      auto error = net::failure_of(log_in(*stream));
      ASSERT_TRUE(error);
      EXPECT_EQ(error->code(), failure == Failure::timed_out ? "net.stalled" : "net.closed");
      EXPECT_TRUE(peer->has_failed());
    }
  }
}

TEST(ScriptedStream, RecordsWhatIsWrittenAfterTheFailure) {
  auto peer = std::make_shared<ScriptedPeer>(Script::parse("C: A1 COPY\nS: A1 OK\nC: A2 EXPUNGE"));
  peer->fail_at_step(1, Failure::cut);
  auto stream = peer->open();
  run(write_it(*stream, "A1 COPY\r\n"));
  EXPECT_EQ(code_of(write_it(*stream, "A2 EXPUNGE\r\n")), "net.closed");
  EXPECT_EQ(code_of(write_it(*stream, "A3 LOGOUT\r\n")), "net.closed");
  EXPECT_EQ(peer->written_after_failure(), "A3 LOGOUT\r\n");
  EXPECT_EQ(peer->written(), "A1 COPY\r\nA2 EXPUNGE\r\nA3 LOGOUT\r\n");
}

TEST(ScriptedStream, AWrongLineFailsTheTest) {
  EXPECT_NONFATAL_FAILURE(
      {
        auto peer = std::make_shared<ScriptedPeer>(Script::parse("C: A1 NOOP"));
        auto stream = peer->open();
        EXPECT_EQ(code_of(write_it(*stream, "A1 NOPE\r\n")), "script.mismatch");
      },
      "A1 NOPE");
  EXPECT_NONFATAL_FAILURE(
      {
        auto peer = std::make_shared<ScriptedPeer>(Script::parse("S: * OK\nC: A1 NOOP"));
        auto stream = peer->open();
        EXPECT_EQ(code_of(write_it(*stream, "A1 NOOP\r\n")), "script.mismatch");
      },
      "line 1: S: * OK");
}

Task<void> read_while_waiting(net::TaskGroup& group, net::Stream& stream, std::string& line) {
  auto reader = [](net::Stream& from, std::string& into) -> Task<void> {
    into = co_await read_line(from);
  };
  Task<void> reading = reader(stream, line);
  co_await group.spawn(std::move(reading));
  co_await net::pause(std::chrono::milliseconds(1));
  EXPECT_EQ(line, "");
  co_await stream.write("DONE\r\n");
}

TEST(ScriptedStream, WaitHoldsAReadUntilAWrite) {
  auto peer = std::make_shared<ScriptedPeer>(Script::parse("WAIT\nC: DONE\nS: A1 OK\nCLOSE"));
  auto stream = peer->open();
  std::string line;
  auto all = [](net::Stream& to, std::string& into) -> Task<void> {
    co_await net::run_group(&read_while_waiting, to, into);
  };
  run(all(*stream, line));
  EXPECT_EQ(line, "A1 OK\r\n");
  EXPECT_EQ(run(read_line(*stream)), "");
  EXPECT_EQ(peer->remaining(), "");
}

TEST(Script, RejectsWhatIsNotAStep) {
  for (const char* bad : {"hello", "X: a", "S~ a", "S- \\q", "S* abc", "C:abc", "S- ", "S"}) {
    EXPECT_THROW(Script::parse(bad), std::invalid_argument) << bad;
  }
  EXPECT_EQ(Script::parse("S* 3 ab").steps().at(0).bytes, "ababab");
  EXPECT_EQ(Script::parse("C:").steps().at(0).bytes, "\r\n");
  EXPECT_THROW(Script::load("tests/transcripts/none.txt"), std::invalid_argument);
}

Task<void> open_one(ScriptedConnector& connector, const net::Target& target) {
  auto stream = co_await connector.open(target);
  EXPECT_EQ(stream->is_encrypted(), target.tls == net::TlsMode::implicit);
  EXPECT_EQ(stream->is_private(),
            target.tls == net::TlsMode::implicit || target.host == "localhost");
}

TEST(ScriptedConnector, HandsOutItsPeersInOrder) {
  ScriptedConnector connector;
  auto peer = connector.add("S: hello");
  connector.add("S: hello");
  connector.add_error(Error(base::ErrorKind::network, "net.refused", "no"));
  run(open_one(connector, {.host = "mail.example.com", .port = 993}));
  EXPECT_TRUE(peer->is_closed());
  run(open_one(connector, {.host = "localhost", .port = 143, .tls = net::TlsMode::none}));
  EXPECT_EQ(code_of(open_one(connector, {})), "net.refused");
  EXPECT_EQ(connector.opened().size(), 3u);
  EXPECT_EQ(connector.unused(), 0u);
}

}  // namespace
}  // namespace postroom::test
