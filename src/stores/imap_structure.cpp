#include "stores/imap_structure.hpp"

#include <utility>

#include "base/byte_stream.hpp"
#include "imap/client/uid_fetch.hpp"
#include "mime/message.hpp"

namespace postroom::stores {
namespace {

// In memory, one message at a time; large mail is a few attachments, which begin before that.
constexpr std::uint32_t most_bytes = 32u << 20;

class Bytes final : public base::ByteSink {
 public:
  void write(std::string_view bytes) override {
    text.append(bytes.substr(0, most_bytes - text.size()));
  }
  std::string text;
};

}  // namespace

base::Task<ReadStructure> read_structure(imap::Client& client, imap::Uid uid) {
  imap::FetchItems items;
  items.sections.push_back({"", 0, most_bytes});
  Bytes bytes;
  bool is_taken = false;
  imap::SectionSink sink = [&](imap::Uid, std::string_view section,
                               std::uint64_t) -> base::ByteSink* {
    return !section.empty() || std::exchange(is_taken, true) ? nullptr : &bytes;
  };
  const imap::UidSet one{uid};
  auto fetching = imap::uid_fetch(client, one, std::move(items), std::move(sink));
  bool is_there = false;
  while (co_await fetching.next()) is_there = true;
  ReadStructure read;
  if (!is_there || !is_taken) co_return read;
  const bool is_cut = bytes.text.size() == most_bytes;
  const mime::Message message = mime::Message::parse(std::move(bytes.text));
  read.root = message.root();
  read.warning =
      is_cut ? "the server describes its parts unreadably; they were read from its first 32 MiB"
             : "the server describes its parts unreadably; they were read from the message";
  co_return read;
}

}  // namespace postroom::stores
