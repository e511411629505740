#include "mime/packed.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "mime/apple_file.hpp"
#include "mime/encoded_blocks.hpp"
#include "mime/media_type.hpp"
#include "mime/message.hpp"
#include "mime/tnef.hpp"
#include "mime/tnef_files.hpp"

namespace postroom::mime {
namespace {

constexpr std::size_t most_warnings = 50;

using Owner = std::shared_ptr<const std::string>;

// Keeps the first `room` bytes.
class RoomSink final : public base::ByteSink {
 public:
  explicit RoomSink(std::uint64_t room) : room_(room) {}
  void write(std::string_view bytes) override {
    is_cut = is_cut || bytes.size() > room_ - text.size();
    text += bytes.substr(0, room_ - text.size());
  }
  std::string text;
  bool is_cut = false;

 private:
  std::uint64_t room_;
};

std::string in_quotes(std::string_view name) { return "\"" + base::printable(name, 200) + "\""; }

bool has_extension(std::string_view name, std::string_view extension) {
  return name.size() > extension.size() &&
         base::ascii_iequals(name.substr(name.size() - extension.size()), extension);
}

class Opener {
 public:
  // `room`: bytes that what is opened may still take, on all levels together.
  Opener(const Attachment& packed, Nested nested, const PackedLimits& limits, std::uint64_t& room,
         Opened& out)
      : packed_(packed), nested_(nested), limits_(limits), room_(room), out_(out) {}

  void open(std::string bytes) {
    Owner owner = std::make_shared<const std::string>(std::move(bytes));
    switch (packed_.packing) {
      case Packing::none:
        out_.stays = true;
        break;
      case Packing::tnef:
      case Packing::tnef_with_words:
        open_tnef(owner);
        break;
      case Packing::text:
        open_text(*owner);
        break;
      case Packing::message:
        out_.stays = true;
        open_message(owner);
        break;
      case Packing::apple_single:
        open_apple(owner);
        break;
    }
  }

 private:
  void warn(std::string sentence) {
    if (out_.warnings.size() < most_warnings) out_.warnings.push_back(std::move(sentence));
  }

  void warn_of_room() {
    if (std::exchange(has_warned_of_room_, true)) return;
    warn(fmt::format("{} holds more than Postroom opens", in_quotes(packed_.name)));
  }

  void open_tnef(const Owner& owner) {
    const std::optional<TnefMessage> message = read_tnef(*owner);
    if (!message) {
      out_.stays = true;
      warn(fmt::format("{} is no winmail.dat although it is called so: it is kept as it is",
                       in_quotes(packed_.name)));
      return;
    }
    const OwnText own_text =
        packed_.packing == Packing::tnef_with_words ? OwnText::as_file : OwnText::leave_out;
    for (TnefFile& file : files_of(*message, own_text)) {
      Attachment row;
      row.name = std::move(file.name);
      row.type = std::move(file.type);
      row.inline_ = file.is_shown;
      if (file.made.empty()) {
        add(std::move(row), file.bytes, owner, packed_.path);
      } else {
        Owner made = std::make_shared<const std::string>(std::move(file.made));
        if (made->size() > room_) {
          warn_of_room();
          out_.stays = true;
          break;
        }
        room_ -= made->size();
        add(std::move(row), *made, made, packed_.path);
      }
    }
    // Mail without files: only how Outlook laid out the text, which nobody misses.
    if (!message->damage.empty()) {
      out_.stays = true;
      warn(fmt::format("{} is damaged ({}): it is kept beside what could be read of it",
                       in_quotes(packed_.name), message->damage));
    } else if (is_meeting(*message) && !calendar_of(*message)) {
      out_.stays = true;
      warn(fmt::format("{} holds a meeting whose time cannot be read: it is kept as it is",
                       in_quotes(packed_.name)));
    } else if (holds_object(*message)) {
      out_.stays = true;
      warn(
          fmt::format("{} holds an object inside its text that cannot be taken out (a drawing, a "
                      "sheet): it is kept beside its files",
                      in_quotes(packed_.name)));
    } else if (out_.files.empty() && !is_mail(*message)) {
      out_.stays = true;
      warn(fmt::format("{} holds no files but an item of Outlook ({}): it is kept as it is",
                       in_quotes(packed_.name), base::printable(message->message_class, 100)));
    }
  }

  // Depth is bounded by TnefLimits.
  static bool holds_object(const TnefMessage& message) {
    return std::ranges::any_of(message.attachments, [](const TnefAttachment& one) {
      return one.message != nullptr ? holds_object(*one.message)
                                    : one.is_object && one.data.empty();
    });
  }

  static bool is_mail(const TnefMessage& message) {
    const std::string name = base::ascii_lower(message.message_class);
    return name.empty() || name == "ipm" || name.starts_with("ipm.note") ||
           name.starts_with("ipm.microsoft mail.note") || is_meeting(message);
  }

  void open_text(const std::string& text) {
    const BlockLimits block_limits;
    std::vector<EncodedBlock> blocks = find_encoded_blocks(text, block_limits);
    if (blocks.size() == block_limits.blocks) {
      warn(fmt::format("only the first {} files written into the text are opened",
                       block_limits.blocks));
    }
    for (EncodedBlock& block : blocks) {
      Attachment row;
      row.type = media_type_of(block.name);
      row.name = std::move(block.name);
      if (!block.problem.empty()) {
        row.note = block.problem;
        warn(fmt::format("{}, written into the text, is {}", in_quotes(row.name), block.problem));
      }
      Owner owner = std::make_shared<const std::string>(std::move(block.bytes));
      add(std::move(row), *owner, owner, packed_.path);
    }
  }

  void open_apple(const Owner& owner) {
    const std::optional<AppleFile> file = read_apple_file(*owner);
    if (!file || !file->has_data) {
      out_.stays = true;
      warn(fmt::format(
          "{} is {}: it is kept as it is", in_quotes(packed_.name),
          file ? "only the resource fork of a Mac file" : "no Mac file although it is called so"));
      return;
    }
    Attachment row;
    row.name = file->name.empty() ? packed_.name : file->name;
    row.type = media_type_of(row.name);
    std::string_view path = packed_.path;
    path.remove_suffix(std::min(path.size(), packed_.name.size()));
    if (path.ends_with('/')) path.remove_suffix(1);
    add(std::move(row), file->data, owner, std::string(path));
  }

  void open_message(const Owner& owner) {
    if (nested_ == Nested::closed) return;
    MessageLimits message_limits;
    message_limits.packed.depth = limits_.depth - 1;
    message_limits.packed.bytes = std::min(limits_.bytes, room_);
    const Message message = Message::parse(*owner, message_limits);
    for (Attachment& row : message.attachments(Nested::recurse)) {
      // A message inside a message inside ... is written once for each of them.
      RoomSink sink(room_);
      message.write_part(row.part_id, sink);
      if (sink.is_cut) {
        warn_of_room();
        break;
      }
      room_ -= sink.text.size();
      Owner inner = std::make_shared<const std::string>(std::move(sink.text));
      const std::string id = packed_.part_id + "/" + row.part_id;
      row.part_id = id;
      row.packing = Packing::none;
      row.path = packed_.path + "/" + row.path;
      row.size = inner->size();
      if (!push(std::move(row), *inner, inner)) break;
    }
    for (const std::string& sentence : message.warnings()) warn(sentence);
  }

  // One file found; opened in turn when it is packed itself.
  void add(Attachment row, std::string_view bytes, const Owner& owner, const std::string& prefix) {
    row.part_id = packed_.part_id + "/" + std::to_string(++number_);
    row.path = prefix.empty() ? row.name : prefix + "/" + row.name;
    row.size = bytes.size();
    row.packing = packing_of(row.type, row.name);
    const bool is_message = row.packing == Packing::message;
    if (row.packing == Packing::none || (is_message && nested_ == Nested::closed)) {
      row.packing = Packing::none;
      push(std::move(row), bytes, owner);
      return;
    }
    if (limits_.depth <= 1) {
      row.packing = Packing::none;
      warn(fmt::format("{} is packed too deep to be opened", in_quotes(row.name)));
      push(std::move(row), bytes, owner);
      return;
    }
    if (bytes.size() > room_) {
      row.packing = Packing::none;
      warn_of_room();
      push(std::move(row), bytes, owner);
      return;
    }
    room_ -= bytes.size();
    PackedLimits deeper = limits_;
    --deeper.depth;
    Opened inner;
    Opener(row, nested_, deeper, room_, inner).open(std::string(bytes));
    row.packing = Packing::none;
    if (inner.stays) push(std::move(row), bytes, owner);
    for (OpenedFile& file : inner.files)
      push(std::move(file.attachment), file.bytes, std::move(file.owner));
    for (std::string& sentence : inner.warnings) warn(std::move(sentence));
  }

  bool push(Attachment row, std::string_view bytes, Owner owner) {
    if (out_.files.size() >= limits_.files) {
      if (!std::exchange(has_warned_of_files_, true))
        warn(fmt::format("{} holds more files than Postroom takes", in_quotes(packed_.name)));
      return false;
    }
    out_.files.push_back({std::move(row), bytes, std::move(owner)});
    return true;
  }

  const Attachment& packed_;
  Nested nested_;
  const PackedLimits& limits_;
  std::uint64_t& room_;
  Opened& out_;
  bool has_warned_of_room_ = false, has_warned_of_files_ = false;
  std::size_t number_ = 0;
};

}  // namespace

Packing packing_of(std::string_view type, std::string_view name) noexcept {
  const bool is_text = type.starts_with("text/") || type.starts_with("multipart/");
  if (type == "application/ms-tnef" || type == "application/vnd.ms-tnef") return Packing::tnef;
  if (!is_text &&
      (base::ascii_iequals(name, "winmail.dat") || base::ascii_iequals(name, "win.dat")))
    return Packing::tnef;
  if (type == "application/applefile") return Packing::apple_single;
  if (type == "message/rfc822" || type == "message/global") return Packing::message;
  if (!type.starts_with("message/") && !type.starts_with("multipart/") &&
      has_extension(name, ".eml"))
    return Packing::message;
  return Packing::none;
}

Opened open_packed(const Attachment& packed, std::string bytes, Nested nested,
                   const PackedLimits& limits) {
  Opened opened;
  if (limits.depth <= 0) {
    opened.stays = true;
    return opened;
  }
  std::uint64_t room = 2 * limits.bytes;
  Opener(packed, nested, limits, room, opened).open(std::move(bytes));
  return opened;
}

std::string too_large_to_open(const Attachment& packed, const PackedLimits& limits) {
  return fmt::format("{} is larger than {} MiB and was not opened", in_quotes(packed.name),
                     limits.bytes >> 20);
}

}  // namespace postroom::mime
