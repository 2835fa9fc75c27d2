// Models: named in a project, each with versions (model_versions.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>

#include "base/clock.h"
#include "base/ids.h"
#include "store/database.h"
#include "store/page.h"

namespace cloudbrain::store {

struct Model {
  ModelId id;
  ProjectId project;
  std::string project_owner;
  std::string project_name;
  std::string name;  // unique in its project, in any case of letters
  std::string description;
  std::string framework;   // a label: "PyTorch"
  bool is_public = false;  // seen by who is no member, while its project is public
  UserId creator;
  std::string creator_name;
  TimePoint created_at;
  int versions = 0;           // how many there are
  std::optional<int> latest;  // number of the newest

  bool operator==(const Model&) const = default;
};
BOOST_DESCRIBE_STRUCT(Model, (),
                      (id, project, project_owner, project_name, name, description, framework,
                       is_public, creator, creator_name, created_at, versions, latest))

// All that is set must hold.
struct ModelFilter {
  std::optional<ProjectId> project;
  bool public_only = false;  // public ones of public projects
  std::string search;        // plain text in name, description or framework, in any case
};

// What went with rows that were removed: for whoever removes the bytes.
struct RemovedModel {
  std::vector<ModelVersionId> versions;
  std::vector<std::string> contents;  // SHA-256 of the files, each once
};

class Models {
 public:
  explicit Models(Database& database) : database_(database) {}

  // Stores what a person chose. Throws conflict "model_name_in_use".
  ModelId create(const Model& model);
  std::optional<Model> find(ModelId id) const;
  std::optional<Model> find(ProjectId project, std::string_view name) const;
  // Newest first.
  std::vector<Model> list(const ModelFilter& filter, const Page& page) const;
  // Writes name, description, framework and is_public. False where there is none. Throws conflict
  // "model_name_in_use".
  bool update(const Model& changed);
  // With all versions; nullopt where there is none. Throws conflict "model_in_use", naming the
  // tasks, while one that has not ended uses a version.
  std::optional<RemovedModel> remove(ModelId id);

 private:
  Database& database_;
};

}  // namespace cloudbrain::store
