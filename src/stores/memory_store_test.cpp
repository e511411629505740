#include "stores/memory_store.hpp"

#include <gtest/gtest.h>

#include "net/task_group.hpp"

namespace postroom::stores {
namespace {

using base::Task;
using mailbox::Access;
using mailbox::Outcome;

mailbox::Message mail(std::string subject) {
  mailbox::Message message;
  message.envelope.subject = std::move(subject);
  return message;
}

Task<std::size_t> count(mailbox::Store& store, std::string path) {
  auto folder = co_await store.open(std::move(path), Access::read_only);
  mailbox::Want want;
  want.envelope = true;
  auto cursor =
      co_await folder->find(mailbox::Query::everything(), want, mailbox::Order::oldest_first);
  std::size_t found = 0;
  while (auto* page = co_await cursor->next_page()) found += page->size();
  co_return found;
}

Task<std::vector<Outcome>> move_all(mailbox::Store& store, mailbox::MessageSet set,
                                    std::string target) {
  auto folder = co_await store.open("Inbox", Access::read_write);
  co_return co_await folder->moving()->move(std::move(set), std::move(target));
}

TEST(MemoryStore, MovesWhatIsThereAndSaysWhatIsGone) {
  MemoryMailbox mailbox;
  auto first = mailbox.add("Inbox", mail("a"));
  auto second = mailbox.add("Inbox", mail("b"));
  mailbox.expunge(second);
  auto store = open_memory_store(mailbox);
  auto outcomes = net::run(move_all(*store, {first, second}, "Archive"));
  ASSERT_EQ(outcomes.size(), 2u);
  EXPECT_FALSE(outcomes[0].error);
  ASSERT_TRUE(outcomes[0].new_key);
  EXPECT_NE(mailbox.find(*outcomes[0].new_key), nullptr);
  ASSERT_TRUE(outcomes[1].error);
  EXPECT_EQ(outcomes[1].error->code(), "message.gone");
  EXPECT_EQ(net::run(count(*store, "inbox")), 0u);
  EXPECT_EQ(net::run(count(*store, "@archive")), 1u);
}

TEST(MemoryStore, RenumberingChangesEveryKey) {
  MemoryMailbox mailbox;
  auto key = mailbox.add("Inbox", mail("a"));
  mailbox.renumber("Inbox");
  EXPECT_EQ(mailbox.find(key), nullptr);
  auto store = open_memory_store(mailbox);
  EXPECT_EQ(net::run(count(*store, "Inbox")), 1u);
}

TEST(MemoryStore, AbilitiesCanBeMissing) {
  MemoryMailbox mailbox;
  mailbox.abilities.move = false;
  auto store = open_memory_store(mailbox);
  EXPECT_FALSE(store->can_move());
  EXPECT_TRUE(store->can_flag());
}

TEST(MemoryStore, RefusesAnUnknownTargetAndChangesNothing) {
  MemoryMailbox mailbox;
  auto key = mailbox.add("Inbox", mail("a"));
  auto store = open_memory_store(mailbox);
  EXPECT_THROW(net::run(move_all(*store, {key}, "Archiv")), base::Error);
  EXPECT_NE(mailbox.find(key), nullptr);
}

}  // namespace
}  // namespace postroom::stores
