// reply: answers the message in hand, in its thread. Never answers automatic mail: two machines
// that answer each other do not stop.
#include "mime/reply.hpp"

#include <fmt/format.h>

#include "actions/common_fields.hpp"
#include "actions/field_values.hpp"
#include "actions/outgoing.hpp"
#include "actions/specs.hpp"
#include "mime/automatic.hpp"
#include "session/session.hpp"

namespace postroom::actions {
namespace {

std::vector<FieldSpec> reply_fields() {
  auto fields = body_fields();
  fields.push_back({.name = "subject",
                    .type = FieldType::text,
                    .label = {"Subject", "Objet"},
                    .help = "Left out: \"Re: \" and the original's."});
  fields.push_back(cc_field());
  fields.push_back(bcc_field());
  fields.push_back(attachments_field());
  fields.push_back(from_field());
  fields.push_back({.name = "quote",
                    .type = FieldType::boolean,
                    .label = {"Quote the original", "Citer l'original"},
                    .help = "Puts the original under the answer.",
                    .default_text = "true",
                    .beyond_reference = true});
  return fields;
}

mime::Headers headers_of(const mailbox::Message& message) {
  mime::Headers headers;
  for (const auto& [name, value] : message.headers) headers.push_back({name, value});
  return headers;
}

class Reply final : public Action {
 public:
  const ActionSpec& spec() const noexcept override {
    static const ActionSpec spec{
        .name = "reply",
        .label = {"Reply", "Répondre"},
        .help =
            "Answers the message, in its thread. Automatic mail (out-of-office notes, lists, "
            "bounces) is left alone.",
        .place = Place::inside_mail_loop,
        .effect = Effect::irrevocable,
        .uses_session = true,
        .needs_transport = true,
        .fields = reply_fields(),
        .scalar_field = "text",
    };
    return spec;
  }

  mailbox::Want want(const base::Map& constants) const override {
    mailbox::Want want{.envelope = true, .text = flag_of(constants, "quote", true)};
    for (auto name : mime::automatic_headers()) want.headers.emplace_back(name);
    return want;
  }

  Task<Result> run(Invocation invocation) const override {
    const auto& fields = invocation.fields;
    mailbox::Message& message = *invocation.mail->message;
    // The session that sends may be another one than the loop's.
    session::Session& session = *invocation.session;

    mime::ReplyOptions options;
    options.from = sender_of(fields, session);
    options.own = {options.from.address, session.own_address()};
    options.text = text_of(fields, "text");
    options.html = text_of(fields, "html");
    options.subject = text_of(fields, "subject");
    options.quote = flag_of(fields, "quote", true);

    if (auto reason = mime::automatic_reason(headers_of(message), message.envelope, options.own)) {
      co_return Result{.summary = "no reply: " + *reason};
    }
    mime::Original original{
        .envelope = message.envelope, .text = message.text, .html = message.html};
    mime::Draft draft = mime::make_reply(original, options);
    std::vector<std::string> none;
    for (auto& address : addresses_of(fields, "cc", OnInvalid::fail, none))
      draft.cc.push_back(std::move(address));
    draft.bcc = addresses_of(fields, "bcc", OnInvalid::fail, none);
    draft.attachments = attachments_of(fields, true, none);
    if (draft.to.empty() && draft.cc.empty() && draft.bcc.empty()) {
      co_return Result{.summary = "no reply: the message names nobody to answer"};
    }
    draft.message_id = message_id_of(invocation.idempotency_key, draft.from.address);

    Result result = co_await send_draft(invocation.around, session, std::move(draft),
                                        SentCopy::automatic, "reply");
    std::string trouble = co_await mark_answered(invocation);
    if (!trouble.empty() && result.warning.empty()) result.warning = std::move(trouble);
    co_return result;
  }

 private:
  // The answer has gone: whatever happens here must not fail the step, or it would go again.
  static Task<std::string> mark_answered(Invocation& invocation) {
    if (!invocation.mail->session->store().can_flag()) co_return "";
    try {
      Mutation mutation{
          .verb = Verb::change_status, .flag = mailbox::Flag::answered, .is_set = true};
      co_await invocation.around.mutate(*invocation.mail, std::move(mutation));
    } catch (const base::Error& error) {
      co_return "sent, but the original could not be marked answered: " + error.message();
    }
    co_return "";
  }
};

}  // namespace

const Action& reply() {
  static const Reply action;
  return action;
}

}  // namespace postroom::actions
