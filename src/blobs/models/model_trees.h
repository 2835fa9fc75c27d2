// The files of a model's version under their names, as a task sees them: hard links to blobs.
//
//   <root>/<version id>/<path>   one inode with the blob
#pragma once

#include <set>
#include <span>
#include <string>

#include "base/files.h"
#include "base/ids.h"
#include "blobs/blob_store.h"

namespace cloudbrain {

struct ModelTreeFile {
  std::string path;  // plain and relative
  std::string sha256;
};

// Safe from any thread. Trees are made from rows and blobs when somebody needs them and can be made
// again at any time; a version's files are never replaced, so what lies there is right.
class ModelTrees {
 public:
  ModelTrees(fs::path root, const BlobStore& blobs);

  // Makes what is not there yet and gives the folder: world-readable, never written to again. It
  // holds the c2net package's marker file too, which a read-only mount would not let it make.
  // Milliseconds. Throws missing "blob_missing".
  fs::path make(ModelVersionId id, std::span<const ModelTreeFile> files);

  // Not there is fine.
  void remove(ModelVersionId id);
  // At start: what a killed server left.
  void remove_others(const std::set<ModelVersionId>& known);

 private:
  fs::path folder(ModelVersionId id) const { return root_ / std::to_string(id.value); }

  fs::path root_;
  const BlobStore& blobs_;
};

}  // namespace cloudbrain
