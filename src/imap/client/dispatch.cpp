// The receiving half of Client: whose response is it?
#include <algorithm>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "imap/client/client.hpp"
#include "imap/client/refusal.hpp"
#include "imap/wire/uid_set.hpp"

namespace postroom::imap {

using base::Error;
using base::ErrorKind;

void Client::log_received(std::string_view text) {
  if (!log_) return;
  // A SASL challenge tells the other half of a secret; literals are mail.
  if (text.starts_with('+')) {
    log_->received("+ ...");
    return;
  }
  if (text.contains("WEBALERT")) {
    log_->received("* NO [WEBALERT ...]");
    return;
  }
  constexpr std::size_t shown = 500;
  log_->received(base::printable(text.substr(0, text.find("\r\n")), shown));
}

void Client::dispatch(std::string_view text) {
  log_received(text);
  auto parsed = wire::parse_response(text, fetch_, limits_.wire);
  if (!parsed) return note_unreadable(text, parsed.error());
  if (const auto* status = std::get_if<wire::Status>(&*parsed)) {
    if (!status->tag.empty()) return take_tagged(*status);
    if (status->condition == wire::Condition::bye) return take_bye(*status);
    count_unasked(std::max(text.size(), limits_.wire.unasked_status));
    take_status(*status);
    offer(*parsed);
    return;
  }
  if (const auto* more = std::get_if<wire::Continuation>(&*parsed))
    return take_continuation(more->text);
  if (const auto* words = std::get_if<wire::CapabilityData>(&*parsed))
    capabilities_.say_anew(words->words);
  if (const auto* fetch = std::get_if<wire::FetchReference>(&*parsed))
    settle_deliveries(*fetch->data);
  const bool is_asked = offer(*parsed);
  if (!is_asked) count_unasked(text.size());
  if (is_asked || !selected_) return;
  if (const auto* exists = std::get_if<wire::ExistsData>(&*parsed))
    selected_->exists = exists->count;
  if (std::holds_alternative<wire::ExpungeData>(*parsed) && selected_->exists > 0)
    --selected_->exists;
  if (const auto* gone = std::get_if<wire::VanishedData>(&*parsed)) take_vanished(*gone);
}

// Instead of EXPUNGE, once QRESYNC is enabled (RFC 7162 section 3.2.10).
void Client::take_vanished(const wire::VanishedData& vanished) {
  auto uids = parse_uid_set(vanished.uids);
  if (!uids || vanished.earlier) return;
  const std::uint64_t gone = std::min<std::uint64_t>(uids->size(), selected_->exists);
  selected_->exists -= static_cast<std::uint32_t>(gone);
}

bool Client::offer(const wire::Response& response) {
  return std::ranges::any_of(in_flight_,
                             [&](auto& part) { return part->exchange->take(response); });
}

// Without an end, such replies would hold a run for ever: each of them is a sign of life.
void Client::count_unasked(std::size_t cost) {
  unasked_ += std::max(cost, limits_.wire.unasked_least);
  if (unasked_ <= limits_.wire.unasked) return;
  throw Error(ErrorKind::protocol, "imap.flood",
              "the server sends replies without end that nothing asked for",
              "tell the server's administrator, and try again later");
}

// True if a command will ask again for the message that the reply is about.
bool Client::tell_unreadable(std::string_view text) {
  const std::size_t word = text.find(' ', text.find(' ') + 1);
  if (word == std::string_view::npos) return false;
  if (!base::ascii_iequals(text.substr(word + 1, 5), "FETCH"))
    return false;  // fetch_ is an old one
  if (!fetch_.uid || *fetch_.uid == Uid{}) return false;
  return std::ranges::any_of(
      in_flight_, [&](auto& part) { return part->exchange->take_unreadable(*fetch_.uid); });
}

void Client::settle_deliveries(wire::FetchData& fetch) const {
  std::size_t next = 0;
  for (wire::FetchedSection& section : fetch.sections) {
    if (section.value.kind != wire::Text::Kind::detached) continue;
    section.delivery = next < deliveries_.size() ? deliveries_[next++] : wire::Delivery::dropped;
  }
}

void Client::note_unreadable(std::string_view text, const wire::ParseError& error) {
  if (!text.starts_with('*') && !text.starts_with(' ') && !text.starts_with('\t')) {
    Error broken(ErrorKind::protocol, "imap.garbage",
                 "the server sent something that is not an IMAP reply");
    throw broken.set_server_text(text.substr(0, 200));
  }
  last_unreadable_ = base::printable(text.substr(0, text.find("\r\n")), 200);
  if (!tell_unreadable(text)) {
    spdlog::warn("imap: a reply was left out: expected {} at byte {} of \"{}\"", error.expected,
                 error.at, last_unreadable_);
  }
  if (++unreadable_ < limits_.wire.unreadable) return;
  Error broken(ErrorKind::protocol, "imap.unreadable",
               "too many replies of the server could not be read", "report this with a transcript");
  throw broken.set_server_text(last_unreadable_);
}

void Client::take_status(const wire::Status& status) {
  if (status.code.is("CAPABILITY")) capabilities_.say_anew(status.code.arguments);
  if (status.code.is("ALERT")) take_alert(base::printable(status.text));
  constexpr std::size_t longest_page = 2'000;  // what browsers take
  if (status.code.is("WEBALERT") && status.code.arguments.starts_with("https://") &&
      status.code.arguments.size() <= longest_page)
    web_alert_ = base::printable(status.code.arguments, longest_page);
  // Yahoo and Gmail: "OK [THROTTLED] done", "OK Success [THROTTLED]".
  if (status.condition == wire::Condition::ok &&
      (status.code.is("THROTTLED") || status.text.contains("[THROTTLED]")))
    ++slowed_;
  if (status.code.is("HIGHESTMODSEQ") && selected_) {
    const std::uint64_t modseq = base::to_number(status.code.arguments).value_or(0);
    selected_->highest_modseq = std::max(selected_->highest_modseq, modseq);
  }
}

void Client::take_alert(std::string alert) {
  alert_ = std::move(alert);
  if (!shows_alerts_ || alert_.empty() || alert_ == shown_alert_) return;
  shown_alert_ = alert_;
  constexpr int most = 5;  // of one connection: words for a human, not a flood
  if (++alerts_ <= most) spdlog::warn("imap: the server says: {}", alert_);
}

void Client::show_alerts(std::string known) {
  shown_alert_ = std::move(known);
  shows_alerts_ = true;
  take_alert(alert_);
}

void Client::take_tagged(const wire::Status& status) {
  auto at = std::ranges::find(in_flight_, status.tag,
                              [](auto& part) { return std::string_view(part->tag); });
  if (at == in_flight_.end()) {
    Error error(ErrorKind::protocol, "imap.unknown_tag",
                "the server answered a command that was not sent");
    throw error.set_server_text(status.tag);
  }
  std::shared_ptr<Part> part = *at;
  in_flight_.erase(at);
  unasked_ = 0;
  command_pace_.begin_again();
  unanswered_ -= std::min(unanswered_, part->sent_bytes);
  part->pieces.clear();
  if (blocker_ == part) blocker_.reset();
  take_status(status);
  bool refused = status.condition != wire::Condition::ok;
  part->exchange->finish_part(part->index, status);
  if (!refused || !part->exchange->is_refused()) return;
  if (!part->exchange->is_gate()) {
    // What follows would meet the same: only another connection helps.
    const Error& refusal = *part->exchange->refusal();
    if (!refusal.session_usable()) break_off(refusal);
    return;
  }
  for (auto& waiting : outbox_) {
    if (!waiting->started) waiting->exchange->fail(*part->exchange->refusal());
  }
  outbox_.clear();
}

void Client::take_bye(const wire::Status& status) {
  if (std::ranges::any_of(in_flight_, [](auto& part) { return part->exchange->expects_bye(); }))
    return;
  throw bye_error(status);
}

void Client::take_continuation(std::string_view text) {
  if (blocker_ && blocker_->pieces.empty() && blocker_->exchange->stays_open(text)) {
    blocked_on_ = WaitFor::reply;
    return;
  }
  if (!blocker_ || blocked_on_ != WaitFor::continuation) {
    if (in_flight_.empty())
      throw Error(ErrorKind::protocol, "imap.unexpected_continuation",
                  "the server asks for nothing");
    throw in_flight_.front()->exchange->stray_continuation(text);
  }
  std::shared_ptr<Part> part = std::exchange(blocker_, nullptr);
  if (!part->pieces.empty()) return;  // a literal's bytes follow
  Piece answer = part->exchange->answer(text);
  answer.bytes += "\r\n";
  part->pieces.push_back(std::move(answer));
}

}  // namespace postroom::imap
