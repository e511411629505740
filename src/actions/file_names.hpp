// Names of saved files: the `name` pattern of save_attachments and save_email.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postroom::actions {

// {name} in `pattern` becomes the word's value; an unknown word stays as it is. The result is one
// safe component.
std::string name_from_pattern(std::string_view pattern,
                              const std::vector<std::pair<std::string_view, std::string>>& words);

// "invoice.tar.gz" -> {"invoice.tar", ".gz"}; no extension: {"invoice", ""}.
std::pair<std::string, std::string> split_extension(std::string_view name);

}  // namespace postroom::actions
