#include "store/sqlite/dialect.h"

#include <soci/sqlite3/soci-sqlite3.h>

#include "base/error.h"

namespace cloudbrain::store::dialect {

namespace {

constexpr int kPrimaryCode =
    0xff;  // the low byte of an extended result code (sqlite.org/rescode.html)

// SOCI's libraries do not export what UBSan would look at to check the two casts below.
__attribute__((no_sanitize("vptr"))) sqlite_api::sqlite3* handle(soci::session& session) {
  return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

[[noreturn]] void throw_full() {
  throw Error(
      ErrorKind::no_space, "disk_full",
      {"The database could not be written: the disk or the quota is full, or the disk fails.",
       "无法写入数据库：磁盘或配额已满，或磁盘出现故障。"},
      {"Free some space in the data directory and try again.", "请清理数据目录所在磁盘后重试。"});
}

[[noreturn]] void throw_corrupt(const std::string& detail) {
  throw Error(
      ErrorKind::internal, "database_corrupt",
      {"The database file is damaged or is no database: " + detail,
       "数据库文件已损坏，或不是数据库文件：" + detail},
      {"Stop the server and restore the file from a backup.", "请停止服务并从备份恢复该文件。"});
}

int code_of(const soci::soci_error& error) {
  const auto* from_sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
  return from_sqlite == nullptr ? SQLITE_ERROR : from_sqlite->result();
}

bool is_corrupt(const soci::soci_error& error) {
  const int primary = code_of(error) & kPrimaryCode;
  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
}

[[noreturn]] void throw_busy() {
  throw Error(
      ErrorKind::unavailable, "database_busy",
      {"Another process keeps the database locked.", "数据库被另一个进程锁定。"},
      {"Close the program that has the database file open.", "请关闭正在使用该数据库文件的程序。"});
}

// SQLite says FULL for ENOSPC alone. A quota or a file size limit that is reached is IOERR_WRITE to
// it, and errno is gone by then; what else it can mean (a failing disk) the message says as well.
bool is_out_of_space(int code) {
  return (code & kPrimaryCode) == SQLITE_FULL || code == SQLITE_IOERR_WRITE;
}

// SOCI reads name="value" pairs apart at blanks and quotes.
std::string connect_string(const fs::path& file) {
  if (file.string().find('"') != std::string::npos) {
    throw Error(ErrorKind::invalid, "database_path",
                {"The path of the database may not contain a quotation mark: " + file.string(),
                 "数据库路径不能包含双引号：" + file.string()});
  }
  return "db=\"" + file.string() + "\" timeout=10";
}

}  // namespace

std::unique_ptr<soci::session> open(const fs::path& file, Access access) {
  auto session = std::make_unique<soci::session>();
  try {
    session->open(soci::sqlite3, connect_string(file));
  } catch (const soci::soci_error& error) {
    throw Error(
        ErrorKind::internal, "database_unopenable",
        {fmt::format("The database {} can't be opened: {}", file.string(), error.what()),
         fmt::format("无法打开数据库 {}：{}", file.string(), error.what())},
        {"Check that its directory exists and may be written.", "请检查所在目录是否存在且可写。"});
  }
  sqlite_api::sqlite3_extended_result_codes(handle(*session), 1);
  try {
    *session << "PRAGMA journal_mode = WAL";
    *session << "PRAGMA synchronous = FULL";
    *session << "PRAGMA foreign_keys = ON";
    if (access == Access::read) *session << "PRAGMA query_only = ON";
  } catch (const soci::soci_error& error) {
    if (is_corrupt(error)) throw_corrupt(file.string() + ": " + error.what());
    throw_as_error(error);
  }
  return session;
}

std::string_view identity_column() {
  return "INTEGER PRIMARY KEY AUTOINCREMENT";
}

void begin_write(soci::session& session) {
  try {
    session << "BEGIN IMMEDIATE";
  } catch (const soci::soci_error& error) {
    throw_as_error(error);
  }
}

__attribute__((no_sanitize("vptr"))) void end_run(soci::statement& statement) noexcept {
  auto* backend = static_cast<soci::sqlite3_statement_backend*>(statement.get_backend());
  sqlite_api::sqlite3_reset(backend->stmt_);
  // SOCI bound the arguments by address, and they are about to go.
  sqlite_api::sqlite3_clear_bindings(backend->stmt_);
}

void throw_as_error(const soci::soci_error& error) {
  if (is_out_of_space(code_of(error))) throw_full();
  if (is_corrupt(error)) throw_corrupt(error.what());
  if ((code_of(error) & kPrimaryCode) == SQLITE_BUSY) throw_busy();
  throw Error(ErrorKind::internal, "database_error",
              {std::string("The database refused a statement: ") + error.what(),
               std::string("数据库拒绝了一条语句：") + error.what()});
}

}  // namespace cloudbrain::store::dialect
