// Compressed RTF as Outlook stores it (MS-OXRTFCP): LZFu and MELA. Pure, bounded. Inside mime.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace postroom::mime {

// The RTF. Nothing when it is no compressed RTF or would be larger than `limit`; what a damaged
// stream gives up to its damage is given.
std::optional<std::string> expand_rtf(std::string_view bytes, std::size_t limit);

}  // namespace postroom::mime
