// Data sets: named sets of files (store/datasets/dataset_files.h) that belong to a project. Public
// ones may be linked by other projects.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "store/database.h"
#include "store/page.h"

namespace cloudbrain::store {

struct Dataset {
  DatasetId id;
  ProjectId project;
  std::string project_owner;
  std::string project_name;
  std::string name;  // "faces", "MnistDataset_torch.zip"; unique in its project
  std::string description;
  bool is_public = false;  // other projects may link it, while its own is public
  UserId creator;
  std::string creator_name;
  TimePoint created_at;

  bool operator==(const Dataset&) const = default;
};
BOOST_DESCRIBE_STRUCT(Dataset, (),
                      (id, project, project_owner, project_name, name, description, is_public,
                       creator, creator_name, created_at))

// A public data set as strangers find it.
struct PublicDataset : Dataset {
  std::int64_t files = 0;
  std::int64_t size_bytes = 0;
  std::int64_t links = 0;  // projects that link it
  std::int64_t tasks = 0;  // that were submitted with it
};
BOOST_DESCRIBE_STRUCT(PublicDataset, (Dataset), (files, size_bytes, links, tasks))

class Datasets {
 public:
  explicit Datasets(Database& database) : database_(database) {}

  // Stores what a person chose; it has no files yet. Throws conflict "dataset_name_in_use".
  DatasetId insert(const Dataset& dataset);
  std::optional<Dataset> find(DatasetId id) const;
  std::optional<Dataset> find(ProjectId project, std::string_view name) const;
  // What tasks of the project may use under this name: its own, or one that it links.
  std::optional<Dataset> find_usable(ProjectId project, std::string_view name) const;
  // Its own, newest first.
  std::vector<Dataset> list(ProjectId project) const;
  // Public ones of other projects that it links, the newest first; those that are not public any
  // more are left out.
  std::vector<Dataset> linked(ProjectId project) const;
  // Public ones of public projects with `search` in name, description or project (in any case);
  // newest first.
  std::vector<PublicDataset> search(std::string_view search, const Page& page) const;
  // Writes name, description and is_public. False where there is none. Throws conflict
  // "dataset_name_in_use".
  bool update(const Dataset& changed);
  // Once more changes nothing.
  void link(ProjectId project, DatasetId id);
  // False where it was not linked.
  bool unlink(ProjectId project, DatasetId id);
  // A fork: `to` links what `from` links, and the public ones of `from`.
  void link_as(ProjectId from, ProjectId to);
  // With all its files: gives the SHA-256 of each, for whoever drops their bytes; nullopt where
  // there is none. Throws conflict "dataset_in_use", naming the tasks, while one that has not ended
  // uses it.
  std::optional<std::vector<std::string>> remove(DatasetId id);

 private:
  Database& database_;
};

}  // namespace cloudbrain::store
