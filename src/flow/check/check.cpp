#include "flow/check/check.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "flow/check/check_connect.hpp"
#include "flow/check/check_expressions.hpp"
#include "flow/check/check_moves.hpp"
#include "flow/check/check_secrets.hpp"
#include "flow/load/load.hpp"
#include "flow/where/where.hpp"

namespace postroom::flow {
namespace {

struct LiveSession {
  std::string name;
  const Step* connect = nullptr;
};

struct OpenLoop {
  std::string mail;  // its variable
  std::string session;
};

class FlowChecker {
 public:
  FlowChecker(const Flow& flow, std::vector<Finding>& findings)
      : flow_(flow),
        findings_(findings),
        complaints_(findings, 200),
        expressions_("UTC", base::system_clock()) {
    for (const auto& variable : flow.variables)
      names_.add({variable.name, false, variable.is_secret});
  }

  void check(std::vector<Step>& steps) {
    for (auto& step : steps) check(step);
  }

 private:
  void check(Step& step) {
    if (!step.enabled) return;
    check_place(step);
    resolve_mail(step);
    if (step.spec->name == "connect")
      connect(step);
    else if (step.spec->uses_session)
      resolve_session(step);
    check_fields(step.spec->fields, step.fields, step.spec->name, step.place);
    for (const auto& [name, node] : step.fields) {
      if (name == "where") check_where(node, findings_);
      if (!std::holds_alternative<std::vector<Step>>(node.data))
        check_expressions(node, names_, expressions_, complaints_);
    }
    check_counts(step);
    if (step.spec->name == "disconnect") disconnect(step);
    check_bodies(step);
    if (step.spec->name == "set")
      add_assigned(step);
    else if (!opens_loop(step))
      add_result(step);
  }

  static bool opens_loop(const Step& step) {
    return step.spec->name == "for_each_mail" || step.spec->name == "for_each";
  }

  void check_place(const Step& step) {
    if (step.spec->place == actions::Place::inside_mail_loop && loops_.empty()) {
      complaints_.error(
          "flow.outside_loop",
          fmt::format("{} acts on a message and stands outside a mail loop", step.spec->name),
          "move it into the do: of a for_each_mail", step.place);
    } else if (step.spec->place == actions::Place::outside_mail_loop && !loops_.empty()) {
      complaints_.error("flow.inside_loop",
                        fmt::format("{} cannot stand inside a mail loop", step.spec->name),
                        "move it before or behind the loop", step.place);
    }
  }

  void resolve_mail(Step& step) {
    if (step.mail.empty() || loops_.empty()) return;
    auto loop = std::ranges::find(loops_, step.mail, &OpenLoop::mail);
    if (loop != loops_.end()) return;
    std::vector<std::string> mails;
    for (const auto& open : loops_) mails.push_back(open.mail);
    complaints_.unknown("flow.unknown_mail", "mail", step.mail, "the loops around this step", mails,
                        step.place);
  }

  const OpenLoop* loop_of(const Step& step) const {
    if (loops_.empty()) return nullptr;
    for (const auto& loop : loops_) {
      if (!step.mail.empty() && loop.mail == step.mail) return &loop;
    }
    return &loops_.back();
  }

  void resolve_session(Step& step) {
    const auto* loop = loop_of(step);
    if (step.session.empty() && loop) step.session = loop->session;
    if (step.session.empty()) {
      if (live_.size() == 1) {
        step.session = live_.front().name;
      } else {
        complaints_.error(
            "flow.no_session",
            live_.empty()
                ? fmt::format("{} needs a session, and none is open here", step.spec->name)
                : fmt::format("{} must name its session: several are open here", step.spec->name),
            live_.empty() ? "connect first"
                          : fmt::format("add session: one of {}", base::join(live_names(), ", ")),
            step.place);
        return;
      }
    }
    auto there = std::ranges::find(live_, step.session, &LiveSession::name);
    if (there == live_.end()) {
      complaints_.error("flow.unknown_session",
                        fmt::format("no session {} is open here", in_quotes(step.session)),
                        live_.empty() ? "connect first" : suggestion(step.session, live_names()),
                        step.place);
      return;
    }
    bool is_bound = loop && step.spec->place == actions::Place::inside_mail_loop &&
                    step.spec->effect != actions::Effect::irrevocable;
    if (is_bound && !loop->session.empty() && step.session != loop->session) {
      complaints_.error("flow.other_session",
                        fmt::format("{} must use the session of its loop, {}", step.spec->name,
                                    in_quotes(loop->session)),
                        "leave session out; only send and reply may use another", step.place);
    }
    if (step.spec->needs_transport && there->connect && !can_send(flow_, *there->connect)) {
      complaints_.error(
          "session.cannot_send",
          fmt::format("session {} has no server to send through", in_quotes(step.session)),
          "add smtp: { host: ... } to its connect step", step.place);
    }
  }

  std::vector<std::string> live_names() const {
    std::vector<std::string> names;
    for (const auto& session : live_) names.push_back(session.name);
    return names;
  }

  void connect(Step& step) {
    check_connect(step, complaints_);
    if (step.session.empty()) {
      complaints_.error("flow.missing_field", "connect lacks session", "add session: NAME",
                        step.place);
      return;
    }
    bool replaces = false;
    if (const auto* node = step.field("replace")) {
      const auto* text = std::get_if<Template>(&node->data);
      replaces = text && (!text->is_constant() || text->constant_text() == "true");
    }
    auto there = std::ranges::find(live_, step.session, &LiveSession::name);
    if (there == live_.end()) {
      live_.push_back({step.session, &step});
    } else if (replaces) {
      there->connect = &step;
    } else {
      complaints_.error(
          "flow.session_is_live",
          fmt::format("session {} is open already, since line {}", in_quotes(step.session),
                      there->connect ? there->connect->place.line : 0),
          "choose another name, disconnect it before, or write replace: true", step.place);
    }
  }

  void disconnect(const Step& step) {
    std::erase_if(live_, [&](const LiveSession& s) { return s.name == step.session; });
  }

  void check_fields(const std::vector<actions::FieldSpec>& specs, const NodeMap& fields,
                    std::string_view owner, Place place) {
    for (const auto& spec : specs) {
      auto there = std::ranges::find(fields, spec.name, &NamedNode::name);
      if (there == fields.end()) {
        if (spec.required && spec.name != "session") {
          complaints_.error("flow.missing_field", fmt::format("{} lacks {}", owner, spec.name),
                            fmt::format("add {}: {}", spec.name, spec.help), place);
        }
        continue;
      }
      const auto* map = std::get_if<NodeMap>(&there->node.data);
      if (spec.type == actions::FieldType::group && map)
        check_fields(spec.fields, *map, spec.name, there->node.key_place);
    }
  }

  // Counts of messages and attempts start at one.
  void check_counts(const Step& step) {
    for (std::string_view name : {"limit", "attempts"}) {
      const auto* node = step.field(name);
      const auto* text = node ? std::get_if<Template>(&node->data) : nullptr;
      if (!text || !text->is_constant()) continue;
      auto number = base::to_number(text->constant_text());
      if (!number || *number == 0) {
        complaints_.error("flow.wrong_type", fmt::format("{} is a whole number from 1", name),
                          fmt::format("write {}: 10, or leave it out", name), node->place);
      }
    }
  }

  void check_bodies(Step& step) {
    bool is_loop = opens_loop(step);
    bool is_mail_loop = step.spec->name == "for_each_mail";
    auto before = live_;
    std::optional<std::vector<LiveSession>> after;
    bool has_else = step.field("else") != nullptr;
    for (auto& [name, node] : step.fields) {
      auto* body = std::get_if<std::vector<Step>>(&node.data);
      if (!body) continue;
      live_ = before;
      names_.open();
      if (is_loop) name_item(step, is_mail_loop);
      if (is_mail_loop) loops_.push_back({name_of(step), step.session});
      check(*body);
      if (is_mail_loop) loops_.pop_back();
      names_.close();
      if (is_loop) check_next_round(before);
      after = after ? common(*after, live_) : live_;
    }
    // A body that may not run at all leaves for certain only what was open before.
    if (after)
      live_ = is_loop || !has_else ? common(before, *after) : *after;
    else
      live_ = before;
  }

  static std::vector<LiveSession> common(const std::vector<LiveSession>& a,
                                         const std::vector<LiveSession>& b) {
    std::vector<LiveSession> both;
    for (const auto& session : a) {
      if (std::ranges::find(b, session.name, &LiveSession::name) != b.end())
        both.push_back(session);
    }
    return both;
  }

  void check_next_round(const std::vector<LiveSession>& before) {
    for (const auto& session : live_) {
      if (std::ranges::find(before, session.name, &LiveSession::name) != before.end() ||
          !session.connect)
        continue;
      if (session.connect->field("replace")) continue;
      complaints_.error(
          "flow.session_is_live",
          fmt::format("the next round would open session {} again", in_quotes(session.name)),
          "disconnect it at the end of the body, or write replace: true", session.connect->place);
    }
  }

  static std::string name_of(const Step& step) {
    if (const auto* node = step.field("as")) {
      if (const auto* text = std::get_if<Template>(&node->data)) return text->constant_text();
    }
    const auto* spec = actions::find_field(*step.spec, "as");
    return spec ? std::string(spec->default_text) : std::string();
  }

  void name_item(const Step& step, bool is_mail) {
    auto name = name_of(step);
    if (name.empty()) return;
    complain_of_shadow(step, name);
    names_.add({name, is_mail, false});
  }

  void complain_of_shadow(const Step& step, const std::string& name) {
    if (!names_.find(name)) return;
    const auto* node = step.field("as");
    complaints_.error("flow.shadowed",
                      fmt::format("{} is the name of another variable already", in_quotes(name)),
                      "choose another name with as:", node ? node->place : step.place);
  }

  // The result of an action, known to the steps behind it. The same `as` again in one body is the
  // same variable.
  void add_result(const Step& step) {
    auto name = name_of(step);
    if (name.empty() || names_.is_in_this_body(name)) {
      if (!name.empty() && is_reserved(name)) complain_of_shadow(step, name);
      return;
    }
    complain_of_shadow(step, name);
    names_.add({name, false, false});
    results_.push_back(name);
  }

  // In this body, but as something else than a result: a variable of the flow, a mail.
  bool is_reserved(const std::string& name) const {
    return std::ranges::find(results_, name) == results_.end();
  }

  void add_assigned(const Step& step) {
    const auto* node = step.field("values");
    const auto* map = node ? std::get_if<NodeMap>(&node->data) : nullptr;
    if (!map) return;
    for (const auto& [name, value] : *map) {
      const auto* known = names_.find(name);
      if (!known) {
        names_.add({name, false, false});
        results_.push_back(name);
      } else if (known->is_mail) {
        complaints_.error(
            "flow.shadowed",
            fmt::format("{} is the message of a loop; it cannot be set", in_quotes(name)),
            "choose another name", value.key_place);
      } else if (known->is_secret) {
        complaints_.error("secret.in_expression",
                          fmt::format("variable {} is secret and cannot be set", name),
                          "choose another name", value.key_place);
      }
    }
  }

  const Flow& flow_;
  std::vector<Finding>& findings_;
  Complaints complaints_;
  Expressions expressions_;
  NamesInScope names_;
  std::vector<LiveSession> live_;
  std::vector<OpenLoop> loops_;
  std::vector<std::string> results_;
};

void check_variables(const Flow& flow, const CheckOptions& options, Complaints& complaints) {
  std::vector<std::string> names;
  for (const auto& variable : flow.variables) {
    names.push_back(variable.name);
    bool is_given = options.plain_variables.contains(variable.name) ||
                    options.sourced_variables.contains(variable.name) || variable.default_value ||
                    variable.source;
    if (options.are_variables_complete && variable.required && !is_given) {
      complaints.error(
          "flow.missing_variable", fmt::format("variable {} is required", in_quotes(variable.name)),
          variable.is_secret
              ? fmt::format("add --var-from {}=env:NAME, file:PATH or -", variable.name)
              : fmt::format("add --var {}=VALUE", variable.name),
          variable.place);
    }
  }
  for (const auto* given : {&options.plain_variables, &options.sourced_variables}) {
    for (const auto& name : *given) {
      if (std::ranges::find(names, name) != names.end()) continue;
      complaints.error("flow.unknown_variable",
                       fmt::format("the flow declares no variable {}", in_quotes(name)),
                       suggestion(name, names), {});
    }
  }
}

}  // namespace

std::vector<Finding> check(Flow& flow, const CheckOptions& options) {
  std::vector<Finding> findings;
  Complaints complaints(findings, 200);
  check_secrets(flow, options, complaints);
  check_variables(flow, options, complaints);
  FlowChecker(flow, findings).check(flow.steps);
  check_moves(flow.steps, complaints);
  sort_findings(findings);
  return findings;
}

}  // namespace postroom::flow
