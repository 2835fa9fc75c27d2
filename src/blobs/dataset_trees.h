// Data sets as tasks see them: unpacked once, found by content, shared read-only by all tasks.
//
//   <root>/trees/<sha256>/tree/      the archive's content
//   <root>/trees/<sha256>/facts.json  files, bytes
//   <root>/trees/<sha256>/unsynced   while it is not on the disk yet: tree_sync.h
//   <root>/views/<sha256>/<folder>/  the tree once more (hard links), with the marker file of the
//                                    c2net package and an empty directory <folder>: a single data
//                                    set lies at the data set root and in <root>/<folder>
//   <root>/staging/                  work under way; emptied at start
//   <root>/old/                      on its way out
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/describe/class.hpp>

#include "base/files.h"
#include "blobs/blob_store.h"
#include "blobs/tree_sync.h"
#include "blobs/unpack.h"

namespace cloudbrain {

// Where a data set lies, ready to be mounted read-only.
struct DatasetPaths {
  fs::path tree;  // the content alone: mounted at <data set root>/<folder> of several data sets
  fs::path view;  // mounted at the data set root of a single one …
  // … and then the tree at <data set root>/<folder>. False where the archive brings an entry
  // <folder> of its own, which stays what it is.
  bool mount_tree_in_view = true;
};

struct DatasetFacts {
  std::int64_t files = 0;
  std::int64_t bytes = 0;

  bool operator==(const DatasetFacts&) const = default;
};
BOOST_DESCRIBE_STRUCT(DatasetFacts, (), (files, bytes))

// Safe from any thread. One per root. `blobs` outlives it.
class DatasetTrees {
 public:
  DatasetTrees(const fs::path& root, const BlobStore& blobs, UnpackLimits limits = {});
  // Interrupts the removal in the background, which the next start goes on with; nobody may be
  // using this any more.
  ~DatasetTrees();
  DatasetTrees(const DatasetTrees&) = delete;
  DatasetTrees& operator=(const DatasetTrees&) = delete;

  // Where a plain file lies, which is used as it is: `tree` is the file. Nullopt where it is not
  // stored here.
  std::optional<DatasetPaths> plain(std::string_view sha256) const;

  // Two or three system calls: what a task start and a submit ask. `folder` is a plain file name.
  std::optional<DatasetPaths> ready(std::string_view sha256, std::string_view folder) const;

  // Unpacks the blob and makes the view, as far as they are not there yet. Blocks until ready.
  // While another thread works on the same content this one waits for it; where that fails or is
  // cancelled, this one tries itself. Throws what unpack_archive throws, and Error missing
  // ("blob_missing").
  DatasetPaths prepare(std::string_view sha256, std::string_view folder,
                       const UnpackProgress& progress = {}, const std::stop_token& stop = {});

  // Of an unpacked tree; nullopt before that.
  std::optional<DatasetFacts> facts(std::string_view sha256) const;

  // Removes tree and views; not the blob. Whoever makes them at this moment is stopped; the caller
  // knows that no task uses them and, best by removing the blob before, that nobody begins anew.
  // Returns when they cannot be found any more; their files go in the background. Missing is fine.
  void remove(std::string_view sha256);
  // SHA-256 of every tree that is here now.
  std::vector<std::string> contents() const;
  // SHA-256 of those that the constructor had to give up, as the machine went down before they were
  // on the disk; they can be prepared again.
  const std::vector<std::string>& lost() const { return lost_; }

 private:
  class Claim;

  void make_tree(std::string_view sha256, const UnpackProgress& progress,
                 const std::stop_token& stop);
  void make_view(std::string_view sha256, std::string_view folder);

  void put_away(std::string_view sha256);
  void clean(const std::stop_token& stop);

  fs::path trees_, views_, staging_, old_;
  const BlobStore& blobs_;
  UnpackLimits limits_;
  std::mutex mutex_;  // guards the two below
  std::condition_variable_any changed_;
  std::map<std::string, std::stop_source, std::less<>> claimed_;  // contents that threads work on
  bool is_old_empty_ = false;
  std::vector<std::string> lost_;
  std::optional<TreeSync> sync_;
  std::jthread cleaner_;
};

}  // namespace cloudbrain
