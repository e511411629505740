// Comparing text as people do: Unicode case folding and compatibility forms (NFKC). Pure.
#pragma once

#include <string>
#include <string_view>

namespace postroom::mime {

// Case-folded NFKC: "ＳＴＲＡẞE" and "strasse" fold to the same bytes. Invalid UTF-8 is replaced
// first. Fold a needle once and keep it, if many texts are searched.
std::string fold(std::string_view utf8);

// Both are folded here. An empty needle is in every text.
bool contains_folded(std::string_view text, std::string_view needle);
bool equals_folded(std::string_view a, std::string_view b);

// NFC, for file names. Invalid UTF-8 is replaced.
std::string to_nfc(std::string_view utf8);

}  // namespace postroom::mime
