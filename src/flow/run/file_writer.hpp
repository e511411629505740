// FileWriter: files that appear under their name only when they are whole and on disk. Whatever
// happens, there is either no file or the right one.
//
// Knows: names, numbering, what lies there already. Does not know: where the bytes come from.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "actions/action.hpp"
#include "base/byte_stream.hpp"
#include "base/task.hpp"

namespace postroom::flow {

using base::Task;

// Makes target.directory as needed, lets `fill` write, and gives the file its name: the next free
// "name-2.pdf" for Overwrite::number. A file of the same bytes under that name (or a numbered one)
// is left as it is and counts as saved, so that doing it again after a crash makes no second copy.
// Throws Error{storage}: file.disk_full, file.not_writable, file.exists (Overwrite::fail); and what
// `fill` throws. Symbolic links are not followed for the last component.
Task<actions::SavedFile> save_file(actions::FileTarget target,
                                   std::function<Task<void>(base::ByteSink&)> fill);

// "invoice.pdf", 2 -> "invoice-2.pdf".
std::string numbered(const std::string& name, int number);

}  // namespace postroom::flow
