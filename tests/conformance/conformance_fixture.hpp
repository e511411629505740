// What the suite's files share. A test's body is one task, because a connection lives on one loop.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/task_group.hpp"
#include "tests/conformance/sample_mail.hpp"
#include "tests/conformance/world.hpp"

namespace postroom::test {

class Conformance : public testing::TestWithParam<WorldKind> {
 protected:
  void SetUp() override { world_ = GetParam().make(); }
  World& world() { return *world_; }

  using Body = Task<void> (*)(World& world);
  void run(Body body) { net::run(opened(*world_, body)); }

  // Message-IDs of everything that a folder lists, in its order.
  static Task<std::vector<std::string>> ids(mailbox::Folder& folder);
  static Task<std::vector<mailbox::Message>> list(
      mailbox::Folder& folder, mailbox::Query query, mailbox::Want want,
      mailbox::Order order = mailbox::Order::oldest_first);
  static Task<std::vector<mailbox::MessageKey>> keys(mailbox::Folder& folder);

 private:
  static Task<void> opened(World& world, Body body) {
    co_await world.open();
    co_await body(world);
    co_await world.close();
  }
  std::unique_ptr<World> world_;
};

// "Message-ID: <n@sample>" and little else.
std::string small_mail(int n, const std::string& subject = "small");

inline std::string kind_name(const testing::TestParamInfo<WorldKind>& info) {
  return info.param.name;
}

#define INSTANTIATE_CONFORMANCE(Suite) \
  INSTANTIATE_TEST_SUITE_P(, Suite, testing::ValuesIn(world_kinds()), kind_name)

}  // namespace postroom::test
