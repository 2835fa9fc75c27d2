#include "store/specs.h"

#include "domain/task.h"
#include "store/sqlite/statement.h"
#include "store/sqlite/task_rows.h"

namespace cloudbrain::store {

namespace {

constexpr std::size_t kMostUsers = 5;

struct LiveTask {
  std::string name;
  TaskRequest request;
};
BOOST_DESCRIBE_STRUCT(LiveTask, (), (name, request))

}  // namespace

std::vector<StoredSpec> Specs::list() const {
  Reading reading(database_);
  return rows<StoredSpec>(reading.connection(),
                          "SELECT name, value_json, changed_at FROM specs ORDER BY name");
}

void Specs::put(const StoredSpec& spec) {
  Writing writing(database_);
  change(writing.connection(),
         "INSERT INTO specs (name, value_json, changed_at) VALUES (:name, :value, :changed_at) "
         "ON CONFLICT (name) DO UPDATE SET value_json = excluded.value_json, "
         "changed_at = excluded.changed_at",
         spec.name, spec.value, spec.changed_at);
  writing.commit();
}

void Specs::remove(const std::string& name) {
  Writing writing(database_);
  change(writing.connection(), "DELETE FROM specs WHERE name = :name", name);
  writing.commit();
}

std::vector<std::string> Specs::users(const std::string& name) const {
  Reading reading(database_);
  std::vector<std::string> tasks;
  for (const LiveTask& task :
       rows<LiveTask>(reading.connection(), "SELECT t.name, t.request_json FROM tasks t WHERE " +
                                                kLiveTask + " ORDER BY t.id")) {
    if (task.request.spec == name && tasks.size() < kMostUsers) tasks.push_back(task.name);
  }
  return tasks;
}

}  // namespace cloudbrain::store
