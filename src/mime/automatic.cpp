#include "mime/automatic.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace postroom::mime {
namespace {

constexpr auto read_headers = std::to_array<std::string_view>(
    {"Auto-Submitted",      "Precedence",     "List-Id",
     "List-Unsubscribe",    "List-Post",      "List-Help",
     "List-Owner",          "List-Subscribe", "List-Archive",
     "Mailing-List",        "Return-Path",    "X-Auto-Response-Suppress",
     "X-Autoreply",         "X-Autorespond",  "X-Auto-Reply-From",
     "X-Mail-Autoreply",    "X-Loop",         "X-MS-Exchange-Inbox-Rules-Loop",
     "X-Failed-Recipients", "Content-Type"});

// The first word of a structured value, lower case: "auto-replied; owner=x" -> "auto-replied".
std::string first_word(std::string_view value) {
  value = base::trim(value);
  return base::ascii_lower(value.substr(0, value.find_first_of("; \t(,")));
}

// Senders that no person reads.
bool is_machine(std::string_view address) {
  std::string local = base::ascii_lower(address.substr(0, address.find('@')));
  // VERP and tags: bounce+x, bounces-123.
  for (std::string_view name :
       {"mailer-daemon", "postmaster", "noreply", "no-reply", "no_reply", "no.reply", "donotreply",
        "do-not-reply", "do_not_reply", "do.not.reply", "mail-daemon", "mailerdaemon"}) {
    if (local == name || local.starts_with(std::string(name) + "+") ||
        local.starts_with(std::string(name) + "-")) {
      return true;
    }
  }
  for (std::string_view prefix : {"bounce", "bounces", "owner", "autoreply", "auto-reply",
                                  "autoresponder", "ne-pas-repondre", "nepasrepondre"}) {
    if (local == prefix || local.starts_with(std::string(prefix) + "+") ||
        local.starts_with(std::string(prefix) + "-")) {
      return true;
    }
  }
  return local.ends_with("-noreply") || local.ends_with("-no-reply") ||
         local.ends_with("-request") || local.ends_with("-bounces") || local.ends_with(".noreply");
}

std::string with_value(std::string_view why, std::string_view name, std::string_view value) {
  std::string shown = base::to_valid_utf8(base::truncate_utf8(value, 60));
  std::erase_if(shown, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  return std::string(why) + " (" + std::string(name) + (shown.empty() ? "" : ": " + shown) + ")";
}

std::optional<std::string> header_reason(const Header& header) {
  std::string name = base::ascii_lower(header.name);
  std::string word = first_word(header.value);
  if (name == "auto-submitted" && word != "no" && !word.empty()) {
    return with_value("it was sent by a machine", header.name, header.value);
  }
  if (name == "precedence" && (word == "bulk" || word == "list" || word == "junk" ||
                               word == "auto_reply" || word == "auto-reply")) {
    return with_value("it is bulk mail", header.name, header.value);
  }
  if (name.starts_with("list-") || name == "mailing-list") {
    return with_value("it comes from a mailing list", header.name, {});
  }
  if (name == "return-path") {
    std::string path(header.value);
    std::erase_if(path, [](char c) { return c == ' ' || c == '\t'; });
    if (path == "<>") return "it has a null return path (Return-Path: <>)";
  }
  if (name == "x-auto-response-suppress") {
    std::string all = base::ascii_lower(header.value);
    for (auto part : base::split(all, ',')) {
      auto value = base::trim(part);
      if (value == "all" || value == "autoreply" || value == "oof") {
        return with_value("its sender asks for no automatic answer", header.name, header.value);
      }
    }
  }
  if (name == "x-autoreply" || name == "x-autorespond" || name == "x-auto-reply-from" ||
      name == "x-mail-autoreply" || name == "x-ms-exchange-inbox-rules-loop") {
    if (word != "no") return with_value("it was sent by a machine", header.name, header.value);
  }
  if (name == "x-loop")
    return with_value("it has been answered by a machine before", header.name, header.value);
  if (name == "x-failed-recipients") return with_value("it is a delivery report", header.name, {});
  if (name == "content-type" && (word == "multipart/report" || word == "message/delivery-status" ||
                                 word == "message/disposition-notification")) {
    return with_value("it is a delivery report", header.name, word);
  }
  return std::nullopt;
}

}  // namespace

std::span<const std::string_view> automatic_headers() noexcept { return read_headers; }

std::optional<std::string> automatic_reason(const Headers& headers, const Envelope& envelope,
                                            std::span<const std::string> own) {
  for (const auto& header : headers) {
    if (auto reason = header_reason(header)) return reason;
  }
  bool nobody = true;
  for (const auto* addresses : {&envelope.from, &envelope.sender, &envelope.reply_to}) {
    for (const auto& one : *addresses) {
      bool own_address = std::ranges::any_of(
          own, [&](const auto& ours) { return base::ascii_iequals(ours, one.address); });
      if (own_address && addresses != &envelope.sender)
        return "it comes from this mailbox's own address";
      std::string_view who =
          one.address.empty() ? std::string_view(one.name) : std::string_view(one.address);
      if (is_machine(who)) return with_value("its sender is no person", "From", who);
      nobody = nobody && one.address.empty();
    }
  }
  if (nobody) return "it names no sender";
  return std::nullopt;
}

}  // namespace postroom::mime
