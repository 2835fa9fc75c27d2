// The schema's history, oldest first. Number n is the n-th entry.
//
// A new one is a new file migrations/NNNN_name.sql; one that was released is never edited. Each
// runs in a transaction of its own. Statements end with ";" at the end of a line. @identity@ stands
// for the column type of an id that the database assigns and never assigns again (dialect.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cloudbrain::store {

class Connection;

struct Migration {
  std::string_view name;  // "0001_start"
  std::string_view text;
};

const std::vector<Migration>& migrations();

// Applies what the connection's database lacks and gives its version. Throws Error unavailable
// "database_newer" where the database knows more migrations than this program.
int migrate(Connection& connection, const std::vector<Migration>& known);

// The statements of a migration, each without its ";".
std::vector<std::string> split_statements(std::string_view text);

}  // namespace cloudbrain::store
