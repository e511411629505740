#include "state/database.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"

namespace postroom::state {
namespace {

using base::Error;
using base::ErrorKind;

[[noreturn]] void fail(sqlite3* handle, int result) {
  std::string said = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(result);
  const char* file = handle != nullptr ? sqlite3_db_filename(handle, "main") : nullptr;
  std::string where = file != nullptr && *file != '\0' ? file : "the state database";
  switch (result & 0xff) {
    case SQLITE_FULL:
      throw Error(ErrorKind::storage, "state.disk_full", where + " cannot grow: " + said,
                  "free disk space, then run again: nothing recorded so far is lost");
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      throw Error(ErrorKind::storage, "state.not_writable", where + " cannot be written: " + said,
                  "check the owner and mode of the folder, or name another with --state");
    case SQLITE_BUSY:
    case SQLITE_LOCKED: {
      Error error(ErrorKind::storage, "state.busy",
                  where + " is locked by another process: " + said,
                  "run again when the other process has finished");
      error.set_transient(true);
      throw error;
    }
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      throw Error(
          ErrorKind::storage, "state.damaged", where + " is damaged: " + said,
          "move the file away and restore it from a backup; without it, mail may be done twice");
    case SQLITE_IOERR:
      throw Error(ErrorKind::storage, "state.disk_full",
                  where + " cannot be read or written: " + said,
                  "check the disk: space, quota, health");
    default:
      throw Error(ErrorKind::storage, "state.failed", where + ": " + said,
                  "report this with the message: it should not happen");
  }
}

void secure_folder(const std::filesystem::path& folder) {
  if (folder.empty()) return;
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return;  // an existing one keeps its mode
  std::filesystem::create_directories(folder.parent_path(), error);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    throw Error(
        ErrorKind::storage, "state.not_writable",
        "cannot make the folder " + folder.string() + ": " + std::generic_category().message(errno),
        "check the owner and mode of the folder above, or name another with --state");
  }
}

// SQLite gives its -wal and -shm files the mode of the database itself.
void secure_file(const std::filesystem::path& file) {
  int fd = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) {
    const char* code =
        errno == ENOSPC || errno == EDQUOT ? "state.disk_full" : "state.not_writable";
    throw Error(
        ErrorKind::storage, code,
        "cannot open " + file.string() + ": " + std::generic_category().message(errno),
        "check the owner and mode of the file and its folder, or name another with --state");
  }
  ::close(fd);
}

}  // namespace

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(database_, other.database_);
  std::swap(statement_, other.statement_);
  return *this;
}

Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::check(int result) {
  if (result != SQLITE_OK) fail(database_, result);
}

Statement& Statement::bind(int index, std::string_view text) {
  if (sqlite3_stmt_busy(statement_)) sqlite3_reset(statement_);
  const char* data = text.data() != nullptr ? text.data() : "";
  check(sqlite3_bind_text64(statement_, index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind(int index, std::int64_t number) {
  if (sqlite3_stmt_busy(statement_)) sqlite3_reset(statement_);
  check(sqlite3_bind_int64(statement_, index, number));
  return *this;
}

Statement& Statement::bind_bytes(int index, std::string_view bytes) {
  if (sqlite3_stmt_busy(statement_)) sqlite3_reset(statement_);
  const char* data = bytes.data() != nullptr ? bytes.data() : "";
  check(sqlite3_bind_blob64(statement_, index, data, bytes.size(), SQLITE_STATIC));
  return *this;
}

Statement& Statement::bind_null(int index) {
  if (sqlite3_stmt_busy(statement_)) sqlite3_reset(statement_);
  check(sqlite3_bind_null(statement_, index));
  return *this;
}

bool Statement::step() {
  int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) {
    sqlite3_reset(statement_);
    return false;
  }
  // The message must be read before reset, which may change it.
  struct Resetter {
    sqlite3_stmt* statement;
    ~Resetter() { sqlite3_reset(statement); }
  } resetter{statement_};
  fail(database_, result);
}

void Statement::run() {
  while (step()) {
  }
}

void Statement::reset() noexcept { sqlite3_reset(statement_); }

std::int64_t Statement::number(int column) const noexcept {
  return sqlite3_column_int64(statement_, column);
}

std::string_view Statement::view(int column) const noexcept {
  const void* data = sqlite3_column_blob(statement_, column);
  int size = sqlite3_column_bytes(statement_, column);
  return {static_cast<const char*>(data), static_cast<std::size_t>(data != nullptr ? size : 0)};
}

std::string Statement::text(int column) const { return std::string(view(column)); }

bool Statement::is_null(int column) const noexcept {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Database::Database(const std::filesystem::path& file, std::span<const std::string_view> migrations,
                   std::chrono::milliseconds busy_limit)
    : file_(file.string()) {
  try {
    open(file, busy_limit);
    migrate(migrations);
  } catch (...) {
    close();
    throw;
  }
}

Database::~Database() { close(); }

void Database::close() noexcept {
  for (Statement* statement : {&begin_, &begin_read_, &commit_, &rollback_})
    *statement = Statement();
  sqlite3_close_v2(handle_);  // statements that outlive this keep the handle until they go
  handle_ = nullptr;
}

void Database::open(const std::filesystem::path& file, std::chrono::milliseconds busy_limit) {
  bool in_memory = file == ":memory:";
  if (!in_memory) {
    secure_folder(file.parent_path());
    secure_file(file);
  }
  int result =
      sqlite3_open_v2(file.c_str(), &handle_,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  if (result != SQLITE_OK) fail(handle_, result);
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, static_cast<int>(busy_limit.count()));
  execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;"
      "PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY;"
      // Index pages are hit at random: the fewer checkpoints, the fewer times each is written (32
      // MiB of WAL).
      "PRAGMA wal_autocheckpoint = 8192;"
      "PRAGMA journal_size_limit = 67108864;");
  begin_ = prepare("BEGIN IMMEDIATE");
  begin_read_ = prepare("BEGIN");
  commit_ = prepare("COMMIT");
  rollback_ = prepare("ROLLBACK");
}

void Database::migrate(std::span<const std::string_view> migrations) {
  auto version = [this] {
    Statement read = prepare("PRAGMA user_version");
    read.step();
    return static_cast<std::size_t>(read.number(0));
  };
  if (version() == migrations.size()) return;
  Transaction transaction(*this, Transaction::Kind::write, Durability::full);
  std::size_t from = version();  // another process may have been faster
  if (from > migrations.size()) {
    throw Error(ErrorKind::storage, "state.newer",
                file_ + " was written by a newer version of Postroom",
                "update Postroom, or name another folder with --state");
  }
  for (std::size_t i = from; i < migrations.size(); ++i) execute(migrations[i]);
  execute("PRAGMA user_version = " + std::to_string(migrations.size()));
  transaction.commit();
}

Statement Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  int result = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                  SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (result != SQLITE_OK) fail(handle_, result);
  return {handle_, statement};
}

void Database::execute(std::string_view sql) {
  std::string text(sql);
  int result = sqlite3_exec(handle_, text.c_str(), nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) fail(handle_, result);
}

std::int64_t Database::last_id() const noexcept { return sqlite3_last_insert_rowid(handle_); }

std::int64_t Database::changes() const noexcept { return sqlite3_changes64(handle_); }

void Database::set_durability(Durability durability) {
  if (durability == durability_) return;
  execute(durability == Durability::full ? "PRAGMA synchronous = FULL"
                                         : "PRAGMA synchronous = NORMAL");
  durability_ = durability;
}

Transaction::Transaction(Database& database, Kind kind, Durability durability)
    : database_(database) {
  if (kind == Kind::write) {
    database.set_durability(durability);
    database.begin_.run();
  } else {
    database.begin_read_.run();
  }
}

Transaction::~Transaction() {
  if (!open_ || sqlite3_get_autocommit(database_.handle_) != 0) return;
  try {
    database_.rollback_.run();
  } catch (const Error&) {
    // Nothing was committed; the next BEGIN says what is wrong.
  }
}

void Transaction::commit() {
  database_.commit_.run();
  open_ = false;
}

}  // namespace postroom::state
