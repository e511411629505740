// Files written into plain text: uuencode ("begin 644 a.pdf ... end"), its base64 form, and yEnc.
// Words that merely look like it stay words. Inside mime; others see the files as attachments
// (packed.hpp).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace postroom::mime {

struct EncodedBlock {
  std::string name;     // as written, decoded to UTF-8
  std::string bytes;    // decoded
  std::string problem;  // what is wrong with it, the end of a sentence; empty when all was well
};

struct BlockLimits {
  std::size_t blocks = 200;              // in one text
  std::size_t bytes = 64 * 1024 * 1024;  // decoded, of all
};

// In the order of the text.
std::vector<EncodedBlock> find_encoded_blocks(std::string_view text,
                                              const BlockLimits& limits = {});

}  // namespace postroom::mime
