// change_status: marks the message in hand read, unread, flagged or unflagged.
#include "actions/field_values.hpp"
#include "actions/specs.hpp"

namespace postroom::actions {
namespace {

class ChangeStatus final : public Action {
 public:
  const ActionSpec& spec() const noexcept override {
    static const ActionSpec spec{
        .name = "change_status",
        .label = {"Change status", "Changer l'état"},
        .help = "Marks the message read, unread, flagged or unflagged.",
        .place = Place::inside_mail_loop,
        .effect = Effect::mailbox,
        .uses_session = true,
        .needs_flags = true,
        .fields = {{.name = "to",
                    .type = FieldType::choice,
                    .label = {"Change status to", "Changer l'état en"},
                    .help = "The new status.",
                    .required = true,
                    .choices = {{"read", {"Read", "Lu"}},
                                {"unread", {"Unread", "Non lu"}},
                                {"flagged", {"Flagged", "Marqué d'un drapeau"}},
                                {"unflagged", {"Not flagged", "Sans drapeau"}}}}},
        .scalar_field = "to",
    };
    return spec;
  }

  Task<Result> run(Invocation invocation) const override {
    std::string to = text_of(invocation.fields, "to");
    Mutation mutation{
        .verb = Verb::change_status,
        .flag = to == "read" || to == "unread" ? mailbox::Flag::seen : mailbox::Flag::flagged,
        .is_set = to == "read" || to == "flagged"};
    co_await invocation.around.mutate(*invocation.mail, std::move(mutation));
    co_return Result{.summary = "mark " + to};
  }
};

}  // namespace

const Action& change_status() {
  static const ChangeStatus action;
  return action;
}

}  // namespace postroom::actions
