// Random loop bodies and what they ought to do: the model that the engine is held to.
#pragma once

#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "flow/loop/loop_body.hpp"
#include "flow/loop/loop_spec.hpp"

namespace postroom::model {

// One step. `only` restricts it to some messages, by their number modulo 3 (-1: all).
struct ModelStep {
  enum class Verb {
    irrevocable,
    plain,
    repeatable,
    nested,
    fail,
    fail_once,
    skip,
    stop
  } verb = Verb::plain;
  int only = -1;
  bool applies_to(int number) const { return only < 0 || number % 3 == only; }
};

struct ModelTail {
  flow::TailStep step;
  int only = -1;
  bool applies_to(int number) const { return only < 0 || number % 3 == only; }
};

struct Program {
  std::vector<ModelStep> steps;
  std::vector<ModelTail> tail;
  bool mark_read = false;
  flow::OnError on_error = flow::OnError::quarantine;
  std::vector<std::string> hashes() const;
};

Program random_program(std::mt19937& random);

// What a message ought to have been through when all is done.
struct Expected {
  std::vector<std::string> irrevocable;  // paths, each exactly once
  std::vector<flow::TailStep> tail;
  bool ends_failed = false;
};
Expected expected_of(const Program& program, int number);

// What the world outside saw: how often each effect of each message happened.
struct Effects {
  std::map<std::pair<int, std::string>, int> irrevocable;
  std::map<int, int> failures;   // for fail_once
  std::function<void()> around;  // before and after each effect: a crash, another process's turn
};

class ProgramBody final : public flow::LoopBody {
 public:
  ProgramBody(const Program& program, Effects& effects) : program_(program), effects_(effects) {}
  base::Task<flow::BodyResult> run(mailbox::Message& message, mailbox::Folder& folder,
                                   flow::StepJournal& journal) override;

 private:
  const Program& program_;
  Effects& effects_;
};

// Messages are told apart by their subject: "m12".
int number_of(const mailbox::Message& message);

}  // namespace postroom::model
