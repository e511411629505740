#include "tests/conformance/conformance_fixture.hpp"

namespace postroom::test {

using namespace mailbox;

Task<std::vector<Message>> Conformance::list(Folder& folder, Query query, Want want, Order order) {
  std::vector<Message> all;
  auto cursor = co_await folder.find(std::move(query), std::move(want), order);
  while (std::vector<Message>* page = co_await cursor->next_page()) {
    EXPECT_FALSE(page->empty());
    EXPECT_LE(page->size(), 1000u);
    all.insert(all.end(), page->begin(), page->end());
  }
  co_return all;
}

Task<std::vector<std::string>> Conformance::ids(Folder& folder) {
  Want want;
  want.envelope = true;
  std::vector<Message> all = co_await list(folder, Query::everything(), want);
  std::vector<std::string> found;
  for (const Message& message : all) found.push_back(message.envelope.message_id);
  co_return found;
}

Task<std::vector<MessageKey>> Conformance::keys(Folder& folder) {
  std::vector<Message> all = co_await list(folder, Query::everything(), Want{});
  std::vector<MessageKey> found;
  for (const Message& message : all) found.push_back(message.key);
  co_return found;
}

std::string small_mail(int n, const std::string& subject) {
  return "From: a@example.com\r\nTo: b@example.com\r\nMessage-ID: <" + std::to_string(n) +
         "@sample>\r\nSubject: " + subject +
         "\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\n\r\nbody " + std::to_string(n) + "\r\n";
}

}  // namespace postroom::test
