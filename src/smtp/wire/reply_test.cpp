#include "smtp/wire/reply.hpp"

#include <gtest/gtest.h>

#include "smtp/limits.hpp"
#include "smtp/wire/capabilities.hpp"

namespace postroom::smtp {
namespace {

// All replies, or the fault, read in pieces of `chunk`.
std::string read(std::string_view bytes, std::size_t chunk = SIZE_MAX) {
  ReplyParser parser;
  std::string out;
  while (!bytes.empty()) {
    std::string_view piece = bytes.substr(0, chunk);
    bytes.remove_prefix(piece.size());
    while (true) {
      auto reply = parser.next(piece);
      if (!reply) return out + "fault: " + std::string(to_string(reply.error()));
      if (!*reply) break;
      out += (*reply)->text() + "|";
      if ((*reply)->enhanced.is_given()) out += to_string((*reply)->enhanced) + "|";
    }
  }
  return out + (parser.is_between_replies() ? "" : "...");
}

TEST(Reply, ReadsWhateverTheCut) {
  struct Row {
    std::string_view bytes, expected;
  };
  for (const Row& row : {
           Row{"250 ok\r\n", "250 ok|"},
           Row{"250\r\n", "250|"},
           Row{"250 \r\n", "250|"},
           Row{"250 ok\n", "250 ok|"},
           Row{"250-a\r\n250-b\r\n250 c\r\n", "250 a b c|"},
           Row{"250-\r\n250\r\n", "250|"},
           Row{"250 a\r\n354 b\r\n", "250 a|354 b|"},
           Row{"550 5.1.1 no\r\n", "550 5.1.1 no|5.1.1|"},
           Row{"535-5.7.8 a\r\n535 5.7.9 b\r\n", "535 5.7.8 a 5.7.9 b|5.7.8|"},
           Row{"535-hello\r\n535 5.7.139 b\r\n", "535 hello 5.7.139 b|5.7.139|"},
           Row{"250 a", "..."},
           Row{"250-a\r\n", "..."},
           Row{"250-a\r\n251 b\r\n", "251 a b|"},
           Row{"550-a\r\n554 5.7.1 b\r\n", "554 a 5.7.1 b|5.7.1|"},
           Row{"550 4.7.1 no\r\n", "550 4.7.1 no|"},
           Row{"250-a\r\n550 b\r\n", "fault: a reply that says yes and no"},
           Row{"250-a\r\n450-b\r\n250 c\r\n", "fault: a reply that says yes and no"},
           Row{"* OK imap\r\n", "fault: a line that is no SMTP reply"},
           Row{"\r\n", "fault: a line that is no SMTP reply"},
           Row{"25\r\n", "fault: a line that is no SMTP reply"},
           Row{"250_x\r\n", "fault: a line that is no SMTP reply"},
           Row{"100 x\r\n", "fault: a line that is no SMTP reply"},
           Row{"199 x\r\n", "fault: a line that is no SMTP reply"},
           Row{"600 x\r\n", "fault: a line that is no SMTP reply"},
           Row{"HTTP/1.1 400 Bad\r\n", "fault: a line that is no SMTP reply"},
       }) {
    for (std::size_t chunk : {SIZE_MAX, std::size_t{1}, std::size_t{3}}) {
      EXPECT_EQ(read(row.bytes, chunk), row.expected) << row.bytes << " in " << chunk;
    }
  }
}

TEST(Reply, BoundsWhatAServerMayMakeUsKeep) {
  std::string long_line = "250 " + std::string(limits.reply_line_bytes, 'x');
  std::string many_lines, fat;
  for (std::size_t i = 0; i <= limits.reply_lines; ++i) many_lines += "250-x\r\n";
  for (std::size_t i = 0; i < 40; ++i) fat += "250-" + std::string(4000, 'x') + "\r\n";
  for (std::size_t chunk : {SIZE_MAX, std::size_t{1}, std::size_t{1000}}) {
    EXPECT_EQ(read(long_line, chunk), "fault: a reply line without end");
    EXPECT_EQ(read(many_lines, chunk), "fault: a reply without end");
    EXPECT_EQ(read(fat, chunk), "fault: a reply without end");
  }
}

TEST(EnhancedCode, IsReadOnlyWhereItIsOne) {
  auto parsed = [](std::string_view text, int cls) {
    EnhancedCode code = parse_enhanced_code(text, cls);
    return code.is_given() ? to_string(code) : "none";
  };
  EXPECT_EQ(parsed("5.7.139 Authentication", 5), "5.7.139");
  EXPECT_EQ(parsed("2.0.0", 2), "2.0.0");
  EXPECT_EQ(parsed("4.999.999 x", 4), "4.999.999");
  EXPECT_EQ(parsed("5.7.1 x", 4), "none") << "the class must be the reply's";
  EXPECT_EQ(parsed("3.0.0 x", 3), "none");
  for (const char* text : {"", "5", "5.", "5.7", "5.7.", "5.7.x", "5..1", "5.7.1x", "5.1000.1",
                           "5.7.1000", "55.7.1", " 5.7.1", "5.7.1.2 x", "-5.7.1"}) {
    EXPECT_EQ(parsed(text, 5), "none") << text;
  }
}

Capabilities offer(std::string_view bytes) {
  ReplyParser parser;
  return parse_capabilities(**parser.next(bytes));
}

TEST(Capabilities, OfGmailExchangeAndOldServers) {
  Capabilities gmail = offer(
      "250-smtp.gmail.com at your service, [203.0.113.1]\r\n250-SIZE 35882577\r\n250-8BITMIME\r\n"
      "250-AUTH LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER "
      "XOAUTH\r\n250-ENHANCEDSTATUSCODES\r\n"
      "250-PIPELINING\r\n250-CHUNKING\r\n250 SMTPUTF8\r\n");
  EXPECT_TRUE(gmail.pipelining && gmail.eight_bit_mime && gmail.smtp_utf8 && gmail.chunking &&
              gmail.size);
  EXPECT_FALSE(gmail.start_tls || gmail.dsn);
  EXPECT_EQ(gmail.max_size, 35'882'577U);
  EXPECT_EQ(gmail.auth, (std::vector<std::string>{"LOGIN", "PLAIN", "XOAUTH2", "PLAIN-CLIENTTOKEN",
                                                  "OAUTHBEARER", "XOAUTH"}));

  Capabilities old = offer(
      "250-mx\r\n250-auth=login plain\r\n250-AUTH LOGIN\r\n250-size\r\n250-starttls \r\n250 "
      "dsn\r\n");
  EXPECT_EQ(old.auth, (std::vector<std::string>{"LOGIN", "PLAIN"}));
  EXPECT_TRUE(old.size && old.start_tls && old.dsn);
  EXPECT_EQ(old.max_size, std::nullopt);

  EXPECT_EQ(offer("250-mx\r\n250 SIZE 0\r\n").max_size, std::nullopt);
  EXPECT_EQ(offer("250-mx\r\n250 SIZE 99999999999999999999999\r\n").max_size, std::nullopt);
  EXPECT_FALSE(offer("250 PIPELINING\r\n").pipelining) << "the first line is the server's name";
  EXPECT_FALSE(offer("250-mx\r\n250 XPIPELINING\r\n").pipelining);
}

TEST(Capabilities, RememberABoundedNumberOfMechanisms) {
  std::string line = "250-mx\r\n250 AUTH";
  for (int i = 0; i < 500; ++i) line += " M" + std::to_string(i);
  EXPECT_EQ(offer(line + "\r\n").auth.size(), limits.auth_mechanisms);
}

}  // namespace
}  // namespace postroom::smtp
