// Keeps bytes in blobs/ for as long as a row needs them, and no longer.
#pragma once

#include <functional>
#include <mutex>
#include <string_view>

#include "blobs/blob_store.h"
#include "blobs/dataset_trees.h"
#include "store/database.h"

namespace cloudbrain {

// Several rows may need the same content: files of data sets, files of models, tasks. Whoever
// writes such a row does it through insert(), and whoever has deleted one calls drop(): so content
// never vanishes under a row that has just come. Safe from any thread; one for the platform.
class ContentKeeper {
 public:
  ContentKeeper(store::Database& database, BlobStore& blobs, DatasetTrees& trees)
      : database_(database), blobs_(blobs), trees_(trees) {}

  // Runs `insert_row` while the content cannot vanish. It is short, and calls nothing of this
  // class. Throws unavailable "content_removed" where the content is not there (any more), and what
  // `insert_row` throws.
  void insert(std::string_view sha256, const std::function<void()>& insert_row);

  // Removes the content and what was unpacked from it, where no row needs it; what unpacks it is
  // stopped. Not known is fine.
  void drop(std::string_view sha256);

  // Drops all that no row needs: what a server left that was killed between a row and its bytes.
  // To be called before anybody can upload.
  void sweep();

 private:
  store::Database& database_;
  BlobStore& blobs_;
  DatasetTrees& trees_;
  std::mutex mutex_;  // held from asking to acting, so across a few file operations
};

}  // namespace cloudbrain
