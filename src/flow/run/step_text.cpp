#include "flow/run/step_text.hpp"

#include "mime/sha256.hpp"

namespace postroom::flow {
namespace {

void write(const Step& step, std::string& out);

// Each piece with its length before it, so that pieces cannot run into each other.
void write(std::string_view text, std::string& out) {
  out += std::to_string(text.size());
  out += ':';
  out += text;
}

void write(const Node& node, std::string& out) {
  if (const auto* text = std::get_if<Template>(&node.data)) {
    out += text->is_quoted ? "q" : "t";
    for (const auto& piece : text->pieces) {
      out += piece.is_expression ? 'e' : 'l';
      write(piece.text, out);
    }
    out += ';';
  } else if (const auto* list = std::get_if<NodeList>(&node.data)) {
    out += '[';
    for (const auto& item : *list) write(item, out);
    out += ']';
  } else if (const auto* map = std::get_if<NodeMap>(&node.data)) {
    out += '{';
    for (const auto& [key, item] : *map) {
      write(key, out);
      write(item, out);
    }
    out += '}';
  } else {
    out += '(';
    for (const auto& step : std::get<std::vector<Step>>(node.data)) write(step, out);
    out += ')';
  }
}

void write(const Step& step, std::string& out) {
  if (!step.enabled) return;
  write(step.spec->name, out);
  write(step.session, out);
  write(step.mail, out);
  for (const auto& [name, node] : step.fields) {
    write(name, out);
    write(node, out);
  }
}

}  // namespace

std::string step_hash(const Step& step) {
  std::string text;
  write(step, text);
  return mime::sha256_hex(text);
}

std::vector<std::string> step_hashes(const std::vector<Step>& steps) {
  std::vector<std::string> hashes;
  for (const auto& step : steps) hashes.push_back(step_hash(step));
  return hashes;
}

}  // namespace postroom::flow
