#include "tests/model/program.hpp"

#include <algorithm>

namespace postroom::model {
namespace {

using base::Error;
using base::ErrorKind;
using base::Task;
using Verb = ModelStep::Verb;
using flow::StepResult;

int pick(std::mt19937& random, int count) {
  return static_cast<int>(random() % static_cast<unsigned>(count));
}

// Every other step is for all messages, the rest for a third of them.
int pick_only(std::mt19937& random) { return pick(random, 2) == 0 ? -1 : pick(random, 3); }

flow::TailStep tail_step(flow::TailVerb verb, std::string target = {}) {
  flow::TailStep step;
  step.verb = verb;
  step.target = std::move(target);
  return step;
}

class ModelEffect final : public flow::Effect {
 public:
  ModelEffect(Effects& effects, int number, std::string path, Verb verb)
      : effects_(effects), number_(number), path_(std::move(path)), verb_(verb) {}

  Task<StepResult> act() override {
    effects_.around();
    if (verb_ == Verb::fail) throw Error(ErrorKind::refused, "model.refused", "no");
    if (verb_ == Verb::fail_once && effects_.failures[number_]++ == 0) {
      throw Error(ErrorKind::refused, "model.refused", "not yet");
    }
    if (verb_ == Verb::irrevocable) ++effects_.irrevocable[{number_, path_}];
    effects_.around();
    StepResult result;
    result.value = "value of " + path_;
    co_return result;
  }
  Task<StepResult> foresee() override { co_return StepResult{}; }

 private:
  Effects& effects_;
  int number_;
  std::string path_;
  Verb verb_;
};

}  // namespace

int number_of(const mailbox::Message& message) {
  return std::stoi(message.envelope.subject.substr(1));
}

std::vector<std::string> Program::hashes() const {
  std::vector<std::string> hashes;
  for (std::size_t i = 0; i < steps.size() + tail.size(); ++i)
    hashes.push_back("step " + std::to_string(i));
  return hashes;
}

Program random_program(std::mt19937& random) {
  Program program;
  constexpr Verb verbs[] = {Verb::irrevocable, Verb::irrevocable, Verb::plain,
                            Verb::repeatable,  Verb::nested,      Verb::fail,
                            Verb::fail_once,   Verb::skip,        Verb::stop};
  int count = pick(random, 4);
  for (int i = 0; i < count; ++i) {
    ModelStep step{verbs[pick(random, 9)], pick_only(random)};
    bool ends_it = step.verb == Verb::fail || step.verb == Verb::skip || step.verb == Verb::stop;
    if (ends_it) step.only = pick(random, 3);
    program.steps.push_back(step);
  }
  int flags = pick(random, 3);
  if (flags > 0) {
    auto step = tail_step(flow::TailVerb::set_flag);
    step.flag = flags == 1 ? mailbox::Flag::seen : mailbox::Flag::flagged;
    program.tail.push_back({step, pick_only(random)});
  }
  if (pick(random, 3) == 0)
    program.tail.push_back({tail_step(flow::TailVerb::copy, "Sent"), pick_only(random)});
  switch (pick(random, 4)) {
    case 0:
      program.tail.push_back({tail_step(flow::TailVerb::move, "Archive"), pick_only(random)});
      break;
    case 1:
      program.tail.push_back({tail_step(flow::TailVerb::remove), pick_only(random)});
      break;
    default:
      break;
  }
  program.mark_read = pick(random, 3) == 0;
  // A message that always fails would stop every run before the later ones: that is what `stop`
  // means.
  auto always_fails = [](const ModelStep& step) { return step.verb == Verb::fail; };
  bool may_stop = std::ranges::none_of(program.steps, always_fails);
  program.on_error =
      may_stop && pick(random, 4) == 0 ? flow::OnError::stop : flow::OnError::quarantine;
  return program;
}

Expected expected_of(const Program& program, int number) {
  Expected expected;
  bool goes_on = true;
  for (std::size_t i = 0; i < program.steps.size() && goes_on; ++i) {
    const ModelStep& step = program.steps[i];
    if (!step.applies_to(number)) continue;
    std::string path = std::to_string(i);
    if (step.verb == Verb::irrevocable) expected.irrevocable.push_back(path);
    if (step.verb == Verb::nested) {
      expected.irrevocable.push_back(path + ".item0.0");
      expected.irrevocable.push_back(path + ".item1.0");
    }
    if (step.verb == Verb::fail) {
      expected.ends_failed = true;
      return expected;
    }
    goes_on = step.verb != Verb::skip;
  }
  for (const auto& step : program.tail) {
    if (goes_on && step.applies_to(number)) expected.tail.push_back(step.step);
  }
  if (program.mark_read)
    expected.tail.insert(expected.tail.begin(), tail_step(flow::TailVerb::set_flag));
  return expected;
}

Task<flow::BodyResult> ProgramBody::run(mailbox::Message& message, mailbox::Folder&,
                                        flow::StepJournal& journal) {
  int number = number_of(message);
  flow::BodyResult result;
  for (std::size_t i = 0; i < program_.steps.size(); ++i) {
    const ModelStep& step = program_.steps[i];
    if (!step.applies_to(number)) continue;
    std::string path = std::to_string(i);
    if (step.verb == Verb::skip) {
      result.end = flow::BodyResult::End::skipped;
      co_return result;
    }
    if (step.verb == Verb::stop) {
      result.stop = flow::BodyResult::Stop::loop;
      continue;
    }
    if (step.verb == Verb::nested) {
      for (int item = 0; item < 2; ++item) {
        std::string inner = path + ".item" + std::to_string(item) + ".0";
        ModelEffect effect(effects_, number, inner, Verb::irrevocable);
        Task<StepResult> once = journal.once(inner, flow::StepKind::irrevocable, effect);
        co_await std::move(once);
      }
      continue;
    }
    flow::StepKind kind = step.verb == Verb::irrevocable  ? flow::StepKind::irrevocable
                          : step.verb == Verb::repeatable ? flow::StepKind::repeatable
                                                          : flow::StepKind::plain;
    ModelEffect effect(effects_, number, path, step.verb);
    Task<StepResult> once = journal.once(path, kind, effect);
    StepResult given = co_await std::move(once);
    if (given.value != "value of " + path)
      throw Error(ErrorKind::internal, "model.value", "a value was lost");
  }
  for (std::size_t i = 0; i < program_.tail.size(); ++i) {
    if (!program_.tail[i].applies_to(number)) continue;
    journal.queue(std::to_string(program_.steps.size() + i), program_.tail[i].step);
  }
  co_return result;
}

}  // namespace postroom::model
