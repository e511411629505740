#include "smtp/client/client.hpp"

#include "net/with_timeout.hpp"
#include "smtp/client/batch.hpp"
#include "smtp/limits.hpp"
#include "smtp/wire/address.hpp"
#include "smtp/wire/reply_cause.hpp"

namespace postroom::smtp {

using base::Error;
using base::ErrorKind;

namespace {

Task<void> say_goodbye(Connection& connection) {
  connection.log_client("QUIT");
  co_await connection.write("QUIT\r\n");
  // Replies to what went before may still come first.
  Reply reply = co_await connection.read_reply();
  while (reply.code != 221) reply = co_await connection.read_reply();
}

// Which replies are an answer: anything but success and refusal is a server out of step.
void expect_positive(const Reply& reply, Stage stage) {
  if (reply.is_transient() || reply.is_permanent()) throw to_error(reply, stage);
  if (!reply.is_positive()) throw unexpected_reply(reply, stage);
}

}  // namespace

Client::Client(std::unique_ptr<net::Stream> stream, ClientOptions options)
    : options_(std::move(options)),
      connection_(std::move(stream), options_.transcript, *options_.clock) {
  terms_.idle_limit = options_.idle_limit;
  terms_.verdict_notice = options_.verdict_notice;
  connection_.set_pace({.patience = 2 * options_.idle_limit});
}

Task<Reply> Client::ask(std::string line) {
  connection_.log_client(line);
  line += "\r\n";
  co_await connection_.write(line);
  Reply reply = co_await connection_.read_reply();
  if (reply.code == 421) connection_.close();
  co_return reply;
}

Task<void> Client::open() {
  if (!is_client_name(options_.client_name)) {
    throw Error(ErrorKind::config, "smtp.bad_client_name", "the name for EHLO is no host name",
                "give a host name or an address in brackets");
  }
  connection_.stream().set_idle_limit(options_.idle_limit);
  try {
    Reply greeting = co_await connection_.read_reply();
    expect_positive(greeting, Stage::greeting);
    quirks_ = detect_quirks(greeting.text());
    co_await say_hello();
    if (options_.tls == net::TlsMode::starttls) co_await upgrade_to_tls();
  } catch (...) {
    connection_.close();
    throw;
  }
  is_greeted_ = true;
}

Task<void> Client::say_hello() {
  terms_.offered = {};
  Reply reply = co_await ask("EHLO " + options_.client_name);
  if (reply.is_permanent()) {  // a server of before 1995 (RFC 5321 section 3.2)
    reply = co_await ask("HELO " + options_.client_name);
    expect_positive(reply, Stage::hello);
    co_return;
  }
  expect_positive(reply, Stage::hello);
  terms_.offered = parse_capabilities(reply);
  if (quirks_.no_pipelining) terms_.offered.pipelining = false;
}

Task<void> Client::upgrade_to_tls() {
  if (!terms_.offered.start_tls) {
    throw Error(ErrorKind::tls, "smtp.no_starttls", "the server does not offer STARTTLS",
                "use its implicit TLS port (smtp.port 465, smtp.tls implicit); if it offered "
                "STARTTLS before, something "
                "between here and there may be taking the offer away");
  }
  Reply reply = co_await ask("STARTTLS");
  expect_positive(reply, Stage::starttls);
  co_await connection_.start_tls();
  co_await say_hello();  // nothing that was said in the clear counts (RFC 3207 section 4.2)
}

Task<SendOutcome> Client::send(MailTransaction mail) {
  std::span<MailTransaction> one(&mail, 1);
  std::vector<SendOutcome> outcomes = co_await send_batch(one);
  co_return std::move(outcomes.front());
}

Task<std::vector<SendOutcome>> Client::send_batch(std::span<MailTransaction> mails) {
  // A chunk shows the message before anybody has answered for the connection: never in the clear,
  // where a filter on the way may have put the offer in.
  terms_.uses_chunks = !terms_.chunks_refused && connection_.stream().is_private() &&
                       (options_.chunks == Chunks::where_offered ||
                        (options_.chunks == Chunks::where_known && quirks_.takes_chunks));
  Batch batch(connection_, terms_, mails);
  if (is_usable()) {
    co_await batch.run();
  } else {
    batch.give_up("there is no open connection to the server");
  }
  co_return batch.take_outcomes();
}

Task<void> Client::noop() {
  Reply reply = co_await ask("NOOP");
  expect_positive(reply, Stage::reset);
}

Task<void> Client::quit() {
  if (connection_.is_open() && is_greeted_) {
    Task<void> goodbye = say_goodbye(connection_);
    try {
      co_await net::shielded(limits.goodbye, "saying goodbye", std::move(goodbye));
    } catch (const std::exception&) {  // whether the server heard it changes nothing
    }
  }
  connection_.close();
}

}  // namespace postroom::smtp
