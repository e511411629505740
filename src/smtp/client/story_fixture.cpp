#include "smtp/client/story_fixture.hpp"

#include "net/task_group.hpp"

namespace postroom::smtp {
namespace {

Task<void> play(test::ScriptedPeer& peer, StoryOptions options, std::vector<MailTransaction>& mails,
                StoryResult& result) {
  ClientOptions client_options;
  client_options.tls = options.tls;
  client_options.transcript = options.transcript;
  Client client(peer.open(), client_options);
  try {
    co_await client.open();
    auth::Credentials credentials{"user", "", base::Secret("secret")};
    if (options.signs_in) co_await client.sign_in(credentials);
  } catch (const base::Error& error) {
    result.session_error = error;
  }
  result.outcomes = co_await client.send_batch(mails);
  result.usable_before_quit = client.is_usable();
  co_await client.quit();
}

Task<void> keep_error(Task<void> task, std::optional<base::Error>& kept) {
  try {
    co_await std::move(task);
  } catch (const base::Error& error) {
    kept = error;
  }
}

}  // namespace

StoryResult run_story(test::ScriptedPeer& peer, StoryOptions options) {
  base::StringSource one("Subject: one\r\n\r\nHello\r\n");
  base::StringSource two("Subject: two\n\n.dot\nbye");
  base::StringSource three("Subject: three\r\n\r\nx");
  std::vector<MailTransaction> mails(3);
  mails[0] = {.from = "me@example.com", .recipients = {"you@example.org"}, .body = &one};
  mails[1] = {.from = "me@example.com",
              .recipients = {"you@example.org", "they@example.org"},
              .body = &two};
  mails[2] = {.from = "me@example.com", .recipients = {"last@example.org"}, .body = &three};
  StoryResult result;
  result.phases.resize(mails.size());
  for (std::size_t i = 0; i < mails.size(); ++i) {
    mails[i].on_phase = [&phases = result.phases[i]](Phase phase) { phases.push_back(phase); };
  }
  net::run(play(peer, options, mails, result));
  return result;
}

std::optional<base::Error> error_of(Task<void> task) {
  std::optional<base::Error> kept;
  net::run(keep_error(std::move(task), kept));
  return kept;
}

}  // namespace postroom::smtp
