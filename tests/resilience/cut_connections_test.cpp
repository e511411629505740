// Connections that break anywhere: each message is done once, each file is whole, and a server that
// lets nothing through ends the run with its cause.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "flow/load/load.hpp"
#include "flow/run/exit_code.hpp"
#include "flow/run/run_flow.hpp"
#include "net/connector.hpp"
#include "net/task_group.hpp"
#include "tests/support/cutter.hpp"
#include "tests/support/mail_server.hpp"
#include "tests/support/temp_dir.hpp"

namespace postroom {
namespace {

using test::Cut;
using test::MailServer;
using testing::Contains;
using testing::HasSubstr;

class Notes final : public flow::RunEvents {
 public:
  void note(const flow::Note& note) override { texts.emplace_back(note.text); }
  void message_finished(const flow::MessageFinished& event) override {
    if (event.error) texts.push_back(event.error->message());
    if (!event.note.empty()) texts.emplace_back(event.note);
  }
  std::vector<std::string> texts;
};

std::string mail(int number, std::size_t size) {
  std::string text = fmt::format(
      "From: Sender <sender@example.com>\r\nTo: me@example.com\r\nSubject: Mail {0}\r\n"
      "Date: Mon, 2 Nov 2026 10:{1:02}:{2:02} +0100\r\nMessage-ID: <cut-{0}@example.com>\r\n\r\n",
      number, number / 60 % 60, number % 60);
  for (std::size_t line = 0; text.size() < size; ++line)
    text += fmt::format("line {} of mail {}: all of it must come, and once\r\n", line, number);
  return text;
}

// One account behind a cutter.
class CutConnections : public testing::Test {
 protected:
  CutConnections() : connector_(net::make_connector()), cutter_(server().imap_port()) {
    static int users = 0;
    user_ = fmt::format("cut{}", ++users);
  }
  static MailServer& server() { return MailServer::shared(); }

  void deliver(int count, std::size_t large_every = 0) {
    for (int i = 0; i < count; ++i) {
      const bool is_large = large_every > 0 && static_cast<std::size_t>(i) % large_every == 3;
      bodies_.push_back(mail(i, is_large ? 150'000 : 900));
      server().deliver(user_, "INBOX", bodies_.back());
    }
  }

  flow::RunSummary run(const std::string& loop) {
    const std::string yaml = fmt::format(R"(name: Cut
variables: {{ password: {{ required: true }} }}
steps:
  - connect:
      session: s
      to: server
      host: 127.0.0.1
      port: {}
      tls: none
      timeout: 20s
      auth: {{ username: {}, password: {{ variable: password }} }}
{})",
                                         cutter_.port(), user_, loop);
    flow::LoadResult loaded = flow::load_text(yaml, "cut.yaml", folder_.path().string());
    for (const auto& finding : loaded.findings) ADD_FAILURE() << flow::to_text(finding, "cut.yaml");
    flow::RunRequest request{.flow = loaded.flow};
    request.secrets.emplace("password", base::Secret(MailServer::password));
    flow::RunEnvironment environment{*connector_, base::system_clock(), folder_ / "state", notes_};
    environment.retry.first_pause = std::chrono::milliseconds{30};
    return net::run(flow::run_flow(request, environment));
  }

  // "Mail N" -> how often, in a folder.
  std::map<std::string, int> subjects_in(std::string_view folder) {
    auto imap = server().raw_imap(user_);
    imap.command(fmt::format("EXAMINE {}", folder));
    std::map<std::string, int> found;
    for (const std::string& line :
         imap.command("UID FETCH 1:* (BODY.PEEK[HEADER.FIELDS (SUBJECT)])")) {
      const auto at = line.find("Subject: ");
      if (at != std::string::npos) ++found[line.substr(at + 9, line.find('\r', at) - at - 9)];
    }
    return found;
  }

  void expect_each_once_in(std::string_view folder) {
    const auto found = subjects_in(folder);
    EXPECT_EQ(found.size(), bodies_.size());
    for (const auto& [subject, times] : found) EXPECT_EQ(times, 1) << subject;
  }

  void expect_whole_files() {
    std::set<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "saved")) {
      std::ifstream file(entry.path(), std::ios::binary);
      files.emplace(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    EXPECT_EQ(files.size(), bodies_.size());
    for (const std::string& body : bodies_)
      EXPECT_TRUE(files.contains(body)) << body.substr(0, 120);
  }

  std::string told() const {
    std::string all;
    for (const std::string& text : notes_.texts) all += text + "\n";
    return all;
  }

  test::TempDir folder_;
  std::unique_ptr<net::Connector> connector_;
  test::Cutter cutter_;
  std::string user_;
  std::vector<std::string> bodies_;
  Notes notes_;
};

constexpr const char* save_flag_and_move = R"(
  - for_each_mail:
      session: s
      do:
        - save_email: { to: saved, name: "{subject}" }
        - change_status: { to: flagged }
        - move: { to: Archive, create: true }
)";

class CutAnywhere : public CutConnections, public testing::WithParamInterface<unsigned> {};

TEST_P(CutAnywhere, EachMessageIsSavedWholeAndMovedOnce) {
  deliver(80, 20);
  std::mt19937 random(GetParam());
  std::vector<Cut> cuts;
  for (int i = 0; i < 8; ++i) cuts.push_back({.after_bytes = 3'000 + random() % 150'000});
  cutter_.plan(std::move(cuts));
  const flow::RunSummary summary = run(save_flag_and_move);
  EXPECT_EQ(flow::exit_code_of(summary), 0)
      << (summary.error ? summary.error->message() : "") << "\n"
      << told() << server().log();
  EXPECT_EQ(summary.counts.finished, 80u);
  EXPECT_GT(cutter_.cuts(), 2);
  EXPECT_EQ(server().count(user_, "INBOX"), 0u);
  expect_each_once_in("Archive");
  expect_whole_files();
}

INSTANTIATE_TEST_SUITE_P(Seeds, CutAnywhere, testing::Values(1u, 2u, 3u));

class CutAt : public CutConnections,
              public testing::WithParamInterface<std::tuple<std::string, Cut::When>> {};

TEST_P(CutAt, ACommandIsNotDoneTwice) {
  const auto& [command, when] = GetParam();
  deliver(15);
  cutter_.plan({{.at = command, .when = when}, {.at = command, .when = when}});
  const flow::RunSummary summary = run(R"(
  - for_each_mail:
      session: s
      do:
        - save_email: { to: saved, name: "{subject}" }
        - change_status: { to: flagged }
        - move: { to: Archive, create: true }
)");
  EXPECT_EQ(flow::exit_code_of(summary), 0)
      << (summary.error ? summary.error->message() : "") << "\n"
      << told();
  EXPECT_GE(cutter_.cuts(), 1);  // what was carried out is not sent again, and not cut again
  EXPECT_EQ(server().count(user_, "INBOX"), 0u);
  expect_each_once_in("Archive");
  expect_whole_files();
}

std::string name_of_cut(const testing::TestParamInfo<CutAt::ParamType>& info) {
  std::string name = std::get<0>(info.param);
  std::erase_if(name, [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); });
  return name + (std::get<1>(info.param) == Cut::When::unsent ? "Unsent" : "Answered");
}

INSTANTIATE_TEST_SUITE_P(Commands, CutAt,
                         testing::Combine(testing::Values("UID SEARCH", "UID FETCH", "BODY.PEEK[]",
                                                          "UID STORE", "UID MOVE", "CREATE"),
                                          testing::Values(Cut::When::unsent, Cut::When::answered)),
                         name_of_cut);

TEST_F(CutConnections, AServerThatHangsUpAgainAndAgainIsOutlastedAsLongAsSomethingComes) {
  deliver(60, 10);
  cutter_.always({.after_bytes = 130'000});
  const flow::RunSummary summary = run(save_flag_and_move);
  EXPECT_EQ(flow::exit_code_of(summary), 0)
      << (summary.error ? summary.error->message() : "") << "\n"
      << told();
  EXPECT_GT(cutter_.cuts(), 4);
  expect_each_once_in("Archive");
  expect_whole_files();
}

TEST_F(CutConnections, WithoutAnyProgressTheRunEndsWithTheCause) {
  deliver(5);
  cutter_.always({.at = "UID FETCH", .when = Cut::When::unsent});
  const flow::RunSummary summary = run(save_flag_and_move);
  EXPECT_EQ(flow::exit_code_of(summary), 69) << told();
  ASSERT_TRUE(summary.error);
  EXPECT_THAT(summary.error->message(), HasSubstr("3 tries without progress"));
  EXPECT_EQ(cutter_.connections(), 3);
  EXPECT_EQ(server().count(user_, "INBOX"), 5u);
  cutter_.plan({});
  EXPECT_EQ(flow::exit_code_of(run(save_flag_and_move)), 0);
  expect_each_once_in("Archive");
}

TEST_F(CutConnections, ARenumberedFolderIsSaidAndNothingIsDoneTwice) {
  deliver(5);
  const std::string loop = R"(
  - for_each_mail:
      session: s
      do: [ { save_email: { to: saved, name: "{subject}", overwrite: number } } ]
)";
  EXPECT_EQ(flow::exit_code_of(run(loop)), 0) << told();
  {
    // Another UIDVALIDITY, as a server gives after a restore.
    auto imap = server().raw_imap(user_);
    imap.command("CREATE Aside");
    imap.command("SELECT INBOX");
    imap.command("UID COPY 1:* Aside");
    imap.command("UID STORE 1:* +FLAGS (\\Deleted)");
    imap.command("EXPUNGE");
    imap.command("UNSELECT");
  }
  const std::string aside = R"(
  - for_each_mail:
      session: s
      folder: [Inbox, Aside]
      do: [ { save_email: { to: saved, name: "{subject}", overwrite: number } } ]
)";
  EXPECT_EQ(flow::exit_code_of(run(aside)), 0) << told();
  {
    auto imap = server().raw_imap(user_);
    imap.command("DELETE Aside");
    imap.command("CREATE Other");
    imap.command("DELETE Other");
    imap.command("CREATE Aside");
    for (const std::string& body : bodies_) imap.append("Aside", body, "", "");
    imap.append("Aside", mail(99, 900), "", "");
  }
  bodies_.push_back(mail(99, 900));
  notes_.texts.clear();
  const flow::RunSummary summary = run(aside);
  EXPECT_EQ(flow::exit_code_of(summary), 0) << told();
  EXPECT_EQ(summary.counts.finished, 1u);
  EXPECT_EQ(summary.counts.already_done, 5u);
  EXPECT_THAT(notes_.texts, Contains(HasSubstr("renumbered the folder \"Aside\"")));
  expect_whole_files();
}

}  // namespace
}  // namespace postroom
