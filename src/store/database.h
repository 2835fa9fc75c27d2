// The door to the rows: one SQLite file, its schema brought up to date, its connections.
//
// Everything of the store goes through the aggregates (users.h, tasks.h, …), small objects that
// hold a Database& and nothing else: make one wherever it is handy. All are safe from any thread.
//
// What they promise:
//   - What a function has written when it returns survives kill -9 and power loss (WAL, synced).
//   - Each function is one transaction: all of it happens, or nothing.
//   - Writers take turns, one at a time; a reader never waits for a writer and sees all that was
//     committed before it began.
//
// What they throw, beside what each function names:
//   no_space     "disk_full"             nothing was changed; works again once there is space
//   unavailable  "database_busy"         another process held the file for 10 seconds
//   internal     "database_corrupt"      the file is damaged
//   internal     "database_error"        anything else, with SQLite's words
#pragma once

#include <memory>

#include "base/files.h"

namespace cloudbrain::store {

class Connections;

class Database {
 public:
  // Opens or creates `file` (its directory must exist) and applies the migrations it lacks. Throws
  //   unavailable "database_newer"    the file was written by a later version of the program
  //   internal    "database_corrupt"  it is no SQLite database, or a damaged one
  explicit Database(const fs::path& file);
  // Closes all connections. Nothing may be using them any more.
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // The number of the newest migration the file has.
  int schema_version() const { return schema_version_; }
  // For the store's own files only: the class is not public (connection.h).
  Connections& connections() const { return *connections_; }

 private:
  std::unique_ptr<Connections> connections_;
  int schema_version_ = 0;
};

}  // namespace cloudbrain::store
