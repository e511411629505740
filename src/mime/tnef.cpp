#include "mime/tnef.hpp"

#include <algorithm>
#include <chrono>

#include "mime/charset.hpp"

namespace postroom::mime {
namespace {

constexpr std::uint32_t signature = 0x223E9F78;
constexpr std::uint8_t of_message = 1, of_attachment = 2;

// Attributes (MS-OXTNEF section 2.1.3.3): the type in the upper half, the tag in the lower.
enum : std::uint32_t {
  att_subject = 0x00018004,
  att_date_sent = 0x00038005,
  att_message_class = 0x00078008,
  att_message_id = 0x00018009,
  att_body = 0x0002800C,
  att_attach_data = 0x0006800F,
  att_attach_title = 0x00018010,
  att_date_start = 0x00030006,
  att_date_end = 0x00030007,
  att_attach_transport_name = 0x00069001,
  att_attach_rend_data = 0x00069002,
  att_message_properties = 0x00069003,
  att_recipients = 0x00069004,
  att_attachment = 0x00069005,
  att_code_page = 0x00069007,
};

// The interface of an attached message, in front of its own TNEF: IID_IMessage.
constexpr std::string_view message_interface("\x07\x03\x02\0\0\0\0\0\xC0\0\0\0\0\0\0\x46", 16);

std::string_view without_nul(std::string_view text) {
  return text.substr(0, std::min(text.find('\0'), text.size()));
}

// Seven numbers of 16 bits: year, month, day, hour, minute, second, weekday.
std::optional<base::Instant> read_date(std::string_view bytes) {
  using namespace std::chrono;
  BinaryReader in(bytes);
  const int y = in.little16();
  const unsigned m = in.little16();
  const unsigned d = in.little16();
  const unsigned h = in.little16();
  const unsigned min = in.little16();
  const unsigned s = in.little16();
  const year_month_day date{year{y}, month{m}, day{d}};
  if (in.has_failed() || y < 1601 || y > 9999 || !date.ok() || h > 23 || min > 59 || s > 60)
    return std::nullopt;
  return base::Instant(sys_days(date) + hours(h) + minutes(min) + seconds(s));
}

class TnefReader {
 public:
  explicit TnefReader(const TnefLimits& limits) : limits_(limits) {}

  // False: no TNEF.
  bool read(std::string_view bytes, TnefMessage& message, int depth) {
    ++messages_;
    BinaryReader in(bytes);
    if (in.little32() != signature || in.has_failed()) return false;
    in.little16();  // the key that attachments were referred to by
    message.charset = "windows-1252";
    while (in.left() > 0) {
      const auto level = static_cast<std::uint8_t>(in.little(1));
      const std::uint32_t attribute = in.little32();
      const std::uint32_t length = in.little32();
      if (in.has_failed() || (level != of_message && level != of_attachment)) {
        note_damage(message, "it breaks off or goes on with something else");
        break;
      }
      if (length > in.left()) {
        note_damage(message, "it breaks off");
        break;
      }
      const std::string_view data = in.take(length);
      std::uint16_t sum = 0;
      for (char c : data) sum = static_cast<std::uint16_t>(sum + static_cast<unsigned char>(c));
      // The very last checksum is sometimes cut.
      if (in.left() >= 2 && in.little16() != sum) note_damage(message, "a checksum of it is wrong");
      if (level == of_message) {
        read_message_attribute(attribute, data, message);
      } else {
        read_attachment_attribute(attribute, data, message, depth);
      }
    }
    complete(message);
    return true;
  }

 private:
  static void note_damage(TnefMessage& message, std::string_view what) {
    if (message.damage.empty()) message.damage = what;
  }

  static std::string text_of(std::string_view data, const TnefMessage& message) {
    return to_utf8(message.charset, without_nul(data)).text;
  }

  void read_message_attribute(std::uint32_t attribute, std::string_view data,
                              TnefMessage& message) {
    switch (attribute) {
      case att_code_page: {
        BinaryReader in(data);
        const std::uint32_t page = in.little32();
        if (page != 0 && !known_charset("cp" + std::to_string(page)).empty())
          message.charset = "cp" + std::to_string(page);
        break;
      }
      case att_message_class:
        message.message_class = text_of(data, message);
        break;
      case att_subject:
        message.subject = text_of(data, message);
        break;
      case att_message_id:
        message.message_id = text_of(data, message);
        break;
      case att_body:
        message.body = without_nul(data);
        break;
      case att_date_sent:
        message.sent = read_date(data);
        break;
      case att_date_start:
        message.start = read_date(data);
        break;
      case att_date_end:
        message.end = read_date(data);
        break;
      case att_message_properties: {
        BinaryReader in(data);
        message.properties = MapiProperties::read(in, limits_.properties);
        if (message.properties.is_damaged()) note_damage(message, "its properties are unreadable");
        break;
      }
      case att_recipients:
        read_recipients(data, message);
        break;
      default:
        break;
    }
  }

  void read_recipients(std::string_view data, TnefMessage& message) const {
    BinaryReader in(data);
    const std::uint32_t rows = in.little32();
    for (std::uint32_t i = 0; i < rows && message.recipients.size() < limits_.recipients; ++i) {
      const MapiProperties row = MapiProperties::read(in, limits_.properties);
      if (row.is_damaged() || in.has_failed()) return;
      TnefRecipient recipient;
      recipient.role = mapi_number(row.find(mapi::recipient_type));
      recipient.name = row.text(mapi::display_name, message.charset);
      recipient.address = row.text(mapi::smtp_address, message.charset);
      if (recipient.address.empty()) recipient.address = row.text(mapi::address, message.charset);
      message.recipients.push_back(std::move(recipient));
    }
  }

  void read_attachment_attribute(std::uint32_t attribute, std::string_view data,
                                 TnefMessage& message, int depth) {
    // Each attachment begins with its rendering; some programs leave it out of the first.
    if (attribute == att_attach_rend_data || message.attachments.empty()) {
      if (message.attachments.size() >= limits_.attachments) {
        note_damage(message, "it holds more files than Postroom takes");
        over_limit_ = true;
        return;
      }
      over_limit_ = false;
      message.attachments.emplace_back();
    }
    if (over_limit_) return;
    TnefAttachment& attachment = message.attachments.back();
    switch (attribute) {
      case att_attach_title:
        if (attachment.name.empty()) attachment.name = text_of(data, message);
        break;
      case att_attach_transport_name:
        if (attachment.name.empty()) attachment.name = text_of(data, message);
        break;
      case att_attach_data:
        attachment.data = data;
        break;
      case att_attachment:
        read_attachment_properties(data, message, attachment, depth);
        break;
      default:
        break;
    }
  }

  void read_attachment_properties(std::string_view data, TnefMessage& message,
                                  TnefAttachment& attachment, int depth) {
    BinaryReader in(data);
    const MapiProperties properties = MapiProperties::read(in, limits_.properties);
    if (properties.is_damaged())
      note_damage(message, "the properties of an attachment are unreadable");
    // The long name is better than the title, which is 8.3 in old mail.
    for (std::uint16_t id : {mapi::attach_long_name, mapi::attach_name, mapi::display_name}) {
      std::string name = properties.text(id, message.charset);
      if (name.empty() || (id != mapi::attach_long_name && !attachment.name.empty())) continue;
      attachment.name = std::move(name);
      break;
    }
    attachment.type = properties.text(mapi::attach_type, message.charset);
    attachment.content_id = properties.text(mapi::attach_content_id, message.charset);
    const MapiProperty* inside = properties.find(mapi::attach_data);
    if (inside == nullptr) return;
    if (inside->type == mapi::binary && attachment.data.empty()) attachment.data = inside->value;
    if (inside->type != mapi::object) return;
    if (!inside->value.starts_with(message_interface)) {
      attachment.is_object = true;
      return;
    }
    if (depth >= limits_.depth || messages_ >= limits_.messages) {
      note_damage(message, "messages are attached to messages deeper than Postroom reads");
      return;
    }
    attachment.message = std::make_unique<TnefMessage>();
    if (!read(inside->value.substr(message_interface.size()), *attachment.message, depth + 1)) {
      note_damage(message, "an attached message is unreadable");
      attachment.message.reset();
    } else if (!attachment.message->damage.empty()) {
      note_damage(message, attachment.message->damage);
    }
    over_limit_ = false;
  }

  // Properties say it better than attributes, which are 8-bit.
  void complete(TnefMessage& message) {
    auto prefer = [&](std::uint16_t id, std::string& into) {
      std::string text = message.properties.text(id, message.charset);
      if (!text.empty()) into = std::move(text);
    };
    prefer(mapi::message_class, message.message_class);
    prefer(mapi::subject, message.subject);
    message.message_id = message.properties.text(mapi::message_id, message.charset);
    if (auto sent = mapi_time(message.properties.find(mapi::submit_time))) message.sent = sent;
    if (const MapiProperty* rtf = message.properties.find(mapi::rtf_compressed)) {
      BinaryReader in(rtf->value);
      in.little32();
      const std::size_t size = in.little32();  // MS-OXRTFCP section 2.1.3.1.1
      if (size <= limits_.rtf - rtf_) {
        message.rtf_room = size;
      } else {
        note_damage(message, "its text in RTF is larger than Postroom reads");
      }
      rtf_ += message.rtf_room;
    }
  }

  const TnefLimits& limits_;
  std::size_t messages_ = 0;
  std::size_t rtf_ = 0;
  bool over_limit_ = false;
};

}  // namespace

std::optional<TnefMessage> read_tnef(std::string_view bytes, const TnefLimits& limits) {
  TnefMessage message;
  if (!TnefReader(limits).read(bytes, message, 0)) return std::nullopt;
  return message;
}

}  // namespace postroom::mime
