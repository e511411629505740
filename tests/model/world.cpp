#include "tests/model/world.hpp"

#include <algorithm>
#include <utility>

#include "net/task_group.hpp"
#include "state/schema.hpp"

namespace postroom::model {
namespace {

using base::Task;

Task<void> run_loop(flow::LoopEngine& engine, mailbox::Store& store) {
  auto folder = co_await store.open("Inbox", mailbox::Access::read_write);
  co_await engine.run_folder(*folder);
}

}  // namespace

state::Database& shared_database() {
  static state::Database database(":memory:", state::state_migrations());
  return database;
}

void Fate::pass() {
  check();
  if (turn) turn();
  if (++moments != at) return;
  is_dead = true;
  throw Crash{};
}

World::World(const Program& program, state::Ledger& ledger, std::string scope)
    : program_(program), ledger_(ledger), scope_(std::move(scope)) {}

void World::add(int number, bool has_id) {
  mailbox::Message message;
  message.envelope.subject = "m" + std::to_string(number);
  message.envelope.from = {{"", "a@example.com"}};
  if (has_id) {
    message.envelope.message_id = "<" + std::to_string(number) + "@example.com>";
    message.headers = {{"Message-ID", message.envelope.message_id}};
  }
  mailbox.add("Inbox", std::move(message));
  auto kind = std::ranges::find(kinds_, number, &Kind::number);
  if (kind == kinds_.end()) kind = kinds_.insert(kinds_.end(), Kind{number, has_id, 0});
  ++kind->copies;
}

bool World::run_once(Fate& fate) {
  if (std::exchange(wired_, &fate) !=
      &fate) {  // two processes share one: it must not change under the other
    mailbox.hook = [&fate](std::string_view, stores::MemoryMailbox::Moment,
                           const mailbox::MessageKey&) { fate.pass(); };
    mailbox.on_read = [&fate] { fate.check(); };
    effects.around = [&fate] { fate.pass(); };
  }
  CrashingLedger ledger(ledger_, fate);
  auto store = stores::open_memory_store(mailbox);
  flow::RunEvents nobody;
  flow::LoopSpec spec;
  spec.scope = scope_;
  spec.path = "0";
  spec.mark_read = program_.mark_read;
  spec.on_error = program_.on_error;
  spec.attempts = 2;
  spec.step_hashes = program_.hashes();
  std::string run = "run " + std::to_string(++runs_);
  flow::LoopContext context{*store, ledger, nobody, clock, run, "owner of " + run, {}, {}, {}, {}};
  context.limits.claim_chunk = 3;
  context.limits.recovery_ids = 2;
  ProgramBody body(program_, effects);
  flow::LoopEngine engine(context, spec, body);
  try {
    net::run(run_loop(engine, *store));
  } catch (const Crash&) {
    return false;
  }
  return true;
}

void World::run_to_the_end() {
  for (int i = 0; i < 12; ++i) {
    clock.advance(std::chrono::seconds(61));
    Fate fate;
    run_once(fate);
  }
}

int World::count_in(std::string_view folder, int number) {
  auto is_it = [number](const stores::MemoryMessage& m) { return number_of(m.message) == number; };
  return static_cast<int>(std::ranges::count_if(mailbox.folder(folder).messages, is_it));
}

std::string World::broken_promise(bool may_be_uncertain) {
  for (const auto& kind : kinds_) {
    std::string broken = check(kind, may_be_uncertain);
    if (!broken.empty()) return "message m" + std::to_string(kind.number) + ": " + broken;
  }
  return {};
}

std::string World::check(const Kind& kind, bool may_be_uncertain) {
  Expected expected = expected_of(program_, kind.number);
  state::Ledger::Filter filter;
  filter.scope = scope_;
  std::optional<state::Entry> entry;
  for (auto& found : ledger_.list(filter)) {
    bool is_it = kind.has_id
                     ? found.name.message_id == "<" + std::to_string(kind.number) + "@example.com>"
                     : found.name.message_id.empty();
    if (is_it && entry) return "two entries";
    if (is_it) entry = found;
  }
  if (!entry) return "lost: the ledger does not know it";
  std::string state(to_string(entry->state));

  for (const auto& [effect, times] : effects.irrevocable) {
    if (effect.first == kind.number && times > 1)
      return "effect " + effect.second + " happened twice";
  }
  int copies_there = count_in("Sent", kind.number);
  if (copies_there > 1) return "copied twice";
  int everywhere = 0;
  for (const auto& folder : mailbox.folders())
    everywhere += count_in(folder.info.path, kind.number);
  if (everywhere < kind.copies) return "the message itself is lost";

  if (entry->state == state::EntryState::uncertain) {
    if (!may_be_uncertain) return "uncertain without a crash";
    auto steps = ledger_.steps_of(entry->id);
    auto is_intent = [](const auto& step) { return step.state == state::StepState::intended; };
    bool says_what = std::ranges::any_of(steps, is_intent) || entry->reason.text.contains("copied");
    return says_what ? "" : "uncertain, and does not say of what";
  }
  if (expected.ends_failed) {
    bool is_right = entry->state == state::EntryState::quarantined ||
                    (entry->state == state::EntryState::failed && entry->attempts > 0);
    return is_right ? "" : "ought to have failed, is " + state;
  }
  if (entry->state != state::EntryState::finished)
    return "ought to be finished, is " + state + ": " + entry->reason.text;
  for (const auto& path : expected.irrevocable) {
    if (effects.irrevocable[{kind.number, path}] != 1) return "finished without effect " + path;
  }

  // The same mail twice, and a crash during the move of one: the other cannot be told from it, and
  // is moved as well.
  if (kind.copies > 1 && may_be_uncertain) return {};

  int in_inbox = kind.copies, in_archive = 0, in_trash = 0, in_sent = 0;
  bool is_seen = false, is_flagged = false;
  for (const auto& step : expected.tail) {
    if (step.verb == flow::TailVerb::set_flag)
      (step.flag == mailbox::Flag::seen ? is_seen : is_flagged) = true;
    if (step.verb == flow::TailVerb::copy) ++in_sent;
    if (step.takes_away()) --in_inbox;
    if (step.verb == flow::TailVerb::move) ++in_archive;
    if (step.verb == flow::TailVerb::remove) ++in_trash;
  }
  if (count_in("Inbox", kind.number) != in_inbox) return "not as it should be in the Inbox";
  if (count_in("Sent", kind.number) != in_sent) return "not copied";
  int archived = count_in("Archive", kind.number), trashed = count_in("Trash", kind.number);
  bool is_there = archived == in_archive && trashed == in_trash;
  bool is_twice = archived + trashed == in_archive + in_trash + 1 && archived >= in_archive &&
                  trashed >= in_trash;
  if (!is_there && !(allows_double_move && is_twice)) return "not where it should be";
  for (const auto& folder : mailbox.folders()) {
    bool is_final =
        folder.info.path == "Inbox" ? in_inbox > 0 && kind.copies == 1 : folder.info.path != "Sent";
    for (const auto& message : folder.messages) {
      if (!is_final || number_of(message.message) != kind.number) continue;
      if (message.message.flags.seen != is_seen || message.message.flags.flagged != is_flagged)
        return "wrong status";
    }
  }
  return {};
}

}  // namespace postroom::model
