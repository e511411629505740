#include "stores/imap_bodies.hpp"

#include <map>
#include <memory>
#include <set>

#include "imap/client/uid_fetch.hpp"
#include "mime/decoder.hpp"
#include "mime/message.hpp"
#include "stores/store_errors.hpp"

namespace postroom::stores {
namespace {

struct BodyLimits {
  std::size_t decoded = 16 * 1024 * 1024;  // kept, as mime::MessageLimits::text
  std::uint32_t encoded =
      32 * 1024 * 1024;  // asked for: base64 and line ends of that, with room to spare
};
constexpr BodyLimits body_limits;

class LimitedSink final : public base::ByteSink {
 public:
  void write(std::string_view bytes) override {
    const std::size_t room = body_limits.decoded - text.size();
    if (bytes.size() > room) is_cut = true;
    text.append(bytes.substr(0, room));
  }
  std::string text;
  bool is_cut = false;
};

struct Receiver {
  explicit Receiver(std::string_view encoding) : decoder(encoding, bytes) {}
  LimitedSink bytes;
  mime::Decoder decoder;
  bool is_taken = false;  // what comes twice is one text
};

struct Group {
  imap::UidSet uids;
  imap::FetchItems items;
};

}  // namespace

base::Task<std::vector<FetchedBody>> fetch_bodies(imap::Client& client,
                                                  std::vector<WantedBody> wanted) {
  std::map<imap::Uid, std::vector<std::size_t>> of_message;  // indices into wanted
  for (std::size_t i = 0; i < wanted.size(); ++i) of_message[wanted[i].uid].push_back(i);

  std::vector<std::unique_ptr<Receiver>> receivers;
  for (const WantedBody& body : wanted)
    receivers.push_back(std::make_unique<Receiver>(body.part->encoding));

  std::map<std::string, Group> groups;  // by their sections
  for (const auto& [uid, indices] : of_message) {
    std::string name;
    for (const std::size_t i : indices) name += wanted[i].part->id + ",";
    Group& group = groups[name];
    if (group.uids.empty()) {
      for (const std::size_t i : indices)
        group.items.sections.push_back({wanted[i].part->id, 0, body_limits.encoded});
    }
    group.uids.add(uid);
  }

  imap::SectionSink sink_of = [&](imap::Uid uid, std::string_view section,
                                  std::uint64_t) -> base::ByteSink* {
    const auto message = of_message.find(uid);
    if (message == of_message.end()) return nullptr;
    for (const std::size_t i : message->second) {
      if (wanted[i].part->id != section || receivers[i]->is_taken) continue;
      receivers[i]->is_taken = true;
      return &receivers[i]->decoder;
    }
    return nullptr;
  };
  std::vector<imap::FetchStream> streams;
  streams.reserve(groups.size());
  for (const auto& [name, group] : groups) {
    streams.push_back(imap::uid_fetch(client, group.uids, group.items, sink_of));
  }
  std::set<imap::Uid> there;
  std::optional<base::Error> refusal;
  for (imap::FetchStream& stream : streams) {
    try {
      while (const imap::wire::FetchData* data = co_await stream.next()) {
        if (data->uid) there.insert(*data->uid);
      }
    } catch (const base::Error& error) {
      if (!may_be_about_one_message(error)) throw;
      refusal = error;
    }
  }
  // One broken message must not take its neighbours with it: those that did not come, alone.
  std::map<imap::Uid, base::Error> refused;
  if (refusal && there.empty() && of_message.size() > 1) throw *refusal;
  if (refusal && there.empty()) refused.emplace(of_message.begin()->first, *refusal);
  for (const auto& [name, group] : groups) {
    if (!refusal || of_message.size() == 1) break;
    for (const imap::Uid uid : group.uids.uids()) {
      if (there.contains(uid)) continue;
      for (const std::size_t i : of_message[uid])
        receivers[i] = std::make_unique<Receiver>(wanted[i].part->encoding);
      const imap::UidSet one{uid};
      imap::FetchStream stream = imap::uid_fetch(client, one, group.items, sink_of);
      try {
        while (co_await stream.next()) there.insert(uid);
      } catch (const base::Error& error) {
        if (!may_be_about_one_message(error)) throw;
        refused.emplace(uid, error);
        there.erase(uid);
      }
    }
  }

  std::vector<FetchedBody> bodies(wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto no = refused.find(wanted[i].uid);
    if (no != refused.end()) bodies[i].refusal = no->second;
    if (!there.contains(wanted[i].uid)) continue;
    receivers[i]->decoder.finish();
    mime::BodyText read = mime::read_body_text(*wanted[i].part, receivers[i]->bytes.text);
    bodies[i] = {true, std::move(read.text), std::move(read.warning), std::nullopt};
    if (receivers[i]->bytes.is_cut)
      bodies[i].warning = "the text is larger than 16 MiB and was cut";
    receivers[i].reset();
  }
  co_return bodies;
}

}  // namespace postroom::stores
