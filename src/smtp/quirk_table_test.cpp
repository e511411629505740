#include "smtp/quirk_table.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "tests/support/scripted_stream.hpp"

namespace postroom::smtp {
namespace {

TEST(Quirks, AreChosenFromTheGreeting) {
  for (const char* name :
       {"220 smtp.gmail.com ESMTP x12-gsmtp", "220 mx.example ESMTP Exim 4.96 Mon, 23 Nov 2026",
        "220 X.outlook.office365.com Microsoft ESMTP MAIL Service ready at Mon",
        "220 mail.example.com ESMTP Postfix (Debian/GNU)"}) {
    EXPECT_TRUE(detect_quirks(name).takes_chunks) << name;
  }
  for (const char* name : {"220 mail.example.com ESMTP ready", "220 nginx", "220 Symantec Mail"}) {
    EXPECT_EQ(detect_quirks(name), Quirks{}) << name;
  }
  EXPECT_EQ(detect_quirks("220 host Dovecot ready."),
            (Quirks{.hello_again = true, .no_pipelining = true}));
  EXPECT_TRUE(detect_quirks("220 papercut.local Papercut ESMTP").no_pipelining);
}

TEST(Quirks, EachHasARowAndATranscript) {
  ASSERT_EQ(quirk_table().size(), 3U);
  for (const QuirkEntry& row : quirk_table()) {
    EXPECT_FALSE(row.servers.empty() || row.what.empty() || row.response.empty() ||
                 row.greeting[0].empty())
        << row.name;
    const auto path = std::filesystem::path("tests/transcripts/smtp") / row.transcript;
    EXPECT_NO_THROW(test::Script::load(path)) << path;
  }
}

}  // namespace
}  // namespace postroom::smtp
