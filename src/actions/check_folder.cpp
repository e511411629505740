// check_folder: whether a folder is there.
#include "actions/common_fields.hpp"
#include "actions/field_values.hpp"
#include "actions/specs.hpp"
#include "session/session.hpp"

namespace postroom::actions {
namespace {

class CheckFolder final : public Action {
 public:
  const ActionSpec& spec() const noexcept override {
    static const ActionSpec spec{
        .name = "check_folder",
        .label = {"Check if folder exists", "Vérifier si le dossier existe"},
        .help = "Sets a variable to true or false.",
        .uses_session = true,
        .fields = {{.name = "folder",
                    .type = FieldType::folder,
                    .label = {"Folder", "Dossier"},
                    .help = "A path, or a role such as @archive.",
                    .required = true},
                   as_field("Holds true or false afterwards.")},
    };
    return spec;
  }

  Task<Result> run(Invocation invocation) const override {
    std::string folder = text_of(invocation.fields, "folder");
    auto found = co_await invocation.session->store().folder(folder);
    co_return Result{
        .as = found.has_value(),
        .summary = found ? "folder " + folder + " is there" : "folder " + folder + " is not there"};
  }
};

}  // namespace

const Action& check_folder() {
  static const CheckFolder action;
  return action;
}

}  // namespace postroom::actions
