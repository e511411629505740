// delete: takes the message in hand out of its folder, to the trash or for good.
#include "actions/field_values.hpp"
#include "actions/specs.hpp"
#include "session/session.hpp"

namespace postroom::actions {
namespace {

class Delete final : public Action {
 public:
  const ActionSpec& spec() const noexcept override {
    static const ActionSpec spec{
        .name = "delete",
        .label = {"Delete", "Supprimer"},
        .help = "Moves the message to the trash, or deletes it for good.",
        .place = Place::inside_mail_loop,
        .effect = Effect::mailbox,
        .uses_session = true,
        .fields = {{.name = "how",
                    .type = FieldType::choice,
                    .label = {"How", "Méthode"},
                    .help = "Left out: to the trash, and an error where the mailbox has none.",
                    .default_text = "trash",
                    .choices = {{"trash", {"To the trash", "Mettre à la corbeille"}},
                                {"permanent", {"For good", "Définitivement"}}},
                    .beyond_reference = true}},
        .scalar_field = "how",
    };
    return spec;
  }

  Task<Result> run(Invocation invocation) const override {
    bool permanent = text_of(invocation.fields, "how", "trash") == "permanent";
    if (!permanent) {
      // Before the first message is touched, not in the middle of a set.
      auto trash = co_await invocation.mail->session->store().folder("@trash");
      if (!trash) {
        throw base::Error(base::ErrorKind::not_found, "folder.no_trash",
                          "this mailbox has no trash folder",
                          "write how: permanent to delete for good, or move to a folder of yours");
      }
    }
    Mutation mutation{.verb = Verb::remove,
                      .how = permanent ? mailbox::Removal::permanent : mailbox::Removal::trash};
    co_await invocation.around.mutate(*invocation.mail, std::move(mutation));
    co_return Result{.summary = permanent ? "delete for good" : "move to the trash"};
  }
};

}  // namespace

const Action& remove() {
  static const Delete action;
  return action;
}

}  // namespace postroom::actions
