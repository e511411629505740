// What every message passes through: UTF-8 checks and base64. Bytes a second is the number to
// watch.
#include <string>

#include <benchmark/benchmark.h>

#include "base/base64.hpp"
#include "base/utf8.hpp"

namespace {

using namespace postroom;

std::string french_text(std::size_t size) {
  std::string text;
  while (text.size() < size)
    text += "Veuillez trouver ci-joint la facture du mois précédent, payée à réception. ";
  return text;
}

void valid_utf8(benchmark::State& state) {
  const auto text = french_text(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(base::is_valid_utf8(text));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(valid_utf8)->Arg(1 << 10)->Arg(1 << 20);

void base64_round_trip(benchmark::State& state) {
  const auto text = french_text(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    const auto encoded = base::to_base64(text);
    benchmark::DoNotOptimize(base::from_base64(encoded));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(base64_round_trip)->Arg(1 << 10)->Arg(1 << 20);

}  // namespace
