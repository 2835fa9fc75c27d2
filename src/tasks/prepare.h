// Makes a task ready to start: its folder, its code, its data. Each step can be repeated, and what
// a killed server left half done is done again.
#pragma once

#include <optional>
#include <string>

#include "blobs/models/model_trees.h"
#include "domain/launch.h"
#include "git/reading/code_cache.h"
#include "store/models/model_versions.h"
#include "store/projects.h"
#include "tasks/catalogue.h"
#include "tasks/dataset_shelf.h"
#include "tasks/decide.h"
#include "tasks/images/image_shelf.h"
#include "tasks/launch/launch_plan.h"

namespace cloudbrain {

// Safe from any thread, for different tasks at once.
class Preparer {
 public:
  struct Parts {
    store::Database& database;
    const Catalogue& catalogue;
    CodeCache& code;
    DatasetShelf& shelf;
    ModelTrees& models;
    ImageShelf& images;
    fs::path tasks_root;
    fs::path packages;                           // task_packages.h
    std::optional<unsigned> task_uid;            // owner of what a script may write; empty: ours
    std::optional<std::int64_t> task_disk = {};  // Limits::disk_bytes; empty: half of what is free
  };

  explicit Preparer(Parts parts);

  struct Outcome {
    Preparation preparation;
    std::string held_by;  // SHA-256 of the content, or key of the image, that is not ready yet
  };
  // Blocks for as long as copying the code takes; never waits for a data set or an image. Throws
  // Error unavailable where trying again may help.
  Outcome prepare(const Task& task);

  // For a task that is prepared. Throws Error unavailable where a data set is not there any more.
  Launch launch_of(const Task& task);
  std::string folder_of(const Task& task) const;

  // What a task that is held waits for, as it stands now; empty: as prepare() said.
  std::optional<Reason> progress(TaskId task) const { return parts_.images.progress(task); }
  // The task has ended.
  void leave(TaskId task) const { parts_.images.leave(task); }

  // Removes what only a running task needs (code, temporary files). Results and log stay.
  void tidy(TaskId task) const;
  bool is_tidy(TaskId task) const;

 private:
  struct Inputs {
    std::vector<DatasetPaths> paths;
    std::optional<store::DatasetFile> missing;  // the first that is not ready
    std::optional<Reason> failed;
  };

  void make_folder(const Task& task, const TaskFolder& folder) const;
  void make_code(const Task& task, const TaskFolder& folder) const;
  Inputs find_inputs(const Task& task);
  std::optional<fs::path> make_model(const Task& task) const;
  std::optional<Outcome> make_image(const Task& task, const TaskFolder& folder) const;
  std::optional<LaunchImage> image_of(const TaskFolder& folder) const;
  const Cluster& cluster_of(const Task& task) const;
  const Layout& layout_of(const Task& task) const;
  void own(const fs::path& path) const;

  Parts parts_;
  store::DatasetFiles files_;
  store::Projects projects_;
  store::ModelVersions versions_;
};

}  // namespace cloudbrain
