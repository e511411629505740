#include "session/patience.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/task_group.hpp"
#include "state/schema.hpp"

namespace postroom::session {
namespace {

using namespace std::chrono_literals;
using base::ErrorKind;
using testing::ElementsAre;
using testing::HasSubstr;

base::Error lost() {
  return base::Error(ErrorKind::network, "imap.bye", "the server ended the connection")
      .set_transient(true);
}

base::Error throttled() {
  base::Error error(ErrorKind::throttled, "imap.throttled", "the server asks us to slow down");
  return error.set_transient(true);
}

class PatienceTest : public testing::Test {
 protected:
  Patience patience(state::PauseBook* book = nullptr) {
    return Patience({.clock = clock_,
                     .book = book,
                     .note = [this](std::string text) { notes_.push_back(std::move(text)); },
                     .wait = [this](std::chrono::milliseconds pause) { return wait(pause); }},
                    "imap:me@@example.com");
  }
  Task<void> wait(std::chrono::milliseconds pause) {
    waits_.push_back(pause);
    clock_.advance(pause);
    co_return;
  }
  static std::optional<base::Error> error_of(Task<void> task) {
    try {
      net::run(std::move(task));
    } catch (const base::Error& error) {
      return error;
    }
    return std::nullopt;
  }

  base::ManualClock clock_{base::Instant{std::chrono::hours{24 * 20'000 + 14}}};  // 14:00
  std::vector<std::chrono::milliseconds> waits_;
  std::vector<std::string> notes_;
  state::Database database_{":memory:", state::state_migrations()};
};

TEST_F(PatienceTest, ALostConnectionIsOpenedAgainAfterGrowingPausesAndNotForEver) {
  Patience patience = this->patience();
  EXPECT_EQ(error_of(patience.wait_after(lost())), std::nullopt);
  EXPECT_EQ(error_of(patience.wait_after(lost())), std::nullopt);
  const auto error = error_of(patience.wait_after(lost()));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::network);
  EXPECT_THAT(waits_, ElementsAre(1s, 2s));
  EXPECT_EQ(notes_.size(), 2u);
}

TEST_F(PatienceTest, ProgressStartsTheTriesAnew) {
  Patience patience = this->patience();
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(error_of(patience.wait_after(lost())), std::nullopt);
    EXPECT_EQ(error_of(patience.wait_after(lost())), std::nullopt);
    patience.progressed();
  }
  net::run(patience.wait_after(lost()));
  net::run(patience.wait_after(lost()));
  const auto error = error_of(patience.wait_after(lost()));
  ASSERT_TRUE(error);
  EXPECT_THAT(error->message(), HasSubstr("3 tries without progress"));
}

TEST_F(PatienceTest, ASilentConnectionIsLostAndASilentServerIsNotAskedAgain) {
  base::Error stalled(ErrorKind::timed_out, "net.stalled", "silent");
  base::Error unheard(ErrorKind::timed_out, "net.timed_out", "silent");
  Patience patience = this->patience();
  EXPECT_EQ(error_of(patience.wait_after(stalled.set_transient(true))), std::nullopt);
  EXPECT_TRUE(error_of(patience.wait_after(unheard.set_transient(true))));
  EXPECT_TRUE(error_of(patience.wait_after(base::Error(ErrorKind::auth, "auth.x", "no"))));
}

TEST_F(PatienceTest, APauseIsKeptToItsEndAndSaidOnce) {
  Patience patience = this->patience();
  EXPECT_EQ(error_of(patience.wait_after(throttled().set_retry_after(299'961ms))), std::nullopt);
  EXPECT_THAT(waits_, ElementsAre(299'961ms));
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("asks for a pause until 14:05 (UTC)")));
}

TEST_F(PatienceTest, ATimerThatIsEarlyByTheClockDoesNotShortenThePause) {
  const base::Instant until = clock_.now() + 300s;
  Patience patience({.clock = clock_,
                     .wait =
                         [this](std::chrono::milliseconds pause) {
                           return wait(std::max(pause / 2, std::chrono::milliseconds{1}));
                         }},
                    "a");
  net::run(patience.wait_after(throttled().set_retry_after(300s)));
  EXPECT_GE(clock_.now(), until);
}

TEST_F(PatienceTest, AnotherRunDoesNotConnectBeforeThePauseIsOver) {
  state::PauseBook book(database_, state::PauseBook::Keep::durable);
  Patience first = patience(&book), second = patience(&book);
  const auto error = error_of(first.wait_after(throttled().set_retry_after(1h)));
  ASSERT_TRUE(error) << "an hour is not waited for";
  EXPECT_EQ(error->kind(), ErrorKind::throttled);
  EXPECT_THAT(error->message(), HasSubstr("until 15:00"));
  EXPECT_TRUE(waits_.empty());

  const auto refused = error_of(second.before_connecting());
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code(), "session.paused");
  EXPECT_EQ(refused->retry_after(), std::chrono::milliseconds{1h});
  EXPECT_THAT(refused->hint(), HasSubstr("within a day"));
  clock_.advance(58min);
  EXPECT_EQ(error_of(second.before_connecting()), std::nullopt);
  EXPECT_THAT(waits_, ElementsAre(2min));
  EXPECT_EQ(error_of(second.before_connecting()), std::nullopt);
  EXPECT_THAT(waits_, ElementsAre(2min));
}

TEST_F(PatienceTest, WithoutATimeThePauseGrowsAndEnds) {
  Patience patience = this->patience();
  EXPECT_EQ(error_of(patience.wait_after(throttled())), std::nullopt);
  EXPECT_EQ(error_of(patience.wait_after(throttled())), std::nullopt);
  EXPECT_TRUE(error_of(patience.wait_after(throttled())));
  EXPECT_THAT(waits_, ElementsAre(30s, 60s));
}

}  // namespace
}  // namespace postroom::session
