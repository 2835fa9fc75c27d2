// All that is particular to SQLite. Another database gets a file beside dialect.cpp.
//
// The rest of the store keeps to SQL that PostgreSQL understands too: ON CONFLICT DO NOTHING,
// RETURNING, partial indexes and indexes on lower(name) are the same in both.
#pragma once

#include <exception>
#include <memory>

#include <soci/soci.h>

#include "base/files.h"

namespace cloudbrain::store::dialect {

enum class Access { read, write };
// A session that is set up: WAL, synchronous=FULL, foreign keys, busy timeout. Access::read refuses
// every statement that would write.
std::unique_ptr<soci::session> open(const fs::path& file, Access access);

// Type of a column whose values the database assigns, growing, never one twice.
std::string_view identity_column();

// Starts a transaction that is a writer from its first moment, so that it can't fail half way
// because another writer was faster.
void begin_write(soci::session& session);

// Ends a statement's run: a read that was not fetched to its end would pin old pages of the WAL, an
// INSERT … RETURNING would keep the transaction from committing.
void end_run(soci::statement& statement) noexcept;

// Throws the Error (database.h lists them) for what SOCI threw.
[[noreturn]] void throw_as_error(const soci::soci_error& error);

}  // namespace cloudbrain::store::dialect
