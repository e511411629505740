#include "flow/run/tail_steps.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "flow/load/load.hpp"
#include "flow/run/step_text.hpp"

namespace postroom::flow {
namespace {

// Steps stay where they are: the tail holds addresses of them.
struct Loaded {
  explicit Loaded(const std::string& body)
      : result(load_text("name: t\nsteps:\n  - connect: { session: s, to: maildir, path: x }\n"
                         "  - for_each_mail:\n      session: s\n      do:\n" +
                             body,
                         "t.yaml", "/")) {
    for (const auto& finding : result.findings) ADD_FAILURE() << finding.message;
  }
  const std::vector<Step>& body() const {
    return std::get<std::vector<Step>>(result.flow.steps[1].field("do")->data);
  }
  LoadResult result;
};

std::vector<std::string> tail_of(const std::string& text) {
  Loaded flow(text);
  std::vector<std::string> paths;
  for (const Step* step : tail_steps(flow.body())) paths.push_back(std::string(step->spec->name));
  std::ranges::sort(paths);
  return paths;
}

using Names = std::vector<std::string>;

TEST(TailSteps, AreTheChangesAtTheEnd) {
  EXPECT_EQ(tail_of("        - save_email: { to: a }\n        - change_status: { to: read }\n      "
                    "  - move: { to: B }\n"),
            (Names{"change_status", "move"}));
}

TEST(TailSteps, NothingBeforeAnotherKindOfStepWaits) {
  EXPECT_EQ(tail_of("        - change_status: { to: read }\n        - log: hello\n"), Names{});
  EXPECT_EQ(tail_of("        - move: { to: A }\n        - reply: { text: x }\n        - "
                    "change_status: { to: read }\n"),
            Names{"change_status"});
}

TEST(TailSteps, ReachIntoAnIfAtTheEnd) {
  EXPECT_EQ(tail_of("        - if:\n            when: \"true\"\n            do: [ { save_email: { "
                    "to: a } }, { move: { to: B } } ]\n"
                    "            else: [ { change_status: { to: read } } ]\n"),
            (Names{"change_status", "move"}));
}

TEST(TailSteps, AnIfThatMayActEndsTheTailBeforeIt) {
  EXPECT_EQ(
      tail_of("        - change_status: { to: read }\n        - if:\n            when: \"true\"\n"
              "            do: [ { save_email: { to: a } }, { move: { to: B } } ]\n"),
      Names{"move"});
}

TEST(StepHash, ChangesWithTheMeaningOnly) {
  auto hash = [](const std::string& text) { return step_hash(Loaded(text).body()[0]); };
  std::string plain = hash("        - move: { to: A }\n");
  EXPECT_EQ(plain,
            hash("        - move:\n            to: A\n          note: why\n          id: step1\n"));
  EXPECT_NE(plain, hash("        - move: { to: B }\n"));
  EXPECT_NE(plain, hash("        - move: { to: A, create: true }\n"));
}

}  // namespace
}  // namespace postroom::flow
