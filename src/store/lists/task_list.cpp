// The list of tasks: a statement put together from the filter.
//
// A page must not cost more in a project of a million tasks. So the ids are found first, by walking
// an index backwards from `after`. Without kind and state that is one walk over (project, id). With
// them it is one walk for each kind and state asked for, over (project, kind, state, id), because a
// single walk would step over all the rows that don't match; each gives at most a page, and the
// newest of all of them are the page.
#include "store/lists/task_list.h"

#include <limits>

#include <fmt/ranges.h>

#include "domain/names.h"
#include "store/sqlite/search.h"
#include "store/sqlite/task_rows.h"

namespace cloudbrain::store {

namespace {

// ListedTask as its columns.
struct ListedRow : Task {
  std::string project_owner;
  std::string project_name;
  std::string creator_name;
  int version_count = 1;
};
BOOST_DESCRIBE_STRUCT(ListedRow, (Task), (project_owner, project_name, creator_name, version_count))

ListedTask to_listed(ListedRow&& row) {
  return {std::move(static_cast<Task&>(row)), std::move(row.project_owner),
          std::move(row.project_name), std::move(row.creator_name), row.version_count};
}

const std::string kListed =
    "SELECT " + kTaskColumns +
    ", o.name, p.name, c.name, (SELECT count(*) FROM tasks v WHERE v.project_id = t.project_id "
    "AND v.kind = t.kind AND v.name = t.name) "
    "FROM tasks t JOIN projects p ON p.id = t.project_id JOIN users o ON o.id = p.owner_id "
    "JOIN users c ON c.id = t.creator_id ";

constexpr std::string_view kLatest =
    "NOT EXISTS (SELECT 1 FROM tasks n WHERE n.project_id = t.project_id AND n.kind = t.kind "
    "AND n.name = t.name AND n.version > t.version)";

template <typename E>
std::vector<E> all_of() {
  std::vector<E> all;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
      [&](auto enumerator) { all.push_back(enumerator.value); });
  return all;
}

// What every walk asks for, beside its kind and state.
std::string common_conditions(const TaskFilter& filter, const Page& page, Arguments& arguments) {
  std::vector<std::string> conditions{"t.id < :before"};
  arguments.add("before", page.after == 0 ? std::numeric_limits<long long>::max()
                                          : static_cast<long long>(page.after));
  if (filter.project) {
    conditions.emplace_back("t.project_id = :project");
    arguments.add("project", static_cast<long long>(filter.project->value));
  }
  if (filter.creator) {
    conditions.emplace_back("t.creator_id = :creator");
    arguments.add("creator", static_cast<long long>(filter.creator->value));
  }
  if (!filter.name_contains.empty()) {
    conditions.emplace_back("t.name LIKE :name ESCAPE '\\'");
    arguments.add("name", like_pattern(lower_case(filter.name_contains)));
  }
  if (filter.latest_versions_only) conditions.emplace_back(kLatest);
  return fmt::format("{}", fmt::join(conditions, " AND "));
}

// The words of the enums are ours, so they may stand in the text.
std::vector<std::string> walk_conditions(const TaskFilter& filter) {
  if (!filter.kind && filter.states.empty()) return {""};
  const auto kinds = filter.kind ? std::vector{*filter.kind} : all_of<TaskKind>();
  const auto asked = filter.states.empty() ? all_of<TaskState>() : filter.states;
  const std::set<TaskState> states(asked.begin(), asked.end());
  std::vector<std::string> conditions;
  for (const TaskKind kind : kinds) {
    for (const TaskState state : states) {
      conditions.push_back(
          fmt::format(" AND t.kind = '{}' AND t.state = '{}'", enum_name(kind), enum_name(state)));
    }
  }
  return conditions;
}

}  // namespace

ListStatement list_statement(const TaskFilter& filter, const Page& page) {
  Arguments arguments;
  arguments.add("limit", static_cast<long long>(page.limit));
  const std::string common = common_conditions(filter, page, arguments);
  std::vector<std::string> walks;
  for (const std::string& condition : walk_conditions(filter)) {
    walks.push_back(fmt::format(
        "SELECT id FROM (SELECT t.id FROM tasks t WHERE {}{} ORDER BY t.id DESC LIMIT :limit) AS w",
        common, condition));
  }
  return {fmt::format("{}WHERE t.id IN ({}) ORDER BY t.id DESC LIMIT :limit", kListed,
                      fmt::join(walks, " UNION ALL ")),
          std::move(arguments)};
}

std::vector<ListedTask> Tasks::list(const TaskFilter& filter, const Page& page) const {
  const ListStatement statement = list_statement(filter, page);
  Reading reading(database_);
  std::vector<ListedTask> listed;
  for (ListedRow& row : rows<ListedRow>(reading.connection(), statement.sql, statement.arguments)) {
    listed.push_back(to_listed(std::move(row)));
  }
  return listed;
}

std::optional<ListedTask> Tasks::find_listed(TaskId id) const {
  Reading reading(database_);
  auto found = row<ListedRow>(reading.connection(), kListed + "WHERE t.id = :id", id);
  if (!found) return std::nullopt;
  return to_listed(*std::move(found));
}

}  // namespace cloudbrain::store
