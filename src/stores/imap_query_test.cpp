#include "stores/imap_query.hpp"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "mailbox/evaluate.hpp"
#include "mailbox/want.hpp"

namespace postroom::stores {
namespace {

using namespace mailbox;
using std::chrono::days;
using std::chrono::minutes;

// What a server knows of a message, and its own zone.
struct OnServer {
  Message message;
  minutes server_zone;  // its days for INTERNALDATE
  minutes header_zone;  // as the Date header is written
  bool reads_date = true;
  std::uint64_t other_size = 0;  // what a lying server goes by
};

// UID SEARCH as RFC 9051 section 6.4.4 defines it, for the keys that are lowered to. Where it is
// not to be trusted, it does as DavMail does: takes OR for AND and finds nothing by NOT.
class Search {
 public:
  Search(std::string_view criteria, const OnServer& mail, SearchTrust trust = {})
      : mail_(mail), trust_(trust) {
    std::string word;
    for (const char c : std::string(criteria) + " ") {
      if (c != ' ' && c != '(' && c != ')') {
        word += c;
        continue;
      }
      if (!word.empty()) words_.push_back(std::exchange(word, {}));
      if (c != ' ') words_.emplace_back(1, c);
    }
  }
  bool finds() { return keys(); }

 private:
  bool keys() {
    bool all = true;
    while (at_ < words_.size() && words_[at_] != ")") all = key() && all;
    return all;
  }
  bool key() {
    const std::string word = words_.at(at_++);
    if (word == "(") {
      const bool found = keys();
      ++at_;
      return found;
    }
    if (word == "OR") {
      const bool a = key();
      const bool b = key();
      return trust_.composites ? a || b : a && b;
    }
    if (word == "NOT") {
      const bool found = key();
      return trust_.composites && !found;
    }
    const Flags& flags = mail_.message.flags;
    if (word == "ALL") return true;
    if (word == "SEEN") return flags.seen;
    if (word == "UNSEEN") return !flags.seen;
    if (word == "FLAGGED") return flags.flagged;
    if (word == "UNFLAGGED") return !flags.flagged;
    if (word == "DELETED") return flags.deleted;
    if (word == "UNDELETED") return !flags.deleted;
    if (word == "LARGER") return size() > number();
    if (word == "SMALLER") return size() < number();
    const std::chrono::sys_days day = date();
    if (word == "SINCE") return received_day() >= day;
    if (word == "BEFORE") return received_day() < day;
    if (word == "SENTSINCE" && !trust_.sent_dates) return received_day() >= day;
    if (word == "SENTBEFORE" && !trust_.sent_dates) return received_day() < day;
    if (!mail_.message.envelope.sent || !mail_.reads_date) return false;
    const auto sent = std::chrono::floor<days>(*mail_.message.envelope.sent + mail_.header_zone);
    if (word == "SENTSINCE") return sent >= day;
    if (word == "SENTBEFORE") return sent < day;
    ADD_FAILURE() << word;
    return false;
  }
  std::uint64_t size() const { return trust_.sizes ? mail_.message.size : mail_.other_size; }
  std::uint64_t number() { return base::to_number(words_.at(at_++)).value(); }
  std::chrono::sys_days date() {
    static const std::vector<std::string> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::string text = words_.at(at_++);
    const auto pieces = base::split(text, '-');
    const auto month = std::find(months.begin(), months.end(), pieces.at(1)) - months.begin() + 1;
    return std::chrono::year(static_cast<int>(*base::to_number(pieces.at(2)))) /
           std::chrono::month(static_cast<unsigned>(month)) /
           std::chrono::day(static_cast<unsigned>(*base::to_number(pieces.at(0))));
  }
  std::chrono::sys_days received_day() const {
    return std::chrono::floor<days>(*mail_.message.received + mail_.server_zone);
  }

  const OnServer& mail_;
  SearchTrust trust_;
  std::vector<std::string> words_;
  std::size_t at_ = 0;
};

base::Instant moment(std::mt19937& random) {
  return base::Instant{
      std::chrono::seconds{1'767'225'600 + static_cast<long>(random() % 600'000) - 300'000}};
}

Query leaf(std::mt19937& random) {
  switch (random() % 6) {
    case 0:
      return {FlagTest{random() % 2 ? Flag::seen : Flag::deleted, random() % 2 == 0}};
    case 1:
      return {
          SizeTest{random() % 20, random() % 3 ? std::optional<std::uint64_t>() : 6'000'000'000}};
    case 2:
      return {TextTest{
          TextField::subject, "", Comparison::contains, {random() % 2 ? "a" : "b"}, false}};
    default: {
      TimeTest test;
      test.field = random() % 2 ? TimeField::received : TimeField::sent;
      if (random() % 3) test.since = moment(random);
      if (random() % 3) test.before = moment(random);
      return {test};
    }
  }
}

Query tree(std::mt19937& random, int depth) {
  if (depth == 0 || random() % 3 == 0) return leaf(random);
  std::vector<Query> of;
  for (std::size_t i = 0, n = random() % 4; i < n; ++i) of.push_back(tree(random, depth - 1));
  switch (random() % 3) {
    case 0:
      return {All{of}};
    case 1:
      return {Any{of}};
    default:
      return {Not{{tree(random, depth - 1)}}};
  }
}

OnServer any_mail(std::mt19937& random) {
  OnServer mail;
  mail.message.flags.seen = random() % 2;
  mail.message.flags.deleted = random() % 2;
  mail.message.size = random() % 20;
  mail.message.received = moment(random);
  if (random() % 8) mail.message.envelope.sent = moment(random);
  mail.message.envelope.subject = random() % 2 ? "a" : "b";
  mail.server_zone = minutes(static_cast<int>(random() % (26 * 60 + 1)) - 12 * 60);
  mail.header_zone = minutes(static_cast<int>(random() % (26 * 60 + 1)) - 12 * 60);
  mail.reads_date = random() % 8;
  mail.other_size = random() % 20;
  return mail;
}

struct Tally {
  int ruled_out = 0;  // by the server
  int wrong = 0;
  std::string first_wrong;
};

// Lowered as `believed`, by a server that is what `server` says.
Tally tally(SearchTrust believed, SearchTrust server, int rounds) {
  std::mt19937 random(11);
  Tally tally;
  for (int round = 0; round < rounds; ++round) {
    const Query query = tree(random, 4);
    const OnServer mail = any_mail(random);
    const LoweredQuery lowered = lower_to_imap(query, imap::LiteralStyle::plus, believed);
    const std::string& criteria = lowered.criteria.command_text().bytes();
    const bool found = Search(criteria, mail, server).finds();
    const bool together = found && Evaluator(lowered.residue).matches(mail.message);
    if (!found) ++tally.ruled_out;
    if (together == Evaluator(query).matches(mail.message)) continue;
    if (tally.wrong++ == 0) tally.first_wrong = criteria;
  }
  return tally;
}

TEST(LowerToImap, ServerAndResidueTogetherAreTheQuery) {
  const Tally all = tally({}, {}, 20'000);
  EXPECT_EQ(all.wrong, 0) << all.first_wrong;
  EXPECT_GT(all.ruled_out, 3'000);
}

TEST(LowerToImap, WhatAServerLiesAboutIsDecidedHere) {
  for (int lies = 1; lies < 8; ++lies) {
    const SearchTrust server{!(lies & 1), !(lies & 2), !(lies & 4)};
    const Tally careful = tally(server, server, 1'500);
    EXPECT_EQ(careful.wrong, 0) << lies << ": " << careful.first_wrong;
    EXPECT_GT(careful.ruled_out, 50) << lies;
    EXPECT_GT(tally({}, server, 1'500).wrong, 0) << lies;  // the lie would be seen
  }
}

TEST(LowerToImap, ServersThatLieAreKnownByTheirGreeting) {
  auto trust_of = [](std::string_view greeting) {
    imap::Quirks quirks;
    imap::add_quirks(quirks, greeting, "IMAP4rev1");
    return search_trust(quirks);
  };
  const SearchTrust exchange = trust_of("The Microsoft Exchange IMAP4 service is ready.");
  EXPECT_FALSE(exchange.sizes);
  EXPECT_TRUE(exchange.sent_dates && exchange.composites);
  const SearchTrust davmail = trust_of("IMAP4rev1 DavMail 6.2.2-3546 server ready");
  EXPECT_FALSE(davmail.sizes || davmail.sent_dates || davmail.composites);
  const SearchTrust dovecot = trust_of("Dovecot ready.");
  EXPECT_TRUE(dovecot.sizes && dovecot.sent_dates && dovecot.composites);
}

TEST(LowerToImap, FlagsAndSizesLeaveNothingToDoHere) {
  const Query query{All{{Query{FlagTest{Flag::seen, false}}, Query{SizeTest{1000, {}}}}}};
  const LoweredQuery lowered = lower_to_imap(query, imap::LiteralStyle::plus);
  EXPECT_EQ(lowered.criteria.command_text().bytes(), "(UNSEEN) (LARGER 1000)");
  const Want needs = needs_of(lowered.residue);
  EXPECT_FALSE(needs.flags || needs.size);
}

TEST(LowerToImap, TextStaysHere) {
  const Query text{TextTest{TextField::subject, "", Comparison::contains, {"invoice"}, false}};
  const LoweredQuery lowered = lower_to_imap({All{{text, Query{FlagTest{Flag::seen, false}}}}}, {});
  EXPECT_EQ(lowered.criteria.command_text().bytes(), "(UNSEEN)");
  EXPECT_TRUE(needs_of(lowered.residue).envelope);
  EXPECT_EQ(lower_to_imap(text, {}).criteria.command_text().bytes(), "ALL");
}

}  // namespace
}  // namespace postroom::stores
