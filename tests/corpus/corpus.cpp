#include "tests/corpus/corpus.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace postroom::test {
namespace {

std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

std::optional<std::string> maybe(const nlohmann::json& value) {
  return value.is_null() ? std::nullopt : std::optional(value.get<std::string>());
}

CorpusFile file_of(const nlohmann::json& row) {
  CorpusFile file;
  file.name = row.at("name");
  file.type = row.at("type");
  file.path = row.at("path");
  file.is_inline = row.at("inline");
  file.is_absent = row.at("absent");
  if (row.contains("sha256")) file.sha256 = row.at("sha256");
  return file;
}

std::string line(std::string_view name, std::string_view type, bool is_inline, bool is_absent,
                 std::string_view path, std::string_view sha256) {
  return fmt::format("{} | {}{}{} | {} | {}\n", name, type, is_inline ? " inline" : "",
                     is_absent ? " absent" : "", path, sha256);
}

// A server spells out what RFC 2045 lets a message leave out.
void add_tree(const mime::Part& part, int depth, bool with_sizes, std::string& out) {
  const std::string encoding =
      part.encoding.empty() && !part.is_multipart() ? "7bit" : part.encoding;
  const std::string charset =
      part.charset.empty() && part.type == "text" ? "us-ascii" : part.charset;
  out +=
      fmt::format("{:{}}{} {}/{} name={} disposition={} cid={} location={} encoding={} charset={}",
                  "", depth, part.id, part.type, part.subtype, part.name, part.disposition,
                  part.content_id, part.content_location, encoding, charset);
  if (with_sizes) out += fmt::format(" size={}", part.size);
  if (part.envelope) out += " subject=" + part.envelope->subject;
  out += '\n';
  for (const mime::Part& child : part.children) add_tree(child, depth + 1, with_sizes, out);
}

}  // namespace

const std::vector<CorpusCase>& corpus() {
  static const std::vector<CorpusCase> cases = [] {
    const std::filesystem::path folder = POSTROOM_CORPUS;
    std::vector<CorpusCase> all;
    for (const auto& row : nlohmann::json::parse(read_file(folder / "cases.json"))) {
      CorpusCase one;
      one.name = row.at("name");
      one.file = (folder / row.at("file").get<std::string>()).string();
      one.bytes = read_file(one.file);
      if (!row.at("files").is_null()) {
        one.files.emplace();
        for (const auto& file : row.at("files")) one.files->push_back(file_of(file));
      }
      one.text = maybe(row.at("text"));
      one.html = maybe(row.at("html"));
      one.subject = maybe(row.at("subject"));
      one.sender = maybe(row.at("from"));
      for (const auto& warning : row.at("warnings")) one.warnings.push_back(warning);
      one.same_tree = row.at("tree");
      one.same_saved = row.at("saved");
      all.push_back(std::move(one));
    }
    return all;
  }();
  return cases;
}

std::string line_of(const CorpusFile& file) {
  return line(file.name, file.type, file.is_inline, file.is_absent, file.path, file.sha256);
}

std::string line_of(const mime::Attachment& found, std::string_view sha256) {
  return line(found.name, found.type, found.inline_, found.is_absent, found.path, sha256);
}

std::string tree_of(const mime::Part& root, std::string_view bytes) {
  // A server counts every line end as two octets.
  bool with_sizes = true;
  for (std::size_t at = bytes.find('\n'); at != std::string_view::npos;
       at = bytes.find('\n', at + 1))
    with_sizes = with_sizes && at > 0 && bytes[at - 1] == '\r';
  std::string out;
  add_tree(root, 0, with_sizes, out);
  return out;
}

}  // namespace postroom::test
