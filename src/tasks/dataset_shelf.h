// Unpacks uploaded data sets in the background, once per content, and keeps their rows' state.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/keyed_pool.h"
#include "blobs/dataset_trees.h"
#include "store/datasets.h"
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

  // Takes a finished upload into a project: a row, then unpacking in the background. Waits for at
  // most `patience` for its end: where it failed by then, the row is gone again and the Error of
  // unpack_archive() is thrown. Throws conflict "dataset_name_in_use", or unavailable
  // ("content_removed") where the same bytes were deleted at this very moment.
  store::Dataset take(store::Dataset row, std::chrono::milliseconds patience);
  // Goes on with what an earlier run left waiting or unpacking.
  void resume();

  // Where the data set lies, once it is ready; starts unpacking where it is not (any more).
  std::optional<DatasetPaths> find(const store::Dataset& row);

  // Removes the row, and the content where nothing else needs it. Throws missing, or conflict
  // "dataset_in_use".
  void remove(const store::Dataset& row);

 private:
  void unpack_later(const store::Dataset& row);
  void unpack(store::Dataset row);
  void note_progress(store::Dataset& row, std::uint64_t read, std::uint64_t total);
  void settled(const store::Dataset& row, const std::optional<Error>& failure);

  store::Datasets datasets_;
  ContentKeeper& contents_;
  DatasetTrees& trees_;
  std::function<void(const std::string&)> on_settled_;
  std::mutex mutex_;
  std::condition_variable done_;
  std::set<DatasetId> under_way_;
  std::map<DatasetId, std::optional<Error>> awaited_;  // by take(): why it failed
  std::stop_source stop_;
  KeyedPool pool_;
};

}  // namespace cloudbrain
