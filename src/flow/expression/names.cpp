#include "flow/expression/names.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"
#include "mailbox/message.hpp"

namespace postroom::flow {
namespace {

enum class TokenKind { name, string, symbol, end };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string_view text;  // a string's without its quotes
  std::size_t offset = 0;
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_keyword(std::string_view text) {
  static constexpr std::array<std::string_view, 22> words{
      "and",      "break",  "do",   "else", "elseif", "end",  "false", "for",
      "function", "goto",   "if",   "in",   "local",  "nil",  "not",   "or",
      "repeat",   "return", "then", "true", "until",  "while"};
  return std::ranges::find(words, text) != words.end();
}

std::size_t level_of_bracket(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && text[end] == '=') ++end;
  return end < text.size() && text[end] == '[' ? end + 1 - at : 0;
}

// Words, strings and signs; anything odd ends it early (the compiler says what is wrong).
std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  std::size_t at = 0;
  auto skip_long = [&](std::size_t from, std::size_t length) {
    auto close = "]" + std::string(length - 2, '=') + "]";
    auto end = text.find(close, from + length);
    return end == std::string_view::npos ? text.size() : end + close.size();
  };
  while (at < text.size()) {
    char c = text[at];
    std::size_t start = at;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at;
    } else if (text.substr(at, 2) == "--") {
      auto length =
          at + 2 < text.size() && text[at + 2] == '[' ? level_of_bracket(text, at + 2) : 0;
      at = length ? skip_long(at + 2, length) : std::min(text.find('\n', at), text.size());
    } else if (is_letter(c)) {
      while (at < text.size() && (is_letter(text[at]) || is_digit(text[at]))) ++at;
      tokens.push_back({TokenKind::name, text.substr(start, at - start), start});
    } else if (is_digit(c) || (c == '.' && at + 1 < text.size() && is_digit(text[at + 1]))) {
      while (at < text.size() && (is_letter(text[at]) || is_digit(text[at]) || text[at] == '.')) {
        // 3..x is two operands and a concatenation only with a space before it; Lua reads it as a
        // bad number as well.
        ++at;
      }
      tokens.push_back({TokenKind::symbol, text.substr(start, at - start), start});
    } else if (c == '"' || c == '\'') {
      ++at;
      while (at < text.size() && text[at] != c) at += text[at] == '\\' ? 2 : 1;
      at = std::min(at, text.size());
      tokens.push_back({TokenKind::string, text.substr(start + 1, at - start - 1), start});
      at = std::min(at + 1, text.size());
    } else if (c == '[' && level_of_bracket(text, at)) {
      at = skip_long(at, level_of_bracket(text, at));
      tokens.push_back({TokenKind::symbol, text.substr(start, at - start), start});
    } else {
      auto two = text.substr(at, 2);
      bool is_pair = two == ".." || two == "::" || two == "==" || two == "~=" || two == "<=" ||
                     two == ">=" || two == "//" || two == "<<" || two == ">>";
      at += text.substr(at, 3) == "..." ? 3 : is_pair ? 2 : 1;
      tokens.push_back({TokenKind::symbol, text.substr(start, at - start), start});
    }
  }
  tokens.push_back({TokenKind::end, {}, text.size()});
  return tokens;
}

bool is(const Token& token, std::string_view symbol) {
  return token.kind == TokenKind::symbol && token.text == symbol;
}
bool is_word(const Token& token, std::string_view word) {
  return token.kind == TokenKind::name && token.text == word;
}

// Names that the expression declares: parameters, locals, loop variables.
std::set<std::string_view> declared_in(const std::vector<Token>& tokens) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (is_word(tokens[i], "function")) {
      std::size_t k = i + 1;
      while (k < tokens.size() && tokens[k].kind != TokenKind::end && !is(tokens[k], "(")) {
        if (i > 0 && is_word(tokens[i - 1], "local") && tokens[k].kind == TokenKind::name)
          names.insert(tokens[k].text);
        ++k;
      }
      for (; k < tokens.size() && tokens[k].kind != TokenKind::end && !is(tokens[k], ")"); ++k) {
        if (tokens[k].kind == TokenKind::name) names.insert(tokens[k].text);
      }
    } else if (is_word(tokens[i], "local") || is_word(tokens[i], "for")) {
      for (std::size_t k = i + 1; k < tokens.size(); ++k) {
        if (tokens[k].kind == TokenKind::name && !is_keyword(tokens[k].text))
          names.insert(tokens[k].text);
        else if (!is(tokens[k], ",") && !is(tokens[k], "<") && !is(tokens[k], ">"))
          break;
      }
    }
  }
  return names;
}

// A mail's property to what a listing must fetch.
void add_want(mailbox::Want& want, std::string_view property, const NameUse& use) {
  static constexpr std::array<std::string_view, 11> in_envelope{
      "subject", "from",       "to",          "cc",         "bcc",   "reply_to",
      "sent",    "message_id", "in_reply_to", "references", "sender"};
  if (std::ranges::find(in_envelope, property) != in_envelope.end())
    want.envelope = true;
  else if (property == "received")
    want.received = true;
  else if (property == "text" || property == "html" || property == "body")
    want.text = true;
  else if (property == "size")
    want.size = true;
  else if (property == "flags")
    want.flags = true;
  else if (property == "attachments" || property == "attachment_count")
    want.structure = true;
  else if (property == "invitation")
    want.structure = want.envelope = true;
  else if (property == "importance")
    want |= mailbox::Want{.headers = mailbox::importance_headers()};
  else if (property == "headers" && use.path.size() > 1)
    want |= mailbox::Want{.headers = {use.path[1]}};
  else if (property == "headers")
    want.all_headers = true;
}

}  // namespace

std::vector<NameUse> names_in(std::string_view expression) {
  auto tokens = tokens_of(expression);
  auto declared = declared_in(tokens);
  std::vector<NameUse> uses;
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    const auto& token = tokens[i];
    if (token.kind != TokenKind::name || is_keyword(token.text) || declared.contains(token.text))
      continue;
    if (i > 0 && (is(tokens[i - 1], ".") || is(tokens[i - 1], ":") || is(tokens[i - 1], "::") ||
                  is_word(tokens[i - 1], "goto")))
      continue;
    // A key of a table constructor: { name = value }.
    if (is(tokens[i + 1], "=") && i > 0 &&
        (is(tokens[i - 1], "{") || is(tokens[i - 1], ",") || is(tokens[i - 1], ";")))
      continue;
    NameUse use{.name = std::string(token.text), .offset = token.offset};
    std::size_t k = i + 1;
    while (k + 1 < tokens.size()) {
      if (is(tokens[k], ".") && tokens[k + 1].kind == TokenKind::name) {
        use.path.emplace_back(tokens[k + 1].text);
        k += 2;
      } else if (is(tokens[k], "[") && tokens[k + 1].kind == TokenKind::string &&
                 k + 2 < tokens.size() && is(tokens[k + 2], "]") &&
                 !tokens[k + 1].text.contains('\\')) {
        use.path.emplace_back(tokens[k + 1].text);
        k += 3;
      } else {
        break;
      }
    }
    use.is_open = is(tokens[k], "[");
    uses.push_back(std::move(use));
  }
  return uses;
}

std::string foreign_operator(std::string_view expression) {
  auto tokens = tokens_of(expression);
  int depth = 0;  // of table constructors, where = is right
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    const auto& token = tokens[i];
    const auto& next = tokens[i + 1];
    bool is_beside = next.offset == token.offset + token.text.size();
    if (is(token, "{")) ++depth;
    if (is(token, "}")) --depth;
    if (is(token, "!") && is_beside && (is(next, "=") || is(next, "==")))
      return "Lua writes ~= for \"not equal\", not !=";
    if (is(token, "!")) return "Lua writes not, not !";
    if (is(token, "&") && is_beside && is(next, "&")) return "Lua writes and, not &&";
    if (is(token, "|") && is_beside && is(next, "|")) return "Lua writes or, not ||";
    if (is(token, "=") && depth == 0) return "Lua writes == for \"equal\", not =";
  }
  return {};
}

bool is_variable_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > 64 || !is_letter(name[0]) || name == "_ENV" || name == "_G")
    return false;
  if (!std::ranges::all_of(name, [](char c) { return is_letter(c) || is_digit(c); })) return false;
  return !is_keyword(name) && std::ranges::find(builtin_names(), name) == builtin_names().end();
}

mailbox::Want want_of(const Template& text, std::string_view mail_name) {
  mailbox::Want want;
  for (const auto& piece : text.pieces) {
    if (!piece.is_expression) continue;
    for (const auto& use : names_in(piece.text)) {
      // The environment itself may yield any name.
      bool is_everything = use.name == "_ENV" || (use.name == mail_name && use.path.empty());
      if (is_everything) {
        want |= mailbox::Want{.envelope = true,
                              .flags = true,
                              .size = true,
                              .received = true,
                              .structure = true,
                              .text = true,
                              .all_headers = true};
      } else if (use.name == mail_name) {
        add_want(want, use.path.front(), use);
      }
    }
  }
  return want;
}

mailbox::Want want_of(const Node& node, std::string_view mail_name) {
  mailbox::Want want;
  if (const auto* text = std::get_if<Template>(&node.data)) return want_of(*text, mail_name);
  if (const auto* list = std::get_if<NodeList>(&node.data)) {
    for (const auto& item : *list) want |= want_of(item, mail_name);
  } else if (const auto* map = std::get_if<NodeMap>(&node.data)) {
    for (const auto& [name, item] : *map) want |= want_of(item, mail_name);
  } else if (const auto* steps = std::get_if<std::vector<Step>>(&node.data)) {
    want = want_of(std::span(*steps), mail_name);
  }
  return want;
}

mailbox::Want want_of(std::span<const Step> steps, std::string_view mail_name) {
  mailbox::Want want;
  for (const auto& step : steps) {
    if (!step.enabled) continue;
    for (const auto& [name, node] : step.fields) want |= want_of(node, mail_name);
  }
  return want;
}

}  // namespace postroom::flow
