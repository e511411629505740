#include "mailbox/want.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "mailbox/message.hpp"

namespace postroom::mailbox {
namespace {

void add_header(Want& want, const std::string& name) {
  auto is_same = [&](const std::string& there) { return base::ascii_iequals(there, name); };
  if (std::ranges::none_of(want.headers, is_same)) want.headers.push_back(name);
}

struct Needs {
  Want& want;

  void operator()(const All& all) const { visit_each(all.of); }
  void operator()(const Any& any) const { visit_each(any.of); }
  void operator()(const Not& negation) const { visit_each(negation.of); }
  void operator()(const FlagTest&) const { want.flags = true; }
  void operator()(const SizeTest&) const { want.size = true; }
  void operator()(const AttachmentTest&) const { want.structure = true; }

  void operator()(const TimeTest& test) const {
    if (test.field == TimeField::received) {
      want.received = true;
    } else {
      want.envelope = true;
    }
  }

  void operator()(const ImportanceTest&) const {
    for (const std::string& name : importance_headers()) add_header(want, name);
  }

  void operator()(const TextTest& test) const {
    switch (test.field) {
      case TextField::subject:
      case TextField::from:
      case TextField::to:
      case TextField::cc:
        want.envelope = true;
        break;
      case TextField::body:
        want.text = true;
        break;
      case TextField::attachment_name:
      case TextField::attachment_type:
        want.structure = true;
        break;
      case TextField::header:
        add_header(want, test.header_name);
        break;
    }
  }

 private:
  void visit_each(const std::vector<Query>& of) const {
    for (const Query& query : of) std::visit(*this, query.test);
  }
};

}  // namespace

Want& Want::operator|=(const Want& other) {
  envelope |= other.envelope;
  flags |= other.flags;
  size |= other.size;
  received |= other.received;
  structure |= other.structure;
  text |= other.text;
  all_headers |= other.all_headers;
  for (const std::string& name : other.headers) add_header(*this, name);
  return *this;
}

Want needs_of(const Query& query) {
  Want want;
  std::visit(Needs{want}, query.test);
  return want;
}

}  // namespace postroom::mailbox
