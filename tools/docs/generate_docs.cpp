// generate_docs [--check] FOLDER: writes mail-servers.md, actions.md and quirks.md from the tables in
// the program; with --check it only says whether they are up to date.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "account/provider_table.hpp"
#include "actions/registry.hpp"
#include "imap/quirk_table.hpp"
#include "smtp/quirk_table.hpp"

namespace {

using namespace postroom;

std::string cell(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

void add_fields(const std::vector<actions::FieldSpec>& fields, const std::string& prefix, std::string& out) {
  for (const auto& field : fields) {
    std::string type(actions::in_words(field.type));
    for (const auto& choice : field.choices) type += fmt::format(" `{}`", choice.name);
    std::string fallback = field.required                ? "required"
                           : field.default_text.empty() ? ""
                                                        : fmt::format("`{}`", field.default_text);
    out += fmt::format("| `{}{}` | {} | {} | {} | {} |\n", prefix, field.name, cell(type), fallback, cell(field.help),
                       cell(field.label.fr));
    add_fields(field.fields, prefix + std::string(field.name) + ".", out);
  }
}

std::string actions_as_markdown() {
  std::string out =
      "# Actions\n\nMade from the registry that reads flow files; `postroom actions NAME` shows the same. Actions that use a "
      "session also take `session`: inside a mail loop it is the loop's unless given, outside it may be left out when "
      "only one is connected.\n";
  for (const auto* spec : actions::all_specs()) {
    out += fmt::format("\n## {}\n\n*{}* · *{}*. {}", spec->name, spec->label.en, spec->label.fr, spec->help);
    if (spec->place == actions::Place::inside_mail_loop) out += " Only inside `for_each_mail`.";
    if (spec->place == actions::Place::outside_mail_loop) out += " Only outside `for_each_mail`.";
    out += "\n";
    if (auto form = actions::short_form(*spec); actions::has_only_short_form(*spec)) {
      out += fmt::format("\nWritten `{}`: it has no fields of its own.\n", form);
      continue;
    } else if (!form.empty()) {
      out += fmt::format("\nShort form: `{}`", form);
      out += fmt::format(", which gives `{}`.\n", spec->scalar_field);
    }
    if (spec->fields.empty()) continue;
    out += "\n| field | type | default | meaning | French label |\n|---|---|---|---|---|\n";
    add_fields(spec->fields, "", out);
  }
  return out;
}

std::string sign_in_words(const imap::QuirkSign& sign) {
  using Where = imap::QuirkSign::Where;
  switch (sign.where) {
    case Where::greeting:
      return fmt::format("the greeting says \"{}\"", sign.text);
    case Where::capability:
      return fmt::format("the capability `{}`", sign.text);
    case Where::server_id:
      return fmt::format("the reply to ID names \"{}\"", sign.text);
    case Where::refusal:
      return fmt::format("a refusal with `[{}]`", sign.text);
    case Where::none:
      break;
  }
  return {};
}

std::string how_chosen(const imap::QuirkEntry& entry) {
  std::string out;
  for (const imap::QuirkSign& sign : entry.signs) {
    const std::string words = sign_in_words(sign);
    if (!words.empty()) out += (out.empty() ? "" : ", or ") + words;
  }
  return out.empty() ? "not by itself: nothing that a server says tells it" : out;
}

std::string how_chosen(const smtp::QuirkEntry& entry) {
  std::string out;
  for (std::string_view sign : entry.greeting) {
    if (!sign.empty()) out += fmt::format("{}\"{}\"", out.empty() ? "" : " or ", sign);
  }
  return "the greeting says " + out;
}

std::string quirks_as_markdown() {
  std::string out =
      "# What mail servers do otherwise\n\nPostroom finds out by itself what a server is like; "
      "nothing of this has to be set. Each row names a conversation in `tests/transcripts/imap/` or "
      "`tests/transcripts/smtp/`, which the tests play; most are written from what is known of such "
      "servers, not recorded.\n\n## IMAP quirks\n\nWhat changes how Postroom speaks to an IMAP "
      "server.\n\n"
      "| Quirk | Servers | The server | Postroom | How it is chosen | Transcript |\n"
      "|---|---|---|---|---|---|\n";
  for (const auto& entry : imap::quirk_table())
    out += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", entry.name, cell(entry.servers),
                       cell(entry.what), cell(entry.response), cell(how_chosen(entry)), entry.transcript);
  out +=
      "\n## IMAP tolerances\n\nWhat some server sends although the standard forbids it, and which is "
      "always understood.\n\n| Tolerance | Servers | The server | Postroom | Transcript |\n"
      "|---|---|---|---|---|\n";
  for (const auto& entry : imap::tolerance_table())
    out += fmt::format("| `{}` | {} | {} | {} | {} |\n", entry.name, cell(entry.servers), cell(entry.what),
                       cell(entry.response), entry.transcript);
  out +=
      "\n## SMTP quirks\n\nWhat changes how Postroom sends.\n\n"
      "| Quirk | Servers | The server | Postroom | How it is chosen | Transcript |\n"
      "|---|---|---|---|---|---|\n";
  for (const auto& entry : smtp::quirk_table())
    out += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", entry.name, cell(entry.servers),
                       cell(entry.what), cell(entry.response), cell(how_chosen(entry)), entry.transcript);
  return out;
}

std::string load(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool is_current(const std::string& file, const std::string& text, bool only_check) {
  if (load(file) == text) return true;
  if (only_check) {
    std::fputs(fmt::format("{} is out of date: run ./dev docs\n", file).c_str(), stderr);
    return false;
  }
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.flush();
  return out.good();
}

}  // namespace

int main(int argc, char** argv) {
  bool only_check = argc == 3 && std::string_view(argv[1]) == "--check";
  if (argc != (only_check ? 3 : 2)) {
    std::fputs("usage: generate_docs [--check] FOLDER\n", stderr);
    return 64;
  }
  std::string folder = argv[argc - 1];
  bool servers = is_current(folder + "/mail-servers.md", account::providers_as_markdown(), only_check);
  bool actions = is_current(folder + "/actions.md", actions_as_markdown(), only_check);
  bool quirks = is_current(folder + "/quirks.md", quirks_as_markdown(), only_check);
  return servers && actions && quirks ? 0 : 1;
}
