#include "store/database.h"

#include "rows.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/statement.h"

namespace cloudbrain::store {
namespace {

TEST(Database, OpensEmptyAndOpensAgainWithItsRows) {
  const TemporaryDirectory directory;
  const fs::path file = directory.path() / "数据 = a b.db";
  UserId id;
  {
    Database database(file);
    EXPECT_EQ(database.schema_version(), static_cast<int>(migrations().size()));
    id = Users(database).create({.name = "ada", .created_at = at(0)});
  }
  Database again(file);
  EXPECT_TRUE(fs::exists(file));
  EXPECT_EQ(again.schema_version(), static_cast<int>(migrations().size()));
  EXPECT_EQ(Users(again).find(id)->name, "ada");
}

TEST(Database, MigratesAnOlderFileStepByStep) {
  const TemporaryDirectory directory;
  Connection connection(directory.path() / "a.db", dialect::Access::write);
  const Migration first{"0001_a", "CREATE TABLE a (x BIGINT);\n"};
  const Migration second{
      "0002_b", "-- a note\nCREATE TABLE b (\n  y BIGINT\n);\nINSERT INTO b VALUES (7);\n"};

  EXPECT_EQ(migrate(connection, {first}), 1);
  EXPECT_EQ(migrate(connection, {first, second}), 2);
  EXPECT_EQ(migrate(connection, {first, second}), 2);

  EXPECT_EQ(rows<long long>(connection, "SELECT y FROM b"), std::vector<long long>{7});
}

TEST(Database, AMigrationThatFailsLeavesNothingBehind) {
  const TemporaryDirectory directory;
  Connection connection(directory.path() / "a.db", dialect::Access::write);
  const Migration broken{"0001_a", "CREATE TABLE a (x BIGINT);\nCREATE TABLE a (x BIGINT);\n"};
  const Migration mended{"0001_a", "CREATE TABLE a (x BIGINT);\n"};

  EXPECT_EQ(error_code([&] { migrate(connection, {broken}); }), "database_error");

  EXPECT_EQ(migrate(connection, {mended}), 1);
}

TEST(Database, RefusesAFileOfANewerProgram) {
  const TemporaryDirectory directory;
  const fs::path file = directory.path() / "a.db";
  {
    Database database(file);
    Writing writing(database);
    change(writing.connection(),
           "INSERT INTO schema_migrations (number, name) VALUES (99, 'later')");
    writing.commit();
  }
  EXPECT_EQ(error_code([&] { Database database(file); }), "database_newer");
}

TEST(Database, SaysThatAFileIsNoDatabase) {
  const TemporaryDirectory directory;
  const fs::path file = directory.path() / "a.db";
  write_file_atomic(file, std::string(8192, 'x'), Durable::no);
  EXPECT_EQ(error_code([&] { Database database(file); }), "database_corrupt");
}

TEST(Database, SaysThatItsDirectoryIsMissing) {
  const TemporaryDirectory directory;
  EXPECT_EQ(error_code([&] { Database database(directory.path() / "none" / "a.db"); }),
            "database_unopenable");
}

TEST(Database, IsSetUpToSurviveAPowerLoss) {
  const TemporaryDirectory directory;
  Connection connection(directory.path() / "a.db", dialect::Access::write);
  EXPECT_EQ(value<std::string>(connection, "PRAGMA journal_mode"), "wal");
  EXPECT_EQ(value<int>(connection, "PRAGMA synchronous"), 2);  // FULL
  EXPECT_EQ(value<int>(connection, "PRAGMA foreign_keys"), 1);
}

TEST(Database, IsReadableByItsOwnerAlone) {
  const TemporaryDirectory directory;
  Database database(directory.path() / "a.db");
  Users(database).create({.name = "ada", .created_at = at(0)});
  for (const char* name : {"a.db", "a.db-wal", "a.db-shm"}) {
    EXPECT_EQ(fs::status(directory.path() / name).permissions(),
              fs::perms::owner_read | fs::perms::owner_write)
        << name;
  }
}

TEST(Database, AReaderCannotWrite) {
  const TemporaryDirectory directory;
  Database database(directory.path() / "a.db");
  Reading reading(database);
  EXPECT_EQ(error_code([&] { change(reading.connection(), "DELETE FROM users"); }),
            "database_error");
}

// A read that was left half way would pin the WAL's old pages and hide what is committed later.
TEST(Database, AFirstRowDoesNotKeepTheReadOpen) {
  const TemporaryDirectory directory;
  Database database(directory.path() / "a.db");
  Users users(database);
  users.create({.name = "ada", .created_at = at(0)});
  users.create({.name = "bob", .created_at = at(0)});
  Reading reading(database);
  const std::string first = "SELECT name FROM users ORDER BY id";
  EXPECT_EQ(value<std::string>(reading.connection(), first), "ada");

  users.create({.name = "eve", .created_at = at(0)});

  EXPECT_EQ(value<int>(reading.connection(), "SELECT count(*) FROM users"), 3);
}

TEST_F(StoreTest, AWriterDoesNotBlockReaders) {
  std::optional<Writing> writing(database_);
  change(writing->connection(), "DELETE FROM projects");
  EXPECT_TRUE(projects_.find(lenet_));  // the state before, at once
  writing->commit();
  EXPECT_FALSE(projects_.find(lenet_));
}

TEST_F(StoreTest, AnErrorInsideATransactionUndoesAllOfIt) {
  Task with_input = task("a");
  with_input.inputs = {{"none.zip", "none", "00"}};
  EXPECT_EQ(error_code([&] { tasks_.insert(with_input, event("submitted")); }), "dataset_changed");
  EXPECT_TRUE(tasks_.live().empty());
  EXPECT_NE(tasks_.insert(task("a"), event("submitted")), TaskId{});
}

}  // namespace
}  // namespace cloudbrain::store
