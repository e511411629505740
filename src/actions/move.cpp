// move: puts the message in hand into another folder of its mailbox.
#include "actions/field_values.hpp"
#include "actions/specs.hpp"

namespace postroom::actions {
namespace {

class Move final : public Action {
 public:
  const ActionSpec& spec() const noexcept override {
    static const ActionSpec spec{
        .name = "move",
        .label = {"Move", "Déplacer"},
        .help =
            "Moves the message to another folder. Nothing is deleted that was not confirmed "
            "copied.",
        .place = Place::inside_mail_loop,
        .effect = Effect::mailbox,
        .uses_session = true,
        .needs_move = true,
        .fields = {{.name = "to",
                    .type = FieldType::folder,
                    .label = {"Destination folder path", "Chemin du dossier de destination"},
                    .help = "Inbox/Done, or a role such as @archive.",
                    .required = true},
                   {.name = "create",
                    .type = FieldType::boolean,
                    .label = {"Create the folder if missing", "Créer le dossier s'il n'existe pas"},
                    .help = "Makes the folder when it is not there.",
                    .default_text = "false",
                    .beyond_reference = true}},
        .scalar_field = "to",
    };
    return spec;
  }

  Task<Result> run(Invocation invocation) const override {
    std::string to = text_of(invocation.fields, "to");
    bool create = flag_of(invocation.fields, "create", false);
    std::string target =
        co_await invocation.around.target_folder(*invocation.mail->session, to, create);
    Result result{.summary = "move to " + target};
    Mutation mutation{.verb = Verb::move, .target = std::move(target)};
    co_await invocation.around.mutate(*invocation.mail, std::move(mutation));
    co_return result;
  }
};

}  // namespace

const Action& move() {
  static const Move action;
  return action;
}

}  // namespace postroom::actions
