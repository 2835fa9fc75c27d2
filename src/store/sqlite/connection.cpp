#include "store/sqlite/connection.h"

#include "store/sqlite/dialect.h"

namespace cloudbrain::store {

namespace {

// More than the store's fixed statements and the usual lists; a list's text varies with its filter,
// and a stranger must not be able to fill the memory with combinations.
constexpr std::size_t kMostPrepared = 128;

}  // namespace

Connection::Connection(const fs::path& file, dialect::Access access)
    : session_(dialect::open(file, access)) {}

soci::statement Connection::prepared(const std::string& sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) return found->second;
  if (statements_.size() >= kMostPrepared) statements_.clear();
  soci::statement statement(*session_);
  statement.alloc();
  statement.prepare(sql);
  statements_.emplace(sql, statement);
  return statement;
}

std::unique_ptr<Connection> Connections::take_reader() {
  {
    const std::lock_guard lock(readers_lock_);
    if (!readers_.empty()) {
      std::unique_ptr<Connection> reader = std::move(readers_.back());
      readers_.pop_back();
      return reader;
    }
  }
  return std::make_unique<Connection>(file_, dialect::Access::read);
}

void Connections::give_back(std::unique_ptr<Connection> reader) noexcept {
  const std::lock_guard lock(readers_lock_);
  readers_.push_back(std::move(reader));
}

Reading::Reading(const Database& database)
    : connections_(database.connections()), connection_(connections_.take_reader()) {}

Reading::~Reading() {
  connections_.give_back(std::move(connection_));
}

OpenTransaction::OpenTransaction(Connection& connection) : connection_(connection) {
  dialect::begin_write(connection_.session());
}

OpenTransaction::~OpenTransaction() {
  if (!open_) return;
  try {
    connection_.session().rollback();
  } catch (const soci::soci_error&) {
    // SQLite has already rolled back by itself, as it does after a full disk.
  }
}

void OpenTransaction::commit() {
  try {
    connection_.session().commit();
    open_ = false;
  } catch (const soci::soci_error& error) {
    dialect::throw_as_error(error);
  }
}

Writing::Writing(Database& database)
    : turn_(database.connections().writer_turn()),
      connection_(database.connections().writer()),
      transaction_(connection_) {}

}  // namespace cloudbrain::store
