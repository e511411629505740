// Bodies: the one or two leaves of a tree that are the message's words. Inside mime; others ask
// text_part and html_part.
#pragma once

#include "mime/attachments.hpp"

namespace postroom::mime {

struct Bodies {
  const Part* plain = nullptr;
  const Part* html = nullptr;
};

Bodies find_bodies(const Part& root);

}  // namespace postroom::mime
