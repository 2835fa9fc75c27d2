// Takes files into data sets, unpacks archives in the background, once per content, and keeps the
// state of their rows.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "base/keyed_pool.h"
#include "blobs/dataset_trees.h"
#include "store/datasets/dataset_files.h"
#include "tasks/content_keeper.h"

namespace cloudbrain {

// Safe from any thread. The destructor cancels what unpacks; the next start goes on with it.
class DatasetShelf {
 public:
  DatasetShelf(store::Database& database, ContentKeeper& contents, DatasetTrees& trees,
               unsigned threads);
  ~DatasetShelf();
  DatasetShelf(const DatasetShelf&) = delete;
  DatasetShelf& operator=(const DatasetShelf&) = delete;

  // Called with the SHA-256 whenever a content has become ready or has failed. Set once, before
  // use.
  void on_settled(std::function<void(const std::string& sha256)> callback);

  // Takes a finished upload into the data set of that project and name, which is made where it is
  // not there: a row, then unpacking in the background. Waits for at most `patience` for its end:
  // where it failed by then, what was made is gone again and the Error of unpack_archive() is
  // thrown. The same bytes under the same name once more change nothing; they are unpacked again
  // where that failed. Throws conflict "dataset_name_in_use", or unavailable ("content_removed")
  // where the same bytes were deleted at this very moment.
  store::DatasetFiles::Added take(const store::Dataset& home, store::DatasetFile file,
                                  std::chrono::milliseconds patience);
  // Goes on with what an earlier run left waiting or unpacking, or a power loss made doubtful.
  void resume();
  // Tries again what failed. Throws conflict "not_failed" for anything else.
  store::DatasetFile retry(store::DatasetFile file);

  // Where the file lies, once it is ready; starts unpacking where it is not (any more).
  std::optional<DatasetPaths> find(const store::DatasetFile& file);

  // Remove the row, with those of the files, and the content where nothing else needs it; what
  // unpacks it is stopped. Throw missing, or conflict "dataset_in_use".
  void remove(const store::Dataset& dataset);
  void remove(const store::DatasetFile& file);

 private:
  // Empty: it went well, or was given up.
  using Outcome = std::optional<Error>;
  struct Job {
    std::promise<Outcome> promise;
    std::shared_future<Outcome> outcome{promise.get_future()};
  };

  std::shared_future<Outcome> unpack_later(const store::DatasetFile& file);
  void unpack(store::DatasetFile file);
  void make_ready(store::DatasetFile& file);
  std::promise<Outcome> end_job(DatasetFileId id);
  void give_back(const store::DatasetFiles::Added& added);

  store::Datasets datasets_;
  store::DatasetFiles files_;
  ContentKeeper& contents_;
  DatasetTrees& trees_;
  std::function<void(const std::string&)> on_settled_;
  std::mutex mutex_;  // guards under_way_
  std::map<DatasetFileId, Job> under_way_;
  std::stop_source stop_;
  KeyedPool pool_;  // by content
};

}  // namespace cloudbrain
