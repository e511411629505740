#include "smtp/client/story_fixture.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <list>
#include <stdexcept>

#include "base/text.hpp"
#include "net/task_group.hpp"

namespace postroom::smtp {
namespace {

// XOAUTH2 as a server sees it; auth/ has its own tests.
class StoryBearer final : public auth::SaslMechanism {
 public:
  std::string_view name() const noexcept override { return "XOAUTH2"; }
  bool client_first() const noexcept override { return true; }
  bool single_step() const noexcept override { return true; }
  base::Secret step(std::string_view challenge) override {
    done_ = true;
    return base::Secret(challenge.empty() ? "user=user\1auth=Bearer token\1\1" : "");
  }
  bool is_done() const noexcept override { return done_; }

 private:
  bool done_ = false;
};

Task<void> sign_in_as(Client& client, StorySignIn how) {
  if (how == StorySignIn::bearer) {
    std::unique_ptr<auth::SaslMechanism> bearer = std::make_unique<StoryBearer>();
    co_await client.sign_in(std::move(bearer));
  } else if (how == StorySignIn::plain) {
    auth::Credentials credentials{"user", "", base::Secret("secret")};
    co_await client.sign_in(credentials);
  }
}

Task<void> play(test::ScriptedPeer& peer, StoryOptions options, std::vector<MailTransaction>& mails,
                StoryResult& result) {
  ClientOptions client_options;
  client_options.tls = options.tls;
  client_options.transcript = options.transcript;
  Client client(peer.open(), client_options);
  try {
    co_await client.open();
    co_await sign_in_as(client, options.sign_in);
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

MailTransaction mail_named(const std::string& name, std::list<base::StringSource>& bodies) {
  MailTransaction mail{.from = "me@example.com", .recipients = {"you@example.org"}};
  std::string text = "Subject: one\r\n\r\nHello\r\n";
  if (name == "two") {
    mail.recipients.emplace_back("they@example.org");
    text = "Subject: two\n\n.dot\nbye";
  } else if (name == "three") {
    mail.recipients = {"last@example.org"};
    text = "Subject: three\r\n\r\nx";
  } else if (name == "utf8") {
    mail.recipients = {"J\xC3\xBCrgen@example.org"};
  } else if (name == "idn") {
    mail.recipients = {
        "you@b\xC3\xBC"
        "cher.example"};
  } else if (name == "eight") {
    text = "Subject: eight\r\n\r\nGr\xC3\xBC\xC3\x9F\r\n";
  } else if (name == "report") {
    mail.envelope_id = "run-7";
    mail.return_content = ReturnContent::headers;
    mail.notify = {Notify::success | Notify::failure};
  } else if (name != "one") {
    throw std::invalid_argument("there is no mail called " + name);
  }
  bodies.emplace_back(std::move(text));
  mail.body = &bodies.back();
  return mail;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (std::string_view word : base::split(text, ' ')) {
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

void take_ending(Story& story, std::size_t number, const std::vector<std::string>& words) {
  constexpr Phase phases[] = {Phase::before_data, Phase::data_sent, Phase::accepted,
                              Phase::refused};
  const auto* phase =
      std::ranges::find_if(phases, [&](Phase one) { return to_string(one) == words.at(0); });
  if (phase == std::end(phases) || number != story.phases.size() + 1 || words.size() > 2)
    throw std::invalid_argument(story.name + ": no ending for mail " + std::to_string(number));
  story.phases.push_back(*phase);
  story.codes.push_back(words.size() > 1 ? words[1] : "");
  story.recipients.emplace_back();
}

void take_directive(Story& story, std::string_view key, const std::vector<std::string>& words) {
  if (key == "tls") {
    story.options.tls = words.at(0) == "starttls" ? net::TlsMode::starttls : net::TlsMode::none;
  } else if (key == "sign-in") {
    story.options.sign_in = words.at(0) == "bearer" ? StorySignIn::bearer : StorySignIn::none;
  } else if (key == "mails") {
    story.options.mails = words;
  } else if (key == "session") {
    story.session_error = words.at(0);
  } else if (auto number = base::to_number(key.substr(0, key.find(' ')))) {
    if (key.ends_with(" recipients")) {
      for (const auto& word : words)
        story.recipients.at(*number - 1).push_back(word == "-" ? "" : word);
    } else {
      take_ending(story, *number, words);
    }
  } else {
    throw std::invalid_argument(story.name + ": unknown key " + std::string(key));
  }
}

Story load_story(const std::filesystem::path& path, std::string name) {
  Story story{std::move(name), test::Script::load(path)};
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("#!")) continue;
    const auto colon = line.find(':');
    if (colon == std::string::npos) throw std::invalid_argument(story.name + ": " + line);
    take_directive(story, base::trim(std::string_view(line).substr(2, colon - 2)),
                   words_of(std::string_view(line).substr(colon + 1)));
  }
  if (story.phases.size() != story.options.mails.size())
    throw std::invalid_argument(story.name + ": one ending for each mail");
  return story;
}

}  // namespace

bool Story::all_pass() const {
  return session_error.empty() &&
         std::ranges::all_of(phases, [](Phase phase) { return phase == Phase::accepted; });
}

std::vector<Story> load_stories() {
  const std::filesystem::path root =
      std::filesystem::path(POSTROOM_SOURCE_DIR) / "tests/transcripts/smtp";
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<Story> stories;
  for (const auto& file : files)
    stories.push_back(load_story(file, file.lexically_relative(root).string()));
  return stories;
}

StoryResult run_story(test::ScriptedPeer& peer, StoryOptions options) {
  std::list<base::StringSource> bodies;
  std::vector<MailTransaction> mails;
  for (const auto& name : options.mails) mails.push_back(mail_named(name, bodies));
  StoryResult result;
  result.phases.resize(mails.size());
  for (std::size_t i = 0; i < mails.size(); ++i) {
    mails[i].on_phase = [&phases = result.phases[i]](Phase phase) { phases.push_back(phase); };
  }
  net::run(play(peer, std::move(options), mails, result));
  return result;
}

std::optional<base::Error> error_of(Task<void> task) {
  std::optional<base::Error> kept;
  net::run(keep_error(std::move(task), kept));
  return kept;
}

}  // namespace postroom::smtp
