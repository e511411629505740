// Output: data to stdout, everything else to stderr; colour only on a terminal; errors as text or
// JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.hpp"

namespace postroom::cli {

bool is_terminal(int descriptor) noexcept;

// Whole lines, so that those of two processes do not mix.
void print_out(std::string_view line);
void print_err(std::string_view line);

// A broken pipe or a full disk under stdout: what was printed did not arrive. Throws Error{storage,
// "output.failed"}.
void flush_out();

// "postroom: error: MESSAGE [code]", then what the server said and "postroom: hint: HINT".
void print_error(const base::Error& error);

// The error in lines for a person: the cause, what the server said, the hint.
std::vector<std::string> error_lines(const base::Error& error);

nlohmann::json to_json(const base::Error& error);

// A message by its subject and sender, each cut to a width: "Invoice 7, from jane@example.com".
std::string title_of(std::string_view subject, std::string_view from);

// A text from a mail made fit for one column: control characters gone, at most `width` characters,
// "…" where cut.
std::string column(std::string_view text, std::size_t width);

}  // namespace postroom::cli
