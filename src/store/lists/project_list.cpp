#include <limits>

#include "domain/names.h"
#include "store/projects.h"
#include "store/sqlite/project_rows.h"
#include "store/sqlite/search.h"
#include "store/sqlite/statement.h"

namespace cloudbrain::store {

namespace {

// The text of the query and what its names stand for.
class Query {
 public:
  Query(const ProjectFilter& filter, const Page& page) : filter_(filter) {
    arguments_.add("before", page.after == 0 ? std::numeric_limits<long long>::max() : page.after);
    arguments_.add("limit", static_cast<long long>(page.limit));
    if (walks_own()) arguments_.add("viewer", static_cast<long long>(filter.viewer->value));
    if (!filter.owner.empty()) arguments_.add("owner", filter.owner);
    if (!filter.search.empty()) arguments_.add("search", like_pattern(lower_case(filter.search)));
  }

  // Each part walks its own index backwards and stops at a page; together they are at most a few
  // pages. What is in two parts comes once: they are one IN.
  std::string text() const {
    std::string parts;
    const auto add = [&](const std::string& part) {
      parts += (parts.empty() ? "" : " UNION ALL ") +
               fmt::format("SELECT * FROM ({} ORDER BY p.id DESC LIMIT :limit)", part);
    };
    const std::string from = "SELECT p.id FROM projects p JOIN users u ON u.id = p.owner_id ";
    if (all_at_once()) {
      add(from + "WHERE p.id < :before" + narrowed());
    } else {
      if (!filter_.own) add(from + "WHERE p.is_private = 0 AND p.id < :before" + narrowed());
      if (walks_own()) {
        add(from + "WHERE p.owner_id = :viewer AND p.id < :before" + narrowed());
        add("SELECT p.id FROM project_members m JOIN projects p ON p.id = m.project_id "
            "JOIN users u ON u.id = p.owner_id WHERE m.user_id = :viewer AND p.id < :before" +
            narrowed());
      }
    }
    if (parts.empty()) parts = "SELECT NULL WHERE :before < 0";
    return kSelectProject + "WHERE p.id IN (" + parts + ") ORDER BY p.id DESC LIMIT :limit";
  }

  const Arguments& arguments() const { return arguments_; }

 private:
  bool all_at_once() const { return filter_.everything && !filter_.own; }
  bool walks_own() const { return filter_.viewer && !all_at_once(); }
  std::string narrowed() const {
    std::string text;
    if (!filter_.owner.empty()) text += " AND lower(u.name) = lower(:owner)";
    if (!filter_.search.empty()) {
      text +=
          " AND (lower(p.name) LIKE :search ESCAPE '\\' OR lower(u.name) LIKE :search "
          "ESCAPE '\\' OR lower(p.description) LIKE :search ESCAPE '\\')";
    }
    return text;
  }

  const ProjectFilter& filter_;
  Arguments arguments_;
};

}  // namespace

std::vector<Project> Projects::list(const ProjectFilter& filter, const Page& page) const {
  Reading reading(database_);
  const Query query(filter, page);
  return rows<Project>(reading.connection(), query.text(), query.arguments());
}

}  // namespace cloudbrain::store
