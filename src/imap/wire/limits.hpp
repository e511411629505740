// Limits: what a hostile or broken server may make us hold.
#pragma once

#include <cstddef>
#include <cstdint>

namespace postroom::imap::wire {

struct Limits {
  // A SEARCH reply of two million UIDs is one line of about 16 MiB; nothing honest is longer.
  std::size_t line = 16u << 20;
  // Lines and literals of one response together: many sections of one message in one FETCH.
  std::size_t response = 32u << 20;
  // Literals up to here wait in the receive buffer; larger ones may be streamed.
  std::size_t buffered_literal = 64u << 10;
  // A literal that nobody offered a sink for is kept up to here (headers, a text part), beyond it
  // is dropped.
  std::size_t kept_literal = 1u << 20;
  // RFC 9051 allows 63 bits; no mail server stores a message above 4 GiB.
  std::uint64_t literal = std::uint64_t{4} << 30;
  // GMime stops at 1,024, Exchange at 30; each level costs a stack frame here.
  int nesting = 100;
  // A message of more parts is an attack: their descriptions alone are megabytes.
  std::size_t body_parts = 10'000;
  // Name spaces of one kind: most servers have one, Dovecot as many as its administrator likes.
  std::size_t name_spaces = 100;
  // Replies between two answers to commands that no command asked for: another client may empty a
  // folder of a million messages, which is one EXPUNGE of some 18 bytes for each.
  std::size_t unasked = 32u << 20;
  // What the shortest of them counts for: a reply costs us time, however few its bytes.
  std::size_t unasked_least = 32;
  // Blank lines in a row; some servers send one after a literal.
  std::size_t blank_lines = 10'000;
  // What an untagged OK counts for in that: servers keep a slow command's connection warm with one
  // every 15 seconds, and 8,000 of them are more than a day.
  std::size_t unasked_status = 4u << 10;
  // UIDs that one search may find: no folder holds more messages.
  std::size_t found = 20'000'000;
  // Replies we could not read before the connection is given up.
  std::size_t unreadable = 1'000;
};

}  // namespace postroom::imap::wire
