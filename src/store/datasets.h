// Data sets: uploaded archives that belong to a project. The bytes are found by their SHA-256
// (blobs/); several data sets may share the same content.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "store/database.h"

namespace cloudbrain::store {

// The enumerators are the words of the API and the database.
enum class DatasetState { waiting, unpacking, ready, failed };
BOOST_DESCRIBE_ENUM(DatasetState, waiting, unpacking, ready, failed)

struct Dataset {
  DatasetId id;
  ProjectId project;
  std::string name;    // file name: "MnistDataset_torch.zip"; unique in its project
  std::string folder;  // "MnistDataset_torch"
  std::string sha256;  // of the uploaded bytes, lower-case hex
  std::int64_t size_bytes = 0;
  DatasetState state = DatasetState::waiting;
  int progress = 0;                   // of unpacking, 0 to 100
  std::optional<Text> failure;        // why it is failed
  std::optional<std::int64_t> files;  // how many the archive holds, once it is ready
  UserId creator;
  TimePoint created_at;
  bool is_public = false;  // other projects may link it, while its own is public

  bool operator==(const Dataset&) const = default;
};
BOOST_DESCRIBE_STRUCT(Dataset, (),
                      (id, project, name, folder, sha256, size_bytes, state, progress, failure,
                       files, creator, created_at, is_public))

class Datasets {
 public:
  explicit Datasets(Database& database) : database_(database) {}

  // Stores all but the id. Throws conflict "dataset_name_in_use".
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
  // Waiting or unpacking, oldest first: what a restart has to go on with.
  std::vector<Dataset> unfinished() const;
  // Writes state, progress, failure and files. False where it was removed meanwhile.
  bool update(const Dataset& changed);
  // False where there is none.
  bool set_public(DatasetId id, bool is_public);
  // Once more changes nothing.
  void link(ProjectId project, DatasetId id);
  // False where it was not linked.
  bool unlink(ProjectId project, DatasetId id);
  // A fork: `to` links what `from` links, and the public ones of `from`.
  void link_as(ProjectId from, ProjectId to);
  // False where there is none. Throws conflict "dataset_in_use", naming the tasks, while one that
  // has not ended uses it.
  bool remove(DatasetId id);

 private:
  Database& database_;
};

}  // namespace cloudbrain::store
