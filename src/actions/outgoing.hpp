// What send and reply share: bodies, attachments, importance, sender, outcome in words.
#pragma once

#include "actions/action.hpp"

namespace postroom::actions {

std::vector<FieldSpec> body_fields();
FieldSpec attachments_field();
FieldSpec cc_field();
FieldSpec bcc_field();
FieldSpec from_field();

// `from` of the fields, else the session's own address.
mime::Address sender_of(const base::Map& fields, const session::Session& session);

// The files to attach. `required`: Error{config, "send.attachment_missing"} names each that is not
// there; else missing ones are left out and told in `missing`.
std::vector<mime::DraftFile> attachments_of(const base::Map& fields, bool required,
                                            std::vector<std::string>& missing);

// "<key@domain>": the same for every try of the same step.
std::string message_id_of(std::string_view idempotency_key, std::string_view from_address);

// The common end of both: sends and words the result ("send \"Hello\" to a@b, c@d").
Task<Result> send_draft(Surroundings& around, session::Session& session, mime::Draft draft,
                        SentCopy copy, std::string_view verb);

}  // namespace postroom::actions
