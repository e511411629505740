#include "mime/part_tree.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "mime/header_text.hpp"

namespace postroom::mime {
namespace {

std::string token(std::string_view text) {
  std::string out;
  for (char c : base::ascii_lower(base::trim(text))) {
    if (c > ' ' && c < 0x7F && c != '/' && c != '"') out += c;
  }
  return out;
}

std::string without_brackets(std::string_view id) {
  id = base::trim(id);
  if (id.starts_with('<')) id.remove_prefix(1);
  if (id.ends_with('>')) id.remove_suffix(1);
  return base::to_valid_utf8(base::trim(id));
}

// Content-Location may be folded in the middle of the address (RFC 2557 section 4.4.2).
std::string location(std::string_view raw) {
  std::string out = decode_header(raw);
  std::erase(out, ' ');
  return out;
}

// RFC 2046 section 5.2.3, RFC 2017 section 3.
std::string access_of(const RawParams& params) {
  std::string access = base::ascii_lower(decode_param(params, "access-type"));
  if (access.empty()) return {};
  for (std::string_view name : {"url", "site", "server", "directory", "name"}) {
    std::string value = decode_param(params, name);
    if (name == "url") std::erase(value, ' ');  // folded into several
    if (!value.empty()) access += " " + value;
  }
  return access;
}

// RFC 2046 section 5.2.2: the total is required of the last fragment only.
std::string fragment_of(const RawParams& params) {
  std::string number = decode_param(params, "number");
  std::string total = decode_param(params, "total");
  if (number.empty()) return {};
  return total.empty() ? number : number + " of " + total;
}

void number_below(Part& part, const std::string& prefix) {
  for (std::size_t i = 0; i < part.children.size(); ++i) {
    Part& child = part.children[i];
    child.id = prefix.empty() ? std::to_string(i + 1) : prefix + "." + std::to_string(i + 1);
    if (!child.is_message() || child.children.empty()) {
      number_below(child, child.id);
      continue;
    }
    Part& nested = child.children.front();
    if (nested.is_multipart()) {
      nested.id = child.id + ".TEXT";
      number_below(nested, child.id);
    } else {
      number_below(child, child.id);
    }
  }
}

}  // namespace

Part make_part(const PartFields& fields) {
  Part part;
  part.type = token(fields.type);
  part.subtype = token(fields.subtype);
  if (part.type.empty()) part.type = "text";
  if (part.subtype.empty()) part.subtype = part.type == "text" ? "plain" : "octet-stream";
  part.name = decode_param(fields.disposition_params, "filename");
  if (part.name.empty()) part.name = decode_param(fields.params, "name");
  if (part.name.empty()) part.name = decode_param(fields.disposition_params, "name");
  if (part.name.empty()) part.name = decode_param(fields.params, "filename");
  part.disposition = token(fields.disposition);
  part.content_id = without_brackets(fields.id);
  part.content_location = location(fields.location);
  part.encoding = token(fields.encoding);
  part.charset = decode_param(fields.params, "charset");
  part.start = without_brackets(decode_param(fields.params, "start"));
  part.flowed = base::ascii_iequals(decode_param(fields.params, "format"), "flowed");
  part.delsp = base::ascii_iequals(decode_param(fields.params, "delsp"), "yes");
  if (part.is("message", "external-body")) part.access = access_of(fields.params);
  if (part.is("message", "partial")) part.fragment = fragment_of(fields.params);
  part.smime_type = token(decode_param(fields.params, "smime-type"));
  part.size = part.is_multipart() ? 0 : fields.size;
  part.method = decode_param(fields.params, "method");
  std::ranges::transform(part.method, part.method.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  return part;
}

void number_parts(Part& root) {
  if (root.is_multipart()) {
    root.id.clear();
    number_below(root, {});
    return;
  }
  // A message that is one part: the same as a multipart of one.
  Part holder;
  holder.children.push_back(std::move(root));
  number_below(holder, {});
  root = std::move(holder.children.front());
}

const Part* find_part(const Part& root, std::string_view id) {
  if (root.id == id) return &root;
  for (const auto& child : root.children) {
    // Ids grow from left to right, so only one branch can hold it.
    std::string_view at = child.id;
    bool text = at.ends_with(".TEXT");
    std::string_view prefix = text ? at.substr(0, at.size() - 5) : at;
    if (at != id &&
        !(id.starts_with(prefix) && id.size() > prefix.size() && id[prefix.size()] == '.'))
      continue;
    if (const Part* found = find_part(child, id)) return found;
  }
  return nullptr;
}

}  // namespace postroom::mime
