#include "stores/smtp_transport.hpp"

#include "mime/builder.hpp"
#include "net/with_timeout.hpp"
#include "stores/complete_message.hpp"
#include "stores/connecting.hpp"

namespace postroom::stores {

using mailbox::SendPhase;
using mailbox::Task;

namespace {

const account::SignIn& sign_in_of(const account::Account& account) {
  return account.smtp->auth ? *account.smtp->auth : account.auth;
}

smtp::Notify notify_of(const mailbox::DeliveryReport& report) {
  auto notify = smtp::Notify::unset;
  if (report.on_success) notify = notify | smtp::Notify::success;
  if (report.on_failure) notify = notify | smtp::Notify::failure;
  if (report.on_delay) notify = notify | smtp::Notify::delay;
  return notify == smtp::Notify::unset ? smtp::Notify::never : notify;
}

smtp::MailTransaction transaction_of(const mailbox::Outgoing& mail, base::ByteSource* body) {
  smtp::MailTransaction transaction;
  transaction.from = mail.from;
  transaction.recipients = mail.recipients;
  transaction.body = body;
  transaction.on_waiting = mail.on_waiting;
  if (mail.report) {
    transaction.envelope_id = mail.report->id;
    transaction.return_content =
        mail.report->with_whole_message ? smtp::ReturnContent::full : smtp::ReturnContent::headers;
    transaction.notify.assign(mail.recipients.size(), notify_of(*mail.report));
  }
  return transaction;
}

// A body as it goes out.
struct CompleteBody {
  std::unique_ptr<base::ByteSource> whole;  // null where the mail is complete
  std::optional<base::Error> fault;         // why it cannot go out
};

// What was made up is kept in the mail.
std::vector<CompleteBody> complete_all(std::span<mailbox::Outgoing> group,
                                       const base::Clock& clock) {
  std::vector<CompleteBody> completed;
  for (mailbox::Outgoing& mail : group) {
    Completion completion{mail.message_id, mail.date.value_or(clock.now())};
    if (completion.message_id.empty()) completion.message_id = mime::make_message_id(mail.from);
    CompletedHead used;
    CompleteBody body;
    try {
      if (mail.body) body.whole = complete_message(*mail.body, completion, used);
    } catch (const base::Error& error) {
      used = {};
      body.fault = error;
    }
    if (used.uses_message_id) mail.message_id = completion.message_id;
    if (used.uses_date) mail.date = completion.date;
    completed.push_back(std::move(body));
  }
  return completed;
}

// Certainly not delivered, and a new connection may do better.
bool is_worth_a_new_connection(const smtp::SendOutcome& sent) {
  if (!sent.error || !sent.error->transient()) return false;
  return sent.phase == smtp::Phase::before_data || sent.error->code() == "smtp.chunk_refused";
}

}  // namespace

mailbox::SendOutcome to_send_outcome(smtp::SendOutcome from) {
  mailbox::SendOutcome outcome;
  switch (from.phase) {
    case smtp::Phase::before_data:
    case smtp::Phase::refused:
      outcome.phase = SendPhase::not_sent;
      break;
    case smtp::Phase::data_sent:
      outcome.phase = SendPhase::body_sent;
      break;
    case smtp::Phase::accepted:
      outcome.phase = SendPhase::accepted;
      break;
  }
  for (smtp::RecipientOutcome& recipient : from.recipients) {
    if (recipient.error)
      outcome.refused.push_back({std::move(recipient.address), std::move(*recipient.error)});
  }
  outcome.error = std::move(from.error);
  outcome.server_id = std::move(from.server_text);
  outcome.reports_unsupported = from.reports_unsupported;
  return outcome;
}

Task<std::unique_ptr<smtp::Client>> SmtpTransport::open_client() {
  auto credentials = resolve_credentials(sign_in_of(account_), {}, context_.secrets);
  const net::Target target = target_of(account_.smtp->endpoint, account_);
  std::unique_ptr<net::Stream> opened = co_await context_.connector.open(target);
  std::unique_ptr<net::Stream> stream = trusted(std::move(opened), account_.allow_plaintext);
  smtp::ClientOptions options;
  options.tls = target.tls;
  options.idle_limit = account_.timeout;
  options.clock = &context_.clock;
  if (has_refused_chunks_) options.chunks = smtp::Chunks::never;
  auto client = std::make_unique<smtp::Client>(std::move(stream), options);
  auto opening = client->open();
  co_await hear_greeting(target.tls, account_.timeout, std::move(opening));
  if (credentials) co_await client->sign_in(std::move(*credentials));
  co_return client;
}

Task<void> SmtpTransport::connect() {
  const std::string doing = "connecting to the SMTP server " + place_of(account_.smtp->endpoint);
  try {
    auto opening = open_client();
    client_ = co_await net::with_timeout(account_.timeout, "signing in", std::move(opening));
  } catch (const base::Error& error) {
    throw name_protocol(error, "SMTP").during(doing);
  }
}

Task<std::vector<mailbox::SendOutcome>> SmtpTransport::send(std::span<mailbox::Outgoing> group) {
  std::vector<mailbox::SendOutcome> outcomes(group.size());
  const auto completed = complete_all(group, context_.clock);
  std::vector<std::size_t> waiting;
  for (std::size_t i = 0; i < group.size(); ++i) {
    outcomes[i].error = completed[i].fault;
    if (!completed[i].fault) waiting.push_back(i);
  }
  const std::size_t all = waiting.size();

  while (!waiting.empty()) {
    const bool was_kept = client_ && client_->is_usable();
    if (!was_kept) {
      client_.reset();
      try {
        co_await connect();
      } catch (const base::Error&) {
        // What was sent before must not be lost behind an exception: the rest is reported with its
        // error.
        if (waiting.size() == all) throw;
        break;
      }
    }
    std::vector<smtp::MailTransaction> mails;
    for (const std::size_t i : waiting) {
      base::ByteSource* body = completed[i].whole ? completed[i].whole.get() : group[i].body;
      mails.push_back(transaction_of(group[i], body));
    }
    std::vector<smtp::SendOutcome> sent = co_await client_->send_batch(mails);

    // Only what certainly did not go is tried again, and only on a new connection: after an idle
    // time-out of a kept one, or behind a message that got its verdict (servers hang up after so
    // many).
    const bool is_lost = !client_->is_usable();
    // A server that turned down BDAT gets the same mail by DATA: that is another try, once.
    const bool is_without_chunks = client_->has_refused_chunks() && !has_refused_chunks_;
    has_refused_chunks_ = has_refused_chunks_ || client_->has_refused_chunks();
    std::vector<std::size_t> rest;
    bool has_progress = was_kept || is_without_chunks;
    bool is_asked_to_wait = false;
    for (std::size_t k = 0; k < sent.size(); ++k) {
      if (sent[k].error && sent[k].error->kind() == base::ErrorKind::throttled)
        is_asked_to_wait = true;
      const bool is_unsent = is_lost && is_worth_a_new_connection(sent[k]);
      if (is_unsent) {
        rest.push_back(waiting[k]);
      } else {
        has_progress = true;
      }
      outcomes[waiting[k]] = to_send_outcome(std::move(sent[k]));
    }
    waiting = has_progress && !is_asked_to_wait ? std::move(rest) : std::vector<std::size_t>{};
  }
  co_return outcomes;
}

bool SmtpTransport::files_sent_copy() const noexcept {
  return account_.provider == "gmail" || account_.provider.starts_with("microsoft365") ||
         account_.provider == "outlook.com";
}

Task<void> SmtpTransport::close() {
  if (client_) co_await client_->quit();
  client_.reset();
}

}  // namespace postroom::stores
