// The corpus: odd messages and what each must be found to hold (make_corpus.py).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mime/attachments.hpp"
#include "mime/part_tree.hpp"

namespace postroom::test {

struct CorpusFile {
  std::string name, type, path, sha256;  // sha256 is empty where the recipe does not say it
  bool is_inline = false, is_absent = false;
};

struct CorpusCase {
  std::string name, bytes, file;
  std::optional<std::vector<CorpusFile>> files;  // nothing: anything may be found
  std::optional<std::string> text, html, subject, sender;
  std::vector<std::string> warnings;  // each is part of one; none: there must be none
  bool same_tree = true;              // a server's BODYSTRUCTURE says the same
  bool same_saved = true;             // and what is saved over IMAP is the same, too
};

const std::vector<CorpusCase>& corpus();

// One line a file, for comparing and for people: "a.pdf application/pdf inline winmail.dat/a.pdf
// 3fa8..."
std::string line_of(const CorpusFile& file);
std::string line_of(const mime::Attachment& found, std::string_view sha256);

// One line a part.
std::string tree_of(const mime::Part& root, std::string_view bytes);

}  // namespace postroom::test
