// A meeting inside a winmail.dat as a calendar file (RFC 5545; MS-OXOCAL names the properties).
#include <chrono>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "mime/hex.hpp"
#include "mime/sha256.hpp"
#include "mime/tnef_files.hpp"

namespace postroom::mime {
namespace {

// PSETID_Appointment and PSETID_Meeting.
constexpr std::string_view appointment_set("\x02\x20\x06\0\0\0\0\0\xC0\0\0\0\0\0\0\x46", 16);
constexpr std::string_view meeting_set(
    "\x90\xDA\xD8\x6E\x0B\x45\x1B\x10\x98\xDA\x00\xAA\x00\x3F\x13\x05", 16);
constexpr std::uint32_t location = 0x8208, start_whole = 0x820D, end_whole = 0x820E,
                        global_id = 0x0003, clean_global_id = 0x0023;

struct MeetingKind {
  std::string_view method;
  std::string_view answer;  // PARTSTAT of a reply
};

MeetingKind kind_of(const TnefMessage& message) {
  const std::string name = base::ascii_lower(message.message_class);
  auto has = [&](std::string_view words) { return name.contains(words); };
  if (has("meeting.request") || has("mtgreq")) return {"REQUEST", {}};
  if (has("meeting.canceled") || has("mtgcncl")) return {"CANCEL", {}};
  if (has("meeting.resp.pos") || has("mtgrespp")) return {"REPLY", "ACCEPTED"};
  if (has("meeting.resp.neg") || has("mtgrespn")) return {"REPLY", "DECLINED"};
  if (has("meeting.resp.tent") || has("mtgrespa")) return {"REPLY", "TENTATIVE"};
  if (has("schedule.meeting") || name.starts_with("ipm.appointment")) return {"PUBLISH", {}};
  return {};
}

// RFC 5545 section 3.3.11.
std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\\' || c == ';' || c == ',') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) {
      out += c;
    }
  }
  return out;
}

// RFC 5545 section 3.1: lines of at most 75 octets, no character cut.
void add_line(std::string& out, std::string_view line) {
  constexpr std::size_t longest = 75;
  std::size_t width = 0;
  for (std::size_t at = 0; at < line.size();) {
    std::size_t end = at + 1;
    while (end < line.size() && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80) ++end;
    if (width + (end - at) > longest) {
      out += "\r\n ";
      width = 1;
    }
    out += line.substr(at, end - at);
    width += end - at;
    at = end;
  }
  out += "\r\n";
}

std::string utc(base::Instant at) {
  using namespace std::chrono;
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss time(floor<seconds>(at - day));
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}

// A meeting that began outside Outlook keeps its own UID inside the id (MS-OXCICAL section
// 2.1.3.1.1.20.26).
std::string uid_of(const TnefMessage& message, std::string_view fallback) {
  const MapiProperty* id = message.properties.find(meeting_set, clean_global_id);
  if (id == nullptr) id = message.properties.find(meeting_set, global_id);
  if (id == nullptr || id->value.empty() || id->value.size() > 4096)
    return sha256_hex(fallback).substr(0, 40);
  constexpr std::size_t before_uid = 40;
  constexpr std::string_view foreign("vCal-Uid\x01\0\0\0", 12);
  if (id->value.size() > before_uid && id->value.substr(before_uid).starts_with(foreign)) {
    std::string_view uid = id->value.substr(before_uid + foreign.size());
    uid = uid.substr(0, uid.find('\0'));
    if (!uid.empty()) return base::to_valid_utf8(uid);
  }
  std::string hex;
  for (char c : id->value) {
    hex += hex_digits[static_cast<unsigned char>(c) >> 4];
    hex += hex_digits[static_cast<unsigned char>(c) & 15U];
  }
  return hex;
}

std::string named_text(const TnefMessage& message, std::string_view set, std::uint32_t number) {
  const MapiProperty* property = message.properties.find(set, number);
  return property == nullptr ? std::string() : mapi_text(*property, message.charset);
}

std::string mailbox_line(std::string_view what, const TnefSender& who) {
  std::string name = who.name;
  std::erase_if(
      name, [](char c) { return c == '"' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  return name.empty() ? fmt::format("{}:mailto:{}", what, who.address)
                      : fmt::format("{};CN=\"{}\":mailto:{}", what, name, who.address);
}

}  // namespace

bool is_meeting(const TnefMessage& message) { return !kind_of(message).method.empty(); }

std::optional<std::string> calendar_of(const TnefMessage& message) {
  constexpr std::size_t longest_text = 64 * 1024;
  const MeetingKind kind = kind_of(message);
  auto time_at = [&](std::uint32_t number, std::uint16_t id,
                     const std::optional<base::Instant>& attribute) {
    auto at = mapi_time(message.properties.find(appointment_set, number));
    if (!at) at = mapi_time(message.properties.find(id));
    return at ? at : attribute;
  };
  const auto start = time_at(start_whole, mapi::start_date, message.start);
  const auto end = time_at(end_whole, mapi::end_date, message.end);
  if (!start || kind.method.empty()) return std::nullopt;

  std::string out = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Postroom//winmail.dat//EN\r\n";
  add_line(out, fmt::format("METHOD:{}", kind.method));
  out += "BEGIN:VEVENT\r\n";
  add_line(out, "UID:" + escaped(uid_of(message, message.subject + utc(*start))));
  add_line(out, "DTSTAMP:" + utc(message.sent.value_or(*start)));
  add_line(out, "DTSTART:" + utc(*start));
  if (end && *end > *start) add_line(out, "DTEND:" + utc(*end));
  add_line(out, "SUMMARY:" + escaped(std::string_view(message.subject).substr(0, longest_text)));
  const std::string where = named_text(message, appointment_set, location);
  if (!where.empty())
    add_line(out, "LOCATION:" + escaped(std::string_view(where).substr(0, longest_text)));
  const std::string words = words_of(message).text;
  if (!words.empty())
    add_line(out, "DESCRIPTION:" + escaped(std::string_view(words).substr(0, longest_text)));
  const TnefSender sender = sender_of(message);
  if (!sender.address.empty()) {
    // An answer comes from who was asked.
    const std::string what =
        kind.answer.empty() ? "ORGANIZER" : fmt::format("ATTENDEE;PARTSTAT={}", kind.answer);
    add_line(out, mailbox_line(what, sender));
  }
  if (kind.method == "CANCEL") out += "STATUS:CANCELLED\r\n";
  out += "END:VEVENT\r\nEND:VCALENDAR\r\n";
  return base::to_valid_utf8(out);
}

}  // namespace postroom::mime
