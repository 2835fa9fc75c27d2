// Data sets of a project, links to those of others, and the public ones of all projects.
#include <map>

#include "api/datasets/dataset_view.h"
#include "api/paging.h"
#include "api/project_view.h"
#include "api/routes.h"
#include "api/seen_projects.h"
#include "base/parse_id.h"
#include "domain/names.h"
#include "store/datasets/dataset_uses.h"

namespace cloudbrain::api {

namespace {

DatasetList list(Call& call) {
  const store::Datasets datasets(call.services.database);
  std::map<DatasetId, std::vector<store::DatasetFile>> files;
  for (auto& file : store::DatasetFiles(call.services.database).list_usable(call.project->id)) {
    files[file.dataset].push_back(std::move(file));
  }
  DatasetList list;
  for (const store::Dataset& row : datasets.list(call.project->id)) {
    if (call.role || row.is_public) list.items.push_back(view_of(call, row, files[row.id]));
  }
  for (const store::Dataset& row : datasets.linked(call.project->id)) {
    list.items.push_back(view_of(call, row, files[row.id]));
  }
  return list;
}

PublicDatasetView view_of(const store::PublicDataset& row) {
  PublicDatasetView view;
  view.id = row.id.value;
  view.name = row.name;
  view.project = row.project_owner + "/" + row.project_name;
  view.description = row.description;
  view.created_at = row.created_at;
  view.created_by = row.creator_name;
  view.files = row.files;
  view.size = row.size_bytes;
  view.links = row.links;
  view.tasks = row.tasks;
  return view;
}

PublicDatasetPage list_public(Call& call) {
  const store::Page page = page_of(call.request);
  const auto rows = store::Datasets(call.services.database)
                        .search(call.request.query("search").value_or(""), page);
  PublicDatasetPage result;
  for (const store::PublicDataset& row : rows) result.items.push_back(view_of(row));
  result.next = next_of(rows, page, [](const store::PublicDataset& row) { return row.id.value; });
  return result;
}

// ---- make, change -------------------------------------------------------------------------------

void check(const Call& call, const store::Dataset& dataset, bool is_published_now) {
  std::vector<FieldProblem> problems;
  const auto add = [&](const char* field, const std::optional<RuleProblem>& broken) {
    if (broken) problems.push_back({field, broken->code, broken->message});
  };
  add("name", check_dataset_name(dataset.name));
  add("description", check_description(dataset.description));
  if (is_published_now && call.project->is_private) {
    problems.push_back({"public",
                        "project_private",
                        {"a private project has no public data set.", "私有项目不能公开数据集。"}});
  }
  if (!problems.empty()) throw Error::fields(std::move(problems));
}

DatasetView view_now(const Call& call, DatasetId id) {
  const auto now = store::Datasets(call.services.database).find(id);
  if (now) return view_of(call, *now);
  throw Error(ErrorKind::missing, "dataset_missing",
              {"The data set was removed at this moment.", "该数据集刚刚被删除。"});
}

DatasetView create(Call& call, const DatasetBody& body) {
  store::Dataset dataset;
  dataset.project = call.project->id;
  dataset.name = body.name;
  dataset.description = body.description;
  dataset.is_public = body.public_;
  dataset.creator = call.caller.user->id;
  dataset.created_at = call.services.clock.now();
  check(call, dataset, body.public_);
  return view_now(call, store::Datasets(call.services.database).insert(dataset));
}

DatasetView change(Call& call, const DatasetChangeBody& body) {
  store::Dataset dataset = find_dataset(call);
  dataset.name = body.name.value_or(dataset.name);
  dataset.description = body.description.value_or(dataset.description);
  dataset.is_public = body.public_.value_or(dataset.is_public);
  check(call, dataset, body.public_.value_or(false));
  store::Datasets(call.services.database).update(dataset);
  return view_now(call, dataset.id);
}

// ---- links --------------------------------------------------------------------------------------

DatasetView link(Call& call, const DatasetLinkBody& body) {
  store::Datasets datasets(call.services.database);
  const std::size_t slash = body.project.find('/');
  const auto home = store::Projects(call.services.database)
                        .find(body.project.substr(0, slash),
                              slash == std::string::npos ? "" : body.project.substr(slash + 1));
  const auto row = home && !home->is_private ? datasets.find(home->id, body.name) : std::nullopt;
  if (!row || !row->is_public) {
    throw Error::fields(
        {{"name",
          "dataset_missing",
          {fmt::format("{} has no public data set \"{}\".", body.project, body.name),
           fmt::format("{} 没有公开数据集“{}”。", body.project, body.name)}}});
  }
  const auto same_name = datasets.find_usable(call.project->id, body.name);
  if (same_name && same_name->id != row->id) {
    throw Error(ErrorKind::conflict, "dataset_name_in_use",
                {fmt::format("The project already has a data set named \"{}\".", body.name),
                 fmt::format("该项目已有名为“{}”的数据集。", body.name)});
  }
  if (row->project != call.project->id) datasets.link(call.project->id, row->id);
  return view_of(call, *row);
}

http::Response unlink(Call& call) {
  const std::string& text = call.request.arg("id");
  const std::optional<DatasetId> id = parse_id<DatasetId>(text);
  if (!id || !store::Datasets(call.services.database).unlink(call.project->id, *id)) {
    throw Error(ErrorKind::missing, "link_missing",
                {fmt::format("No data set {} is linked here.", text),
                 fmt::format("该项目没有关联数据集 {}。", text)});
  }
  return http::Response::empty(204);
}

// ---- uses ---------------------------------------------------------------------------------------

DatasetUsesView uses(Call& call) {
  constexpr int kMostTasks = 200;
  const store::Dataset dataset = find_dataset(call);
  const store::DatasetUses rows(call.services.database);
  SeenProjects seen(call);
  DatasetUsesView view;
  for (const ProjectId id : rows.projects(dataset.id)) {
    const std::string& name = seen.name(id);
    if (name.empty()) {
      ++view.hidden;
    } else {
      view.projects.push_back(name);
    }
  }
  for (const store::DatasetTask& task : rows.tasks(dataset.id, kMostTasks)) {
    const std::string& project = seen.name(task.project);
    if (project.empty()) {
      ++view.hidden;
      continue;
    }
    view.tasks.push_back({task.id.value, task.name, version_text(task.version),
                          std::string(enum_name(task.state)), project});
  }
  return view;
}

void add_link_routes(Operations& operations) {
  const std::string links = "/api/v2/projects/{owner}/{name}/dataset-links";
  operations.push_back(takes<DatasetLinkBody, DatasetView>({"POST",
                                                            links,
                                                            Right::write_project,
                                                            Scope::write,
                                                            "Use another project's public data set",
                                                            {},
                                                            201},
                                                           link));
  operations.push_back(responds(
      {"DELETE", links + "/{id}", Right::write_project, Scope::write, "Use it no longer", {}, 204},
      "", unlink));
}

}  // namespace

void add_dataset_routes(Operations& operations) {
  const std::string datasets(kDatasetsPath);
  const std::string one(kDatasetPath);
  operations.push_back(answers<PublicDatasetPage>({"GET",
                                                   "/api/v2/datasets",
                                                   Right::anyone,
                                                   Scope::read,
                                                   "Public data sets",
                                                   {"search", "limit", "after"}},
                                                  list_public));
  operations.push_back(answers<DatasetList>(
      {"GET", datasets, Right::read_project, Scope::read, "Data sets of a project"}, list));
  operations.push_back(takes<DatasetBody, DatasetView>(
      {"POST", datasets, Right::write_project, Scope::write, "Make a data set", {}, 201}, create));
  operations.push_back(
      answers<DatasetView>({"GET", one, Right::read_project, Scope::read, "A data set"},
                           [](Call& call) { return view_of(call, find_dataset(call)); }));
  operations.push_back(takes<DatasetChangeBody, DatasetView>(
      {"PATCH", one, Right::write_project, Scope::write, "Rename or change a data set"}, change));
  operations.push_back(responds({"DELETE",
                                 one,
                                 Right::write_project,
                                 Scope::write,
                                 "Delete a data set with all its files",
                                 {},
                                 204},
                                "", [](Call& call) {
                                  call.services.shelf.remove(find_dataset(call));
                                  return http::Response::empty(204);
                                }));
  operations.push_back(answers<DatasetUsesView>(
      {"GET", one + "/uses", Right::read_project, Scope::read, "Who uses a data set"}, uses));
  add_link_routes(operations);
}

}  // namespace cloudbrain::api
