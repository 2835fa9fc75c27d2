#include "store/sqlite/migrations.h"

#include "base/error.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/dialect.h"
#include "store/sqlite/statement.h"

namespace cloudbrain::store {

namespace {

constexpr std::string_view kIdentity = "@identity@";

std::string in_dialect(std::string statement) {
  for (std::size_t at = statement.find(kIdentity); at != std::string::npos;
       at = statement.find(kIdentity, at)) {
    statement.replace(at, kIdentity.size(), dialect::identity_column());
  }
  return statement;
}

void refuse_newer(int version, std::size_t known) {
  if (version <= static_cast<int>(known)) return;
  throw Error(
      ErrorKind::unavailable, "database_newer",
      {fmt::format("The database has schema version {}; this program knows versions up to {}.",
                   version, known),
       fmt::format("数据库的结构版本是 {}，本程序只支持到版本 {}。", version, known)},
      {"Start the newer version of Cloudbrain that wrote it, or restore a backup.",
       "请使用写入该数据库的新版本 Cloudbrain，或恢复备份。"});
}

void apply(Connection& connection, int number, const Migration& migration) {
  OpenTransaction transaction(connection);
  for (const std::string& statement : split_statements(migration.text)) {
    change(connection, in_dialect(statement));
  }
  change(connection, "INSERT INTO schema_migrations (number, name) VALUES (:number, :name)", number,
         migration.name);
  transaction.commit();
}

}  // namespace

std::vector<std::string> split_statements(std::string_view text) {
  std::vector<std::string> statements;
  std::string statement;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with("--") || (line.empty() && statement.empty())) continue;
    statement.append(line).append("\n");
    if (!line.ends_with(';')) continue;
    statement.resize(statement.size() - 2);
    statements.push_back(std::exchange(statement, {}));
  }
  if (!statement.empty()) {
    throw Error(
        ErrorKind::internal, "migration_unfinished",
        {"A migration ends without \";\": " + statement, "迁移脚本缺少结尾的“;”：" + statement});
  }
  return statements;
}

int migrate(Connection& connection, const std::vector<Migration>& known) {
  change(connection,
         "CREATE TABLE IF NOT EXISTS schema_migrations (number INTEGER PRIMARY KEY, name TEXT NOT "
         "NULL)");
  const int version =
      value<int>(connection, "SELECT COALESCE(MAX(number), 0) FROM schema_migrations").value_or(0);
  refuse_newer(version, known.size());
  for (std::size_t number = static_cast<std::size_t>(version) + 1; number <= known.size();
       ++number) {
    apply(connection, static_cast<int>(number), known[number - 1]);
  }
  return static_cast<int>(known.size());
}

}  // namespace cloudbrain::store
