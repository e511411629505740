// Database: one SQLite file, opened safely: WAL, a busy timeout, mode 0600 in a folder of mode
// 0700, schema migrated.
//
// Owns: the connection. The only code that includes sqlite3.h. Does not know: what the tables mean.
// One thread; several handles and processes may have the same file open.
//
// Every function throws Error{storage}: state.not_writable, state.disk_full, state.busy,
// state.damaged, state.newer (written by a newer Postroom), state.failed.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace postroom::state {

// A prepared statement. Kept and used again: bind from 1, step, read from 0, and it resets itself
// on the next bind.
class Statement {
 public:
  Statement() = default;
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  // Text is not copied: it must live until the statement has been stepped to its end or reset.
  Statement& bind(int index, std::string_view text);
  Statement& bind(int index, std::int64_t number);
  Statement& bind_bytes(int index, std::string_view bytes);
  Statement& bind_null(int index);

  // True while there is a row.
  bool step();
  // Steps to the end and resets; rows are dropped.
  void run();
  void reset() noexcept;

  std::int64_t number(int column) const noexcept;
  std::string text(int column) const;                // "" for NULL
  std::string_view view(int column) const noexcept;  // until the next step or reset
  bool is_null(int column) const noexcept;

 private:
  friend class Database;
  Statement(sqlite3* database, sqlite3_stmt* statement)
      : database_(database), statement_(statement) {}
  void check(int result);
  sqlite3* database_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
};

// How much of a crash a commit survives: `normal` the death of the process, `full` also a power
// cut.
enum class Durability { normal, full };

class Database {
 public:
  // `migrations[i]` is the SQL that brings schema version i to i + 1. ":memory:" as the file is a
  // database of its own. Folders are made as needed.
  explicit Database(const std::filesystem::path& file, std::span<const std::string_view> migrations,
                    std::chrono::milliseconds busy_limit = std::chrono::milliseconds{10'000});
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Statement prepare(std::string_view sql);
  void execute(std::string_view sql);  // one or more statements without results
  std::int64_t last_id() const noexcept;
  std::int64_t changes() const noexcept;  // rows changed by the last statement

 private:
  friend class Transaction;
  void open(const std::filesystem::path& file, std::chrono::milliseconds busy_limit);
  void close() noexcept;
  void migrate(std::span<const std::string_view> migrations);
  void set_durability(Durability durability);

  sqlite3* handle_ = nullptr;
  Durability durability_ = Durability::normal;
  std::string file_;
  Statement begin_, begin_read_, commit_, rollback_;
};

// BEGIN IMMEDIATE (or a read) to COMMIT; rolled back unless committed.
class Transaction {
 public:
  enum class Kind { read, write };
  explicit Transaction(Database& database, Kind kind = Kind::write,
                       Durability durability = Durability::normal);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace postroom::state
