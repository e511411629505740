// libFuzzer: whatever a server sends, in whatever pieces, the wire layer neither crashes nor reads
// beyond it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "imap/wire/imap_date.hpp"
#include "imap/wire/mailbox_name.hpp"
#include "imap/wire/response.hpp"
#include "imap/wire/splitter.hpp"
#include "imap/wire/uid_set.hpp"

namespace {

using namespace postroom::imap;

void read_fetch(const wire::FetchData& fetch) {
  for (std::size_t i = 0; i < fetch.structure.parts.size() && i < 64; ++i) {
    fetch.structure.section(i);
    wire::for_each_parameter(fetch.structure.parts[i].parameters,
                             [](const wire::Text& name, const wire::Text& value) {
                               name.to_string(), value.to_string();
                             });
  }
  if (fetch.envelope) {
    wire::for_each_address(fetch.envelope->from,
                           [](const wire::Address& a) { a.name.to_string(); });
    fetch.envelope->subject.to_string();
  }
  if (fetch.labels) {
    wire::for_each_label(*fetch.labels,
                         [](const wire::Text& label) { from_modified_utf7(label.to_string()); });
  }
  parse_date_time(fetch.internal_date.raw);
}

void read(std::string_view text) {
  wire::FetchData fetch;
  auto response = wire::parse_response(text, fetch);
  if (!response) return;
  if (std::holds_alternative<wire::FetchReference>(*response)) read_fetch(fetch);
  if (auto* list = std::get_if<wire::ListData>(&*response)) {
    from_modified_utf7(list->mailbox.to_string());
    MailboxName::from_utf8(list->old_name.to_string()).utf8();
    wire::for_each_label(list->child_info, [](const wire::Text& kind) { kind.to_string(); });
  }
  if (auto* spaces = std::get_if<wire::NamespaceData>(&*response)) {
    for (const auto* kind : {&spaces->personal, &spaces->other_users, &spaces->shared}) {
      for (const auto& entry : *kind) from_modified_utf7(entry.prefix.to_string());
    }
  }
  if (auto* gone = std::get_if<wire::VanishedData>(&*response)) parse_uid_set(gone->uids);
  if (auto* id = std::get_if<wire::IdData>(&*response)) {
    wire::for_each_parameter(id->fields, [](const wire::Text& name, const wire::Text& value) {
      name.to_string(), value.to_string();
    });
  }
  if (auto* esearch = std::get_if<wire::EsearchData>(&*response)) parse_uid_set(esearch->all);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::size_t piece = data[0] + std::size_t{1};
  std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  wire::Limits limits;
  limits.buffered_literal = 16;  // so that small inputs reach the streamed ones
  limits.kept_literal = 64;
  wire::Splitter splitter(limits);
  wire::FetchData scratch;
  while (true) {
    auto found = splitter.find();
    if (!found) return 0;
    if (*found == wire::Splitter::Found::response) {
      read(splitter.response());
      splitter.drop_response();
      continue;
    }
    if (*found == wire::Splitter::Found::literal) {
      auto place = wire::parse_literal_place(splitter.literal_head(), scratch);
      if (!place && splitter.may_keep_literal()) {
        splitter.keep_literal();
      } else {
        splitter.detach_literal();
      }
      splitter.take_literal();
      continue;
    }
    if (splitter.literal_left() > 0 && !splitter.take_literal().empty()) continue;
    if (input.empty()) return 0;
    auto room = splitter.room();
    std::size_t n = std::min({piece, input.size(), room.size()});
    std::memcpy(room.data(), input.data(), n);
    splitter.received(n);
    input.remove_prefix(n);
  }
}
