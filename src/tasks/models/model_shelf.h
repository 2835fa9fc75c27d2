// Keeps the bytes of models: takes them from tasks' results or from uploads, and lets them go.
#pragma once

#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/keyed_pool.h"
#include "blobs/models/model_trees.h"
#include "store/models/model_versions.h"
#include "store/models/models.h"
#include "store/projects.h"
#include "tasks/content_keeper.h"
#include "tasks/quota_check.h"

namespace cloudbrain {

// Rows and blobs are the truth; a version's tree can be made of them again at any time. Safe from
// any thread. The destructor lets what is being hashed go; the next start goes on with it.
class ModelShelf {
 public:
  struct Parts {
    store::Database& database;
    BlobStore& blobs;
    ContentKeeper& contents;
    ModelTrees& trees;
    const QuotaCheck& quotas;
    const Clock& clock;
    fs::path tasks_root;
    unsigned threads = 2;
  };

  explicit ModelShelf(Parts parts);
  ~ModelShelf();
  ModelShelf(const ModelShelf&) = delete;
  ModelShelf& operator=(const ModelShelf&) = delete;

  // A version of `model` with nothing in it yet; uploads fill it.
  store::ModelVersion make_empty(const store::Model& model, store::ModelVersion given);

  // A version made from what an ended task of the project wrote: `paths` of its results, or all of
  // them. Answers at once with state importing; the files are hashed and linked in the background,
  // never copied. The task cannot be deleted meanwhile. Of `given` creator, notes and metrics
  // count. Throws
  //   conflict "task_not_ended", "too_many_files"
  //   invalid with the wrong `paths[…]`, or `paths` where there is nothing to import
  //   no_space "quota_storage"
  store::ModelVersion import(const store::Project& project, const store::Model& model,
                             const Task& task, const std::vector<std::string>& paths,
                             store::ModelVersion given);
  // At start: goes on with what an earlier run left, removes what nobody knows.
  void resume();
  // Goes on with an import that a full disk ended. One that is under way goes on by itself.
  void go_on_with(const store::ModelVersion& version);

  // Bytes that were uploaded become a file of a version. Throws what ModelVersions::add_file and
  // ContentKeeper::insert throw; the bytes then stay.
  void add_file(ModelVersionId id, const store::ModelFile& file);

  // Where the files lie under their names, read-only. Made when they came; made again where it has
  // gone.
  fs::path folder(ModelVersionId id);

  // With the bytes that nothing else needs. Throw missing, or conflict "model_in_use".
  void remove(const store::Model& model);
  void remove(const store::ModelVersion& version);

 private:
  void import_later(const store::ModelVersion& version, ProjectId project);
  void import_or_fail(const store::ModelVersion& version);
  void import_files(const store::ModelVersion& version);
  void import_file(const store::ModelVersion& version, const store::ModelFile& file);
  bool wanted(ModelVersionId id);
  void let_go(const store::RemovedModel& removed);

  Parts parts_;
  store::Models models_;
  store::ModelVersions versions_;
  std::mutex quota_turn_;  // held from counting to inserting
  std::mutex mutex_;
  std::set<ModelVersionId> under_way_;
  std::stop_source stop_;
  KeyedPool pool_;
};

}  // namespace cloudbrain
