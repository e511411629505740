// Special words stand before their class. Sources: RFC 3463, 4954, 5248, 7372, 7505; Microsoft's
// and Google's lists of SMTP errors; what the servers of tests/transcripts/smtp/providers answered.
#include "smtp/wire/reply_causes.hpp"

namespace postroom::smtp {
namespace {

constexpr unsigned at_auth = at(Stage::auth);
constexpr unsigned at_rcpt = at(Stage::rcpt);
constexpr unsigned at_content = at(Stage::data) | at(Stage::body);
constexpr unsigned at_send = at(Stage::mail) | at_rcpt | at_content | at(Stage::reset);
constexpr unsigned opening = at(Stage::greeting) | at(Stage::hello);
constexpr unsigned anywhere = ~0U;

namespace advice {

using base::ErrorKind;

// --- sign-in and rights
constexpr Advice smtp_auth_disabled{
    ErrorKind::auth, "auth.smtp_auth_disabled",
    "sending by SMTP is switched off for this mailbox or its tenant, with passwords and with OAuth "
    "alike",
    "an administrator runs Set-CASMailbox -Identity MAILBOX -SmtpClientAuthenticationDisabled "
    "$false (for the whole tenant Set-TransportConfig -SmtpClientAuthenticationDisabled $false)"};
constexpr Advice password_disabled{
    ErrorKind::auth, "auth.password_disabled",
    "this server takes no passwords any more for sending",
    "this account takes OAuth 2.0 only, which this version cannot do yet"};
constexpr Advice policy_sign_in{
    ErrorKind::auth, "auth.policy_refused",
    "a policy of the organisation forbids this sign-in (security defaults, Conditional Access, or "
    "a locked user)",
    "an administrator looks at the user's sign-in log in Entra and allows this client"};
constexpr Advice send_as_denied{
    ErrorKind::auth, "smtp.send_as_denied", "the signed-in user may not send as this sender",
    "send from the signed-in address (from), or have its owner grant it: at Exchange Online "
    "Add-RecipientPermission MAILBOX -Trustee USER -AccessRights SendAs"};
constexpr Advice sender_unverified{
    ErrorKind::auth, "smtp.sender_unverified",
    "the provider sends only from addresses and domains that were verified there, and this sender "
    "is not",
    "verify the sender's address or domain in the provider's console, or send from one that is"};
constexpr Advice mailbox_not_granted{
    ErrorKind::auth, "smtp.mailbox_not_granted", "the application may not use this mailbox",
    "an administrator grants it: Add-MailboxPermission MAILBOX -User SERVICE_PRINCIPAL "
    "-AccessRights FullAccess"};
constexpr Advice outbound_blocked{
    ErrorKind::auth, "smtp.outbound_blocked",
    "the provider has stopped this account from sending, mostly because it sent what looked like "
    "spam",
    "change its password, then have an administrator release it (Microsoft 365: Defender portal, "
    "Restricted entities; elsewhere the provider's account page)"};
constexpr Advice too_many_attempts{ErrorKind::throttled, "auth.too_many_attempts",
                                   "the server refuses further sign-ins for a while",
                                   "wait some minutes; sign in once for many messages"};
constexpr Advice app_password{
    ErrorKind::auth, "auth.app_password_required",
    "this account has two-step sign-in: its own password does not work here",
    "create an app password in the account's security page and use that"};
constexpr Advice web_sign_in{
    ErrorKind::auth, "auth.web_login_required",
    "the provider wants the user to sign in with a browser first",
    "sign in once on the provider's web page from this network, then try again"};
constexpr Advice service_disabled{
    ErrorKind::auth, "auth.service_disabled",
    "sending by a mail program is switched off in this mailbox's settings",
    "switch SMTP (or IMAP/SMTP access) on in the provider's web mail, under its mail or account "
    "settings"};
constexpr Advice mechanism_refused{
    ErrorKind::auth, "auth.mechanism_refused",
    "the server wants another way to sign in for this user",
    "ask the server's administrator which mechanism the user may use"};
constexpr Advice starttls_required{ErrorKind::tls, "smtp.starttls_required",
                                   "the server wants TLS first",
                                   "set smtp.tls to starttls or implicit"};
constexpr Advice password_transition{ErrorKind::auth, "auth.password_transition",
                                     "the server needs the password once in another form",
                                     "sign in once with the provider's own client or web page"};
constexpr Advice account_disabled{ErrorKind::auth, "auth.account_disabled",
                                  "the account is switched off", "ask the server's administrator"};
constexpr Advice wrong_at_exchange{
    ErrorKind::auth, "auth.wrong_password",
    "the server does not accept the user name with this password or token",
    "Exchange says no more than this: a token needs the scope SMTP.Send for this very mailbox, a "
    "password works only where basic authentication is still on, and the user must be enabled"};
constexpr Advice wrong_password{
    ErrorKind::auth, "auth.wrong_password",
    "the server does not accept the user name with this password or token",
    "check both; with two-step sign-in an app password is needed; Microsoft takes OAuth 2.0 only, "
    "which this version cannot do yet"};
constexpr Advice sign_in_required{
    ErrorKind::auth, "auth.required", "the server wants a sign-in before it takes mail",
    "give the connect step's smtp an auth, or use the server's submission port (587 or 465)"};
constexpr Advice auth_unavailable{ErrorKind::throttled, "auth.unavailable",
                                  "the server cannot check sign-ins right now", "try again later"};
constexpr Advice auth_refused{
    ErrorKind::auth, "auth.refused", "the server refuses the sign-in",
    "read the server's words below; its administrator can say which sign-in it takes"};
constexpr Advice tls_later{ErrorKind::tls, "smtp.tls_unavailable",
                           "the server cannot do TLS right now",
                           "try again later, or use the implicit TLS port (smtp.port 465)"};
constexpr Advice tls_refused{ErrorKind::tls, "smtp.tls_unavailable", "the server refuses STARTTLS",
                             "use the implicit TLS port (smtp.port 465, smtp.tls implicit)"};

// --- limits in time
constexpr Advice too_many_connections{ErrorKind::throttled, "smtp.too_many_connections",
                                      "too many connections send for this mailbox at once",
                                      "send over one connection, and wait a little"};
constexpr Advice daily_limit{ErrorKind::throttled, "smtp.daily_limit",
                             "the account has sent as much as it may in a day",
                             "wait until tomorrow, or spread the mail over more accounts"};
constexpr Advice recipient_limit{ErrorKind::throttled, "smtp.recipient_rate",
                                 "mail comes too fast for this mailbox",
                                 "wait, then send this recipient fewer messages an hour"};
constexpr Advice throttled{ErrorKind::throttled, "smtp.throttled", "the server asks to slow down",
                           "wait, then send fewer messages a minute over one connection"};
constexpr Advice greylisted{ErrorKind::refused, "smtp.greylisted",
                            "the server takes mail from strangers only at the second try",
                            "it is tried again later"};
constexpr Advice idle_goodbye{ErrorKind::network, "smtp.idle_closed",
                              "the server ended the connection, which was idle for too long",
                              "run again: what was not sent is sent then"};
constexpr Advice unavailable{ErrorKind::throttled, "smtp.unavailable",
                             "the server takes no mail right now", "it is tried again later"};
constexpr Advice recipients_per_message{
    ErrorKind::refused, "smtp.too_many_recipients",
    "the message has more recipients than the server takes at once",
    "the rest is sent in a further message"};
constexpr Advice too_many_recipients{ErrorKind::refused, "smtp.too_many_recipients",
                                     "the message has more recipients than the server takes",
                                     "send it to fewer recipients at a time"};
constexpr Advice try_later{ErrorKind::refused, "smtp.try_later",
                           "the server cannot take it right now", "it is tried again later"};

// --- size and content
constexpr Advice too_big{ErrorKind::refused, "smtp.too_big",
                         "the message is bigger than the server takes",
                         "send fewer or smaller attachments, or share them as links"};
constexpr Advice too_big_for_mailbox{ErrorKind::refused, "smtp.too_big",
                                     "the message is bigger than the mailbox takes",
                                     "send fewer or smaller attachments, or share them as links"};
constexpr Advice mailbox_full{
    ErrorKind::refused, "smtp.mailbox_full",
    "a mailbox is full; it may be the sender's own, where the sent copy goes",
    "make room, then send again"};
constexpr Advice recipient_full_for_now{ErrorKind::refused, "smtp.recipient_full",
                                        "the recipient's mailbox is full",
                                        "it is tried again later"};
constexpr Advice recipient_full{ErrorKind::refused, "smtp.recipient_full",
                                "the recipient's mailbox is full",
                                "reach the recipient another way"};
constexpr Advice content_refused{
    ErrorKind::refused, "smtp.content_refused",
    "the server refuses what the message contains, such as a forbidden attachment type",
    "send the file in another form, or share it as a link"};
constexpr Advice content_form{
    ErrorKind::refused, "smtp.content_form", "the server does not take the form of the message",
    "a file sent as it is must be a whole mail, its binary parts in base64; read the server's "
    "words below"};
constexpr Advice spam{
    ErrorKind::refused, "smtp.taken_for_spam",
    "the server takes the message, or the machine that sends it, for a source of spam",
    "send through the provider of the sender's address; the server's words below often name a "
    "page that says more"};
constexpr Advice sender_not_proved{
    ErrorKind::refused, "smtp.sender_not_proved",
    "the recipient's server finds no proof that the sender's domain sent this (SPF, DKIM, DMARC)",
    "send through the server that belongs to the domain of from, or have the domain's SPF and "
    "DKIM records name the one that you use"};
constexpr Advice mail_loop{ErrorKind::refused, "smtp.mail_loop",
                           "the message runs in a circle between servers",
                           "look for forwarding rules of the recipient that lead back"};
constexpr Advice no_utf8{ErrorKind::unsupported, "smtp.no_utf8",
                         "the server does not take addresses beyond ASCII",
                         "use the recipient's ASCII address"};

// --- sender and recipients
constexpr Advice sender_refused{ErrorKind::refused, "smtp.sender_refused",
                                "the server refuses the sender's address",
                                "send from an address of the account that signs in"};
constexpr Advice sender_domain{ErrorKind::refused, "smtp.sender_refused",
                               "the server cannot find the sender's domain",
                               "check the domain of from: it needs a DNS entry that receives mail"};
constexpr Advice unknown_recipient{ErrorKind::refused, "smtp.unknown_recipient",
                                   "the recipient does not exist", "check the address"};
constexpr Advice unknown_domain{ErrorKind::refused, "smtp.unknown_recipient",
                                "the recipient's domain takes no mail",
                                "check the part after the @"};
constexpr Advice moved{ErrorKind::refused, "smtp.unknown_recipient", "the recipient has moved",
                       "the server's words may name the new address"};
constexpr Advice recipient_disabled{ErrorKind::refused, "smtp.recipient_disabled",
                                    "the recipient's mailbox takes no mail",
                                    "reach the recipient another way"};
constexpr Advice bad_address{ErrorKind::refused, "smtp.bad_address",
                             "the server finds the address malformed", "check the address"};
constexpr Advice relay_denied{ErrorKind::refused, "smtp.relay_denied",
                              "the server does not pass mail on to this recipient's domain",
                              "sign in to the server that belongs to the sender's address"};
constexpr Advice recipient_refused{ErrorKind::refused, "smtp.recipient_refused",
                                   "the server refuses the recipient",
                                   "check the address; the server's words below say more"};
constexpr Advice policy{ErrorKind::refused, "smtp.policy_refused",
                        "a policy of the server refuses it",
                        "read the server's words below; they often name a page that says more"};
constexpr Advice no_service{ErrorKind::refused, "smtp.no_service",
                            "the server takes no mail from here",
                            "check host and port: submission is 587 or 465, seldom 25"};
constexpr Advice message_refused{ErrorKind::refused, "smtp.message_refused",
                                 "the server refuses the message",
                                 "the server's words below say why"};

}  // namespace advice

using namespace std::chrono_literals;

// clang-format off: a table, a row a line
constexpr Cause cause_table[] = {
    // --- the switches of Exchange Online: at AUTH, and some of them at MAIL or at the final dot
    {any, {5, 7, 139}, "smtpclientauthentication", anywhere, advice::smtp_auth_disabled},
    {any, {}, "smtpclientauthentication is disabled", anywhere, advice::smtp_auth_disabled},
    {any, {5, 7, 139}, "basic authentication is disabled", anywhere, advice::password_disabled},
    {any, {5, 7, 139}, "", anywhere, advice::policy_sign_in},
    {any, {5, 7, 30}, "", anywhere, advice::password_disabled},
    {any, {}, "basic authentication is not supported", anywhere, advice::password_disabled},
    {any, {5, 7, 60}, "", anywhere, advice::send_as_denied},
    {any, {5, 2, 252}, "", anywhere, advice::send_as_denied},
    {any, {}, "sendasdenied", anywhere, advice::send_as_denied},
    {430, {4, 2, 0}, "mailbox logon failure", anywhere, advice::mailbox_not_granted},
    {any, {}, "concurrent connections limit", anywhere, advice::too_many_connections, Again::later, 30s},
    {any, {}, "thread limit exceeded", anywhere, advice::too_many_connections, Again::later, 30s},
    {any, {}, "submissionquotaexceeded", anywhere, advice::daily_limit, Again::later, 3600s},
    {any, {}, "recipientratelimit", anywhere, advice::recipient_limit, Again::later, 3600s},
    {any, {5, 2, 121}, "", anywhere, advice::recipient_limit, Again::later, 3600s},
    {any, {5, 2, 122}, "", anywhere, advice::recipient_limit, Again::later, 3600s},
    {any, {5, 1, 8}, "bad outbound sender", anywhere, advice::outbound_blocked},
    {any, {5, 7, 501}, "", anywhere, advice::outbound_blocked},
    {any, {5, 7, 705}, "", anywhere, advice::outbound_blocked},
    {any, {5, 7, 708}, "", anywhere, advice::outbound_blocked},
    {any, {5, 7, 750}, "", anywhere, advice::outbound_blocked},
    {any, {5, 4, 6}, "unusual sending activity", anywhere, advice::outbound_blocked},

    // --- whose address: the words of the providers
    {5, {}, "not owned by", at_send, advice::send_as_denied},                        // Postfix, Yandex
    {5, {}, "must equal authorized user", at_send, advice::send_as_denied},          // 163
    {5, {}, "must be same as authorization user", at_send, advice::send_as_denied},  // QQ
    {5, {}, "not one of your addresses", at_send, advice::send_as_denied},           // iCloud
    {5, {}, "relaying disallowed as", at_send, advice::send_as_denied},              // Zoho
    {5, {}, "sender address is not allowed", at_send, advice::send_as_denied},       // GMX, WEB.DE
    {5, {}, "authorised to send from", at_send, advice::send_as_denied},             // Fastmail
    {5, {}, "authorized to send from", at_send, advice::send_as_denied},
    {5, {}, "from address not verified", at_send, advice::sender_unverified},        // Yahoo
    {5, {}, "email address is not verified", at_send, advice::sender_unverified},    // Amazon SES
    {5, {}, "verified sender identity", at_send, advice::sender_unverified},         // SendGrid
    {5, {}, "sender address rejected: not logged in", at_send, advice::sign_in_required},

    // --- sign-in
    {any, {}, "too many login attempts", anywhere, advice::too_many_attempts, Again::later, 300s},
    {any, {}, "too many failed", at_auth, advice::too_many_attempts, Again::later, 300s},
    {any, {}, "application-specific", at_auth, advice::app_password},
    {any, {}, "app password", at_auth, advice::app_password},
    {any, {}, "app-specific password", at_auth, advice::app_password},
    {any, {}, "authorization code", at_auth, advice::app_password},                  // QQ, 163
    {any, {}, "access rights to this service", at_auth, advice::service_disabled},   // Yandex
    {any, {}, "user has no permission", at_auth, advice::service_disabled},          // 163
    {any, {5, 7, 14}, "", at_auth, advice::web_sign_in},
    {534, {}, "web browser", at_auth, advice::web_sign_in},
    {451, {}, "maximum credits exceeded", anywhere, advice::daily_limit, Again::later, 3600s},
    {534, {}, "", at_auth, advice::mechanism_refused},
    {538, {}, "", at_auth, advice::starttls_required},
    {530, {}, "starttls", anywhere, advice::starttls_required},
    {any, {5, 7, 11}, "encryption", at_auth, advice::starttls_required},
    {432, {4, 7, 12}, "", at_auth, advice::password_transition},
    {525, {}, "", at_auth, advice::account_disabled},
    {any, {5, 7, 13}, "", at_auth, advice::account_disabled},
    {535, {5, 7, 3}, "", at_auth, advice::wrong_at_exchange},
    {535, {}, "", at_auth, advice::wrong_password},
    {530, {}, "", anywhere, advice::sign_in_required},
    {any, {5, 7, 57}, "", anywhere, advice::sign_in_required},
    {any, {}, "authentication is required", at_send, advice::sign_in_required},
    {any, {}, "authentication required", at_send, advice::sign_in_required},
    {504, {}, "", at_auth, advice::mechanism_refused},
    {454, {}, "throttling failure", at_auth, advice::throttled, Again::later, 60s},
    {4, {}, "", at_auth, advice::auth_unavailable, Again::later, 60s},
    {5, {}, "", at_auth, advice::auth_refused},
    {4, {}, "", at(Stage::starttls), advice::tls_later, Again::later, 60s},
    {5, {}, "", at(Stage::starttls), advice::tls_refused},

    // --- limits in time
    {any, {5, 4, 5}, "", anywhere, advice::daily_limit, Again::later, 3600s},
    {550, {}, "sending limit exceeded", anywhere, advice::daily_limit, Again::later, 3600s},
    {any, {}, "daily message quota exceeded", anywhere, advice::daily_limit, Again::later, 3600s},
    {any, {}, "daily sending quota", anywhere, advice::daily_limit, Again::later, 3600s},
    {any, {}, "daily limit", anywhere, advice::daily_limit, Again::later, 3600s},
    {4, {}, "relay access denied", at_rcpt, advice::relay_denied, Again::later, 3600s},
    {4, {}, "greylist", anywhere, advice::greylisted, Again::later, 300s},
    {4, {}, "graylist", anywhere, advice::greylisted, Again::later, 300s},
    {4, {}, "grey-list", anywhere, advice::greylisted, Again::later, 300s},
    {4, {}, "grey list", anywhere, advice::greylisted, Again::later, 300s},
    {4, {}, "postgrey", anywhere, advice::greylisted, Again::later, 300s},
    {450, {4, 7, 1}, "try again later", at_rcpt, advice::greylisted, Again::later, 300s},
    {451, {4, 7, 1}, "try again later", at_rcpt, advice::greylisted, Again::later, 300s},
    {4, {}, "too many connections", anywhere, advice::too_many_connections, Again::later, 30s},
    {4, {}, "too many concurrent", anywhere, advice::too_many_connections, Again::later, 30s},
    {421, {4, 4, 2}, "", anywhere, advice::idle_goodbye, Again::later},
    {421, {}, "timeout", anywhere, advice::idle_goodbye, Again::later},
    {421, {4, 7, any}, "", anywhere, advice::throttled, Again::later, 60s},
    {4, {4, 7, 0}, "", anywhere, advice::throttled, Again::later, 60s},
    {4, {4, 7, 28}, "", anywhere, advice::throttled, Again::later, 60s},
    {4, {4, 7, 500}, "", anywhere, advice::throttled, Again::later, 300s},
    {4, {4, 7, 650}, "", anywhere, advice::throttled, Again::later, 300s},
    {4, {}, "rate limit", anywhere, advice::throttled, Again::later, 60s},
    {4, {}, "sending rate", anywhere, advice::throttled, Again::later, 60s},
    {4, {}, "too much mail", anywhere, advice::throttled, Again::later, 60s},
    {4, {}, "too many messages", anywhere, advice::throttled, Again::later, 60s},
    {4, {}, "is throttled", anywhere, advice::throttled, Again::later, 60s},
    {4, {}, "receiving mail too quickly", anywhere, advice::recipient_limit, Again::later, 60s},
    {4, {}, "receiving mail at a rate", anywhere, advice::recipient_limit, Again::later, 60s},
    {450, {4, 2, 1}, "", anywhere, advice::recipient_limit, Again::later, 60s},
    {454, {}, "", anywhere, advice::throttled, Again::later, 60s},
    {432, {}, "", anywhere, advice::too_many_connections, Again::later, 30s},
    {4, {4, 3, 2}, "", anywhere, advice::unavailable, Again::later, 30s},
    {421, {}, "", anywhere, advice::unavailable, Again::later, 30s},
    {any, {4, 5, 3}, "", at_send, advice::recipients_per_message, Again::later},
    {any, {5, 5, 3}, "", at_send, advice::too_many_recipients},

    // --- size and content
    {any, {5, 3, 4}, "", anywhere, advice::too_big},
    {any, {5, 2, 3}, "", anywhere, advice::too_big_for_mailbox},
    {5, {}, "size limit", at_send, advice::too_big},
    {5, {}, "message too big", at_send, advice::too_big},
    {4, {4, 2, 2}, "", at_rcpt, advice::recipient_full_for_now, Again::later},
    {4, {4, 2, 2}, "", at_content, advice::mailbox_full, Again::later},
    {5, {5, 2, 2}, "", at_content, advice::mailbox_full},
    {5, {5, 2, 2}, "", at_rcpt, advice::recipient_full},
    {554, {5, 2, 0}, "quota", at_content, advice::daily_limit, Again::later, 3600s},
    {554, {5, 2, 0}, "recipient limit", at_content, advice::too_many_recipients},
    {552, {5, 7, any}, "", at_content, advice::content_refused},
    {552, {}, "", at_rcpt, advice::recipient_full},
    {552, {}, "", at_send, advice::too_big},
    {any, {5, 6, 7}, "", anywhere, advice::no_utf8},
    {any, {5, 6, any}, "", anywhere, advice::content_form},
    {5, {}, "bare lf", at_content, advice::content_form},
    {5, {}, "bare linefeed", at_content, advice::content_form},
    {5, {}, "line too long", at_content, advice::content_form},
    {any, {5, 4, 6}, "", at_send, advice::mail_loop},
    {any, {5, 4, 14}, "", at_send, advice::mail_loop},
    {5, {}, "too many hops", at_send, advice::mail_loop},

    // --- sender and recipients
    {any, {5, 1, 8}, "", at_send, advice::sender_domain},
    {any, {5, 1, 7}, "", at_send, advice::sender_refused},
    {any, {5, 7, 27}, "", at_send, advice::sender_domain},
    {any, {5, 1, 1}, "", at_send, advice::unknown_recipient},
    {any, {5, 1, 10}, "", at_send, advice::unknown_recipient},
    {any, {5, 4, 1}, "recipient address rejected", at_send, advice::unknown_recipient},  // Exchange Online
    {any, {5, 4, 310}, "", at_send, advice::unknown_domain},
    {any, {5, 4, 4}, "", at_send, advice::unknown_domain},
    {any, {5, 1, 2}, "", at_send, advice::unknown_domain},
    {556, {}, "", at_send, advice::unknown_domain},
    {any, {5, 1, 3}, "", at_send, advice::bad_address},
    {any, {5, 1, 6}, "", at_send, advice::moved},
    {any, {5, 2, 1}, "", at_send, advice::recipient_disabled},
    {551, {}, "", at_rcpt, advice::moved},
    {5, {}, "unable to relay", at_send, advice::relay_denied},
    {5, {}, "relay", at_send, advice::relay_denied},
    {550, {}, "delivery is not allowed to this address", at_rcpt, advice::relay_denied},  // hMailServer
    {5, {}, "user unknown", at_rcpt, advice::unknown_recipient},
    {5, {}, "unknown user", at_rcpt, advice::unknown_recipient},
    {5, {}, "no such user", at_rcpt, advice::unknown_recipient},
    {5, {}, "user does not exist", at_rcpt, advice::unknown_recipient},
    {5, {}, "mailbox not found", at_rcpt, advice::unknown_recipient},

    // --- proof and reputation (RFC 7372)
    {5, {5, 7, 20}, "", at_send, advice::sender_not_proved},
    {5, {5, 7, 21}, "", at_send, advice::sender_not_proved},
    {5, {5, 7, 22}, "", at_send, advice::sender_not_proved},
    {5, {5, 7, 23}, "", at_send, advice::sender_not_proved},
    {5, {5, 7, 26}, "", at_send, advice::sender_not_proved},
    {5, {5, 7, 509}, "", at_send, advice::sender_not_proved},
    {5, {5, 7, 515}, "", at_send, advice::sender_not_proved},
    {5, {}, "dmarc", at_send, advice::sender_not_proved},
    {5, {}, "dkim", at_send, advice::sender_not_proved},
    {5, {}, "spf check", at_send, advice::sender_not_proved},
    {5, {}, "spf fail", at_send, advice::sender_not_proved},
    {5, {}, "spam", at_send | opening, advice::spam},
    {5, {}, "blocklist", at_send | opening, advice::spam},
    {5, {}, "blacklist", at_send | opening, advice::spam},
    {5, {}, "blocked using", at_send | opening, advice::spam},
    {5, {}, "reputation", at_send | opening, advice::spam},
    {5, {}, "dt:spm", at_send, advice::spam},                                        // 163
    {5, {5, 7, 511}, "", at_send | opening, advice::spam},
    {5, {5, 7, 25}, "", at_send | opening, advice::spam},

    // --- by class
    {5, {5, 7, any}, "", anywhere, advice::policy},
    {4, {}, "", opening, advice::unavailable, Again::later, 30s},
    {4, {}, "", anywhere, advice::try_later, Again::later},
    {5, {}, "", opening, advice::no_service},
    {5, {}, "", at(Stage::mail), advice::sender_refused},
    {5, {}, "", at_rcpt, advice::recipient_refused},
    {any, {}, "", anywhere, advice::message_refused},
};
// clang-format on

}  // namespace

std::span<const Cause> reply_causes() noexcept { return cause_table; }

}  // namespace postroom::smtp
