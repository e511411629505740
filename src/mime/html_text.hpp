// HTML to readable text: blocks become lines, entities characters, links "text (url)"; scripts and
// styles go. For searching, previews and plain-text alternatives; not a browser. Linear in time,
// never throws.
#pragma once

#include <string>
#include <string_view>

namespace postroom::mime {

std::string html_to_text(std::string_view html);

// Text as HTML: & < > " escaped, line ends become <br>.
std::string text_to_html(std::string_view text);

}  // namespace postroom::mime
