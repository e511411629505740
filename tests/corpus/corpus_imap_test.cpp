// The corpus behind a real IMAP server: the tree from BODYSTRUCTURE is the tree from the bytes, and
// what is saved is the same.
#include <gtest/gtest.h>

#include "mailbox/attachment_reader.hpp"
#include "mime/message.hpp"
#include "mime/sha256.hpp"
#include "net/task_group.hpp"
#include "tests/conformance/world.hpp"
#include "tests/corpus/corpus.hpp"

namespace postroom::test {
namespace {

using mailbox::Message;

Task<std::vector<Message>> list_all(mailbox::Folder& folder) {
  std::vector<Message> all;
  mailbox::Query query;
  mailbox::Want want;
  want.structure = true;
  auto cursor =
      co_await folder.find(std::move(query), std::move(want), mailbox::Order::oldest_first);
  while (std::vector<Message>* page = co_await cursor->next_page()) {
    for (Message& message : *page) all.push_back(std::move(message));
  }
  co_return all;
}

Task<std::string> saved_from(mailbox::Folder& folder, const Message& message,
                             const CorpusCase& one) {
  std::string seen;
  std::size_t number = 0;
  mailbox::AttachmentReader reader(folder, message, mime::Nested::recurse);
  while (const mime::Attachment* found = co_await reader.next()) {
    base::StringSink sink;
    if (!found->is_absent) co_await reader.write(sink);
    const bool is_known = number < one.files->size() && !(*one.files)[number].sha256.empty();
    ++number;
    seen += line_of(*found, is_known ? mime::sha256_hex(sink.text) : std::string());
  }
  co_return seen;
}

Task<void> compare(World& world, const std::vector<const CorpusCase*>& delivered) {
  co_await world.open();
  auto folder = co_await world.store().open("Inbox", mailbox::Access::read_only);
  const std::vector<Message> all = co_await list_all(*folder);
  EXPECT_EQ(all.size(), delivered.size());
  for (std::size_t i = 0; i < std::min(all.size(), delivered.size()); ++i) {
    const CorpusCase& one = *delivered[i];
    EXPECT_TRUE(all[i].structure.has_value()) << one.name;
    if (!all[i].structure) continue;
    const mime::Message message = mime::Message::parse(one.bytes);
    if (one.same_tree) {
      EXPECT_EQ(tree_of(*all[i].structure, one.bytes), tree_of(message.root(), one.bytes))
          << one.name << "\n"
          << one.file;
    }
    if (!one.same_saved || !one.files) continue;
    const std::string seen = co_await saved_from(*folder, all[i], one);
    std::string wanted;
    for (const CorpusFile& file : *one.files) wanted += line_of(file);
    EXPECT_EQ(seen, wanted) << one.name << "\n" << one.file;
  }
  folder.reset();
  co_await world.close();
}

TEST(CorpusImapTest, AServerSeesTheSameAndGivesTheSame) {
  const std::unique_ptr<World> world = make_dovecot_world({});
  std::vector<const CorpusCase*> delivered;
  const base::Instant received{std::chrono::milliseconds{1'790'000'000'000}};
  for (const CorpusCase& one : corpus()) {
    if (!one.same_tree && !one.same_saved) continue;  // most have bytes that no server takes
    world->deliver("Inbox", one.bytes, {}, received);
    delivered.push_back(&one);
  }
  ASSERT_GE(delivered.size(), 280U);
  net::run(compare(*world, delivered));
}

}  // namespace
}  // namespace postroom::test
