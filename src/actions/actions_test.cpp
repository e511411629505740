#include <gtest/gtest.h>

#include "actions/action.hpp"
#include "actions/field_values.hpp"
#include "actions/file_names.hpp"
#include "actions/outgoing.hpp"
#include "actions/registry.hpp"
#include "base/error.hpp"

namespace postroom::actions {
namespace {

void check_field(const FieldSpec& field, std::string_view where) {
  EXPECT_FALSE(field.label.en.empty()) << where << "." << field.name;
  EXPECT_FALSE(field.label.fr.empty()) << where << "." << field.name;
  EXPECT_FALSE(field.help.empty()) << where << "." << field.name;
  EXPECT_EQ(field.type == FieldType::choice, !field.choices.empty()) << where << "." << field.name;
  EXPECT_EQ(field.type == FieldType::group, !field.fields.empty()) << where << "." << field.name;
  if (field.type == FieldType::choice && !field.default_text.empty()) {
    bool known = false;
    for (const auto& choice : field.choices) known = known || choice.name == field.default_text;
    EXPECT_TRUE(known) << where << "." << field.name;
  }
  for (const auto& inner : field.fields) check_field(inner, field.name);
}

TEST(Registry, EveryActionIsWholeInBothLanguages) {
  for (const auto* spec : all_specs()) {
    EXPECT_FALSE(spec->label.fr.empty()) << spec->name;
    EXPECT_FALSE(spec->help.empty()) << spec->name;
    for (const auto& field : spec->fields) check_field(field, spec->name);
    EXPECT_EQ(find_spec(spec->name), spec);
    EXPECT_EQ(find_action(spec->name) == nullptr, spec->effect == Effect::structure) << spec->name;
    if (!spec->scalar_field.empty() && spec->scalar_field != "session") {
      EXPECT_NE(find_field(*spec, spec->scalar_field), nullptr) << spec->name;
    }
  }
  EXPECT_EQ(find_spec("conect"), nullptr);
}

TEST(FileNames, FillInThePatternAndStayOneComponent) {
  EXPECT_EQ(name_from_pattern("{date}_{name}", {{"date", "2026-11"}, {"name", "a.pdf"}}),
            "2026-11_a.pdf");
  EXPECT_EQ(name_from_pattern("{other} {name}", {{"name", "x"}}), "{other} x");
  EXPECT_EQ(name_from_pattern("{name}", {{"name", "../../etc/passwd"}}).find('/'),
            std::string::npos);
  EXPECT_FALSE(name_from_pattern("{name}", {{"name", ".."}}).starts_with('.'));
}

TEST(FileNames, SplitTheExtension) {
  EXPECT_EQ(split_extension("a.tar.gz"), (std::pair<std::string, std::string>("a.tar", ".gz")));
  EXPECT_EQ(split_extension(".bashrc"), (std::pair<std::string, std::string>(".bashrc", "")));
}

TEST(Addresses, InvalidOnesFailOrAreLeftOut) {
  base::Map fields{{"to", base::List{"Ann <ann@example.com>", "nonsense"}}};
  std::vector<std::string> skipped;
  EXPECT_THROW(addresses_of(fields, "to", OnInvalid::fail, skipped), base::Error);
  auto found = addresses_of(fields, "to", OnInvalid::skip, skipped);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].address, "ann@example.com");
  EXPECT_EQ(found[0].name, "Ann");
  EXPECT_EQ(skipped, std::vector<std::string>{"nonsense"});
}

TEST(Addresses, NoneWithALineBreakGetsThrough) {
  base::Map fields{{"to", "a@b.c\r\nRCPT TO:<x@y.z>"}};
  std::vector<std::string> skipped;
  for (const auto& address : addresses_of(fields, "to", OnInvalid::skip, skipped)) {
    EXPECT_EQ(address.address.find_first_of("\r\n "), std::string::npos);
  }
}

TEST(MessageId, IsTheSameForTheSameStep) {
  EXPECT_EQ(message_id_of("k1", "ann@example.com"), "<k1@example.com>");
  EXPECT_EQ(message_id_of("k1", "nobody"), "<k1@localhost>");
}

}  // namespace
}  // namespace postroom::actions
