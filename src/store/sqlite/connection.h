// Connections and who may use them. For the store's own .cpp files.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include <soci/soci.h>

#include "base/files.h"
#include "store/database.h"
#include "store/sqlite/dialect.h"

namespace cloudbrain::store {

// One session and the statements it has prepared. One thread at a time.
class Connection {
 public:
  Connection(const fs::path& file, dialect::Access access);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  soci::session& session() { return *session_; }
  // A statement that nothing is bound to; prepared once for each text. The handle is counted.
  soci::statement prepared(const std::string& sql);

 private:
  std::unique_ptr<soci::session> session_;
  // After the session, so that the statements go first.
  std::unordered_map<std::string, soci::statement> statements_;
};

// The one writer and a pool of readers, made as needed: as many as there were readers at once.
class Connections {
 public:
  explicit Connections(const fs::path& file) : file_(file), writer_(file, dialect::Access::write) {}

  std::unique_ptr<Connection> take_reader();
  void give_back(std::unique_ptr<Connection> reader) noexcept;

  std::mutex& writer_turn() { return writer_turn_; }
  Connection& writer() { return writer_; }

 private:
  const fs::path file_;
  std::mutex writer_turn_;
  Connection writer_;
  std::mutex readers_lock_;
  std::vector<std::unique_ptr<Connection>> readers_;  // idle ones; the last used is the warmest
};

// Lends a reader for a scope. Every statement sees the newest committed rows.
class Reading {
 public:
  explicit Reading(const Database& database);
  ~Reading();
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  Connection& connection() { return *connection_; }

 private:
  Connections& connections_;
  std::unique_ptr<Connection> connection_;
};

// A transaction on a connection; rolled back unless committed.
class OpenTransaction {
 public:
  explicit OpenTransaction(Connection& connection);
  ~OpenTransaction();
  OpenTransaction(const OpenTransaction&) = delete;
  OpenTransaction& operator=(const OpenTransaction&) = delete;
  // Durable when it returns.
  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

// The writer for a scope, in a transaction. Waits its turn. Nothing slow may happen inside.
class Writing {
 public:
  explicit Writing(Database& database);
  Connection& connection() { return connection_; }
  void commit() { transaction_.commit(); }

 private:
  std::lock_guard<std::mutex> turn_;
  Connection& connection_;
  OpenTransaction transaction_;
};

}  // namespace cloudbrain::store
