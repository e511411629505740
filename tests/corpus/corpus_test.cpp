// Every message of the corpus, read from its bytes, against what its recipe put in.
#include "tests/corpus/corpus.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "mime/message.hpp"
#include "mime/sha256.hpp"

namespace postroom::test {
namespace {

std::string sha256_of(const mime::Message& message, const std::string& part_id) {
  base::StringSink sink;
  message.write_part(part_id, sink);
  return mime::sha256_hex(sink.text);
}

void check_files(const CorpusCase& one, const mime::Message& message) {
  const std::vector<mime::Attachment> found = message.attachments(mime::Nested::recurse);
  std::string seen, wanted;
  for (std::size_t i = 0; i < found.size(); ++i) {
    // Its bytes can be written, whether or not the recipe says which they are.
    std::string sum = sha256_of(message, found[i].part_id);
    if (!one.files || i >= one.files->size() || (*one.files)[i].sha256.empty()) sum.clear();
    seen += line_of(found[i], sum);
  }
  if (!one.files) return;
  for (const CorpusFile& file : *one.files) wanted += line_of(file);
  EXPECT_EQ(seen, wanted) << one.name << "\n" << one.file;
}

void check_warnings(const CorpusCase& one, const mime::Message& message) {
  const std::string all = base::join(message.warnings(), "\n");
  if (one.warnings.empty()) EXPECT_EQ(all, "") << one.name;
  for (const std::string& words : one.warnings)
    EXPECT_TRUE(all.contains(words)) << one.name << ": \"" << words << "\" is not in\n" << all;
}

TEST(CorpusTest, HoldsEnough) { EXPECT_GE(corpus().size(), 300U); }

TEST(CorpusTest, EveryMessageIsReadAsItsRecipeSays) {
  for (const CorpusCase& one : corpus()) {
    const mime::Message message = mime::Message::load(one.file);
    check_files(one, message);
    if (one.text) EXPECT_EQ(message.text(), *one.text) << one.name;
    if (one.html) EXPECT_EQ(message.html(), *one.html) << one.name;
    if (one.subject) EXPECT_EQ(message.envelope().subject, *one.subject) << one.name;
    if (one.sender) {
      const auto& from = message.envelope().from;
      EXPECT_EQ(from.empty() ? "" : from.front().address, *one.sender) << one.name;
    }
    check_warnings(one, message);
    EXPECT_TRUE(base::is_valid_utf8(message.text() + message.html())) << one.name;
    base::StringSink whole;
    message.write_part("", whole);
    EXPECT_TRUE(whole.text == one.bytes) << one.name;
  }
}

// A listing without the insides names nothing that is not there, and misses only what is packed.
TEST(CorpusTest, EveryUnopenedListingIsAPartOfTheTree) {
  for (const CorpusCase& one : corpus()) {
    const mime::Message message = mime::Message::parse(one.bytes);
    for (const mime::Attachment& row : message.unopened_attachments(mime::Nested::recurse))
      EXPECT_NE(mime::find_part(message.root(), row.part_id), nullptr) << one.name;
  }
}

}  // namespace
}  // namespace postroom::test
